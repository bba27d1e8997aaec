mod feedback;
mod import_members;
mod merge_flow;
mod names;
mod people_flow;
mod privacy;
mod proxies;
mod users;
