//! The `git-docket` binary; git runs it as `git docket`.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_docket::cli::main()
}
