mod feedback;
mod import_members;
mod merge_flow;
mod names;
mod own_data;
mod people_flow;
mod proxies;
mod users;
