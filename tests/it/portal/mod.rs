//! The pages without a browser: who may open which, what protects their forms, what they say.

mod forms;
mod help;
mod pages;
mod people;
mod sessions;
mod till;
