mod command_line;
mod demo;
mod serve;
