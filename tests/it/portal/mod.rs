//! The pages without a browser: who may open which, what protects their forms, what they say.

mod forms;
mod importing;
mod opening;
mod pages;
mod schemes;
mod sessions;
mod till;
