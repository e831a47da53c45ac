//! Maintenance tasks of the workspace.
//!
//! `cargo xtask help` lists them.

mod conformance;
mod copy;
mod coverage;
mod diff;
mod doc_comment;
mod generate;
mod lint;
mod probe;
mod regen;
mod spec;
mod suite;
#[cfg(test)]
mod tests;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask regen [--check]       write the generated files, or check them
cargo xtask lint [--spec FILE]    check the OpenAPI document and the event catalogue
cargo xtask diff [--base REV] [--fail-on-breaking]
                                  changes of the API since a revision (HEAD), in Markdown; with
                                  --fail-on-breaking it fails if a change breaks callers
cargo xtask coverage [--check|--write]   coverage of each operation; --write updates README.md
cargo xtask conformance           check with schemathesis and Prism (xtask/judges/README.md)
cargo xtask fuzz [--seconds N]    mutated requests against the running emulator
cargo xtask probe [OPTIONS]       hold the specification against the provider, as `cryptopocket probe`
cargo xtask probe --apply PATCH   bring the specification to what a probe found
cargo xtask probe --check         probe the second provider, apply the patch to a copy, test the copy
cargo xtask test                  every check that a change must pass
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = workspace::root();
    let outcome = match words.as_slice() {
        ["regen"] => regen::write(&root),
        ["regen", "--check"] => regen::check(&root),
        ["lint"] => lint::run(&root, None),
        ["lint", "--spec", file] => lint::run(&root, Some(file)),
        ["diff", rest @ ..] => diff::run(&root, rest),
        ["coverage"] => coverage::run(&root, false, false),
        ["coverage", "--check"] => coverage::run(&root, false, true),
        ["coverage", "--write"] => coverage::run(&root, true, false),
        ["conformance", rest @ ..] => conformance::run(&root, rest),
        ["fuzz", rest @ ..] => conformance::fuzz(&root, rest),
        ["probe", rest @ ..] => probe::run(&root, rest),
        ["test"] => suite::run(&root),
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(format!("no such task\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
