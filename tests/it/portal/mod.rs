//! The pages without a browser: who may open which, what protects their forms, what they say.

mod cards;
mod certificates;
mod figures;
mod forms;
mod gifts;
mod help;
mod importing;
mod messages;
mod moves;
mod opening;
mod overtaken;
mod pages;
mod paper;
mod people;
mod schemes;
mod sessions;
mod sign_ups;
mod till;
