mod certificates;
mod check_in;
mod days;
mod exports;
mod month;
mod service_flow;
mod service_review;
mod sign_ups;
