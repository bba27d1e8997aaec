use std::process::ExitCode;

fn main() -> ExitCode {
    jianxian::cli::run()
}
