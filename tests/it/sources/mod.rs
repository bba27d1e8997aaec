mod architecture;
mod circles;
mod documents;
mod tests;
mod texts;
mod unused;
