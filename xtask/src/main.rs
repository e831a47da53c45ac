//! Maintenance tasks of the workspace.
//!
//! `cargo xtask help` lists them.

mod conformance;
mod copy;
mod coverage;
mod diff;
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

use clap::{Parser, Subcommand};

/// Maintenance tasks of the workspace
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write the generated files
    Regen {
        /// Only check them
        #[arg(long)]
        check: bool,
    },
    /// Check the OpenAPI document and the event catalogue
    Lint,
    /// Print the changes of the API since a revision, in Markdown
    Diff(diff::Options),
    /// Print the coverage of each operation
    Coverage {
        /// Fail on a gap or an outdated table
        #[arg(long, conflicts_with = "write")]
        check: bool,
        /// Update the table in README.md
        #[arg(long)]
        write: bool,
    },
    /// Check with schemathesis and Prism (xtask/judges/README.md)
    Conformance {
        /// Only this judge
        judge: Option<conformance::Judge>,
        #[command(flatten)]
        options: conformance::Options,
    },
    /// Send mutated requests to the running emulator
    Fuzz(conformance::Options),
    /// Hold the specification against the provider, with the options of `cryptopocket probe`
    ///
    /// --apply PATCH brings the specification to what a probe found. --check probes a second provider, and tests a copy of
    /// the workspace with the patch.
    #[command(disable_help_flag = true)]
    Probe {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Run every check that a change must pass
    Test,
}

fn main() -> ExitCode {
    let root = workspace::root();
    let outcome = match Arguments::parse().task {
        Task::Regen { check: false } => regen::write(&root),
        Task::Regen { check: true } => regen::check(&root),
        Task::Lint => lint::run(&root),
        Task::Diff(options) => diff::run(&root, &options),
        Task::Coverage { check, write } => coverage::run(&root, write, check),
        Task::Conformance { judge, options } => conformance::run(&root, judge, &options),
        Task::Fuzz(options) => conformance::fuzz(&root, &options),
        Task::Probe { options } => probe::run(&root, &options.iter().map(String::as_str).collect::<Vec<_>>()),
        Task::Test => suite::run(&root),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod command_line {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn tasks_and_their_flags_are_read() {
        Arguments::command().debug_assert();
        let task = |words: &str| Arguments::try_parse_from(words.split(' ')).map(|arguments| arguments.task);
        let Ok(Task::Diff(_)) = task("xtask diff --fail-on-breaking --base main") else {
            panic!("diff");
        };
        let Ok(Task::Fuzz(options)) = task("xtask fuzz --seed 7 --seconds 600") else {
            panic!("fuzz");
        };
        assert_eq!((options.seed, options.seconds, options.examples), (7, 600, 200));
        let Ok(Task::Probe { options }) = task("xtask probe --base-url http://x --help") else {
            panic!("probe");
        };
        assert_eq!(options, ["--base-url", "http://x", "--help"]);
        for refused in [
            "diff --base",
            "diff --breaking",
            "fuzz --seconds soon",
            "coverage --check --write",
        ] {
            assert!(task(&format!("xtask {refused}")).is_err(), "{refused}");
        }
    }
}
