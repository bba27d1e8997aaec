mod bad_files;
mod flow;
mod kept;
