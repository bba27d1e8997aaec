mod doors;
mod duties;
mod http_sign_in;
mod messages;
mod reach;
mod sending;
mod sign_in;
mod traces;
