//! The `cryptopocket` program. Everything is in the library beside it.

fn main() -> std::process::ExitCode {
    cryptopocket_cli::main()
}
