use std::process::ExitCode;

fn main() -> ExitCode {
    overhang::cli::main()
}
