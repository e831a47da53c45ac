//! `cargo xtask test`: every check that a change must pass. Needs Rust, a C compiler and crates.io.

use crate::spec::TAGS;
use crate::workspace;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Each stage and the arguments of cargo that it runs, for each tag if they name one. The first lints the specification, too;
/// the payments are optimised code, fifty times as many as in the tests before, in less time; a user of one feature compiles
/// the code of no other.
const STAGES: &str = "\
specification and generated files: xtask regen --check
every operation is covered: xtask coverage --check
emulator under fuzz for ten seconds: xtask fuzz --seconds 10
formatting: fmt --all --check
clippy: clippy --workspace --all-targets -- -D warnings
unit, property and contract tests: test --workspace --lib --bins --tests
what a probe finds, regenerated, against the second provider: xtask probe --check
100,000 simulated payments: test --profile simulation --package cryptopocket-simulation --test worlds
documentation tests: test --workspace --doc
conversions to other crates, and exact numbers beside arbitrary_precision: test --package cryptopocket-types \
    --all-features --features serde_json/arbitrary_precision --lib --tests
generated client, all features: test --package cryptopocket-api --all-features
JSON Schemas of the matcher: test --package cryptopocket-banking --features schemars --test schema
command line without stores: clippy --package cryptopocket-cli --all-targets --no-default-features -- -D warnings
each tag alone: check --package cryptopocket-api --features {tag}";

struct Outcome {
    name: &'static str,
    /// The number of tests that passed; `None` if the stage failed.
    tests: Option<usize>,
    took: Duration,
}

/// Adds the numbers of the test runner's summary lines. `cargo xtask probe --check` prints one, too.
pub(crate) fn passed(output: &str) -> usize {
    let results = output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. "));
    results
        .filter_map(|rest| rest.split(' ').next()?.parse::<usize>().ok())
        .sum()
}

/// Runs cargo and counts the tests that passed; an error holds the output.
fn cargo(root: &Path, arguments: &str) -> Result<usize, String> {
    let mut command = workspace::cargo(root);
    // A snapshot that differs fails; it is not written.
    command.args(arguments.split(' ')).env("INSTA_UPDATE", "no");
    match workspace::output(&mut command) {
        Ok(printed) => Ok(passed(&printed)),
        Err(printed) => Err(format!("{printed}\ncargo {arguments} failed")),
    }
}

fn stages() -> Vec<(&'static str, &'static str)> {
    let stages = STAGES.lines();
    stages.filter_map(|stage| stage.split_once(": ")).collect()
}

pub(crate) fn run(root: &Path) -> Result<(), String> {
    let mut results = Vec::new();
    let stages = stages();
    for (index, (name, arguments)) in stages.iter().enumerate() {
        println!("[{}/{}] {name}", index + 1, stages.len());
        let started = workspace::now();
        let commands = BTreeSet::from(TAGS.map(|tag| arguments.replace("{tag}", tag)));
        let tests = commands.iter().map(|command| cargo(root, command));
        let tests = tests.sum::<Result<usize, _>>();
        let tests = tests.map_err(|message| eprintln!("{message}\n")).ok();
        let took = workspace::now().duration_since(started);
        results.push(Outcome { name, tests, took });
    }
    println!("\n{}", table(&results));
    match results.iter().filter(|outcome| outcome.tests.is_none()).count() {
        0 => Ok(()),
        failed => Err(format!("{failed} of {} stages failed", results.len())),
    }
}

fn table(results: &[Outcome]) -> String {
    let mut table = String::new();
    for Outcome { name, tests, took } in results {
        let (word, tests) = match tests {
            None => ("FAILED", String::new()),
            Some(0) => ("passed", String::new()),
            Some(tests) => ("passed", format!(" ({tests} tests)")),
        };
        let _ = writeln!(table, "{word}  {:>6.1} s  {name}{tests}", took.as_secs_f64());
    }
    let passed: usize = results.iter().filter_map(|outcome| outcome.tests).sum();
    let failed = results.iter().filter(|outcome| outcome.tests.is_none()).count();
    format!("{table}{passed} tests passed, {failed} stages failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_its_arguments() {
        assert_eq!(stages().len(), 14);
        for (name, arguments) in stages() {
            assert!(
                !name.is_empty() && !arguments.contains("  "),
                "{name}: {arguments}"
            );
        }
        assert_eq!(STAGES.lines().count(), 14, "each line is a stage");
    }

    #[test]
    fn closing_table_names_the_failed_stage() {
        let outcome = |name, tests, millis| Outcome {
            name,
            tests,
            took: Duration::from_millis(millis),
        };
        let results = [
            outcome("lint", Some(0), 90),
            outcome("tests", Some(7), 75_000),
            outcome("clippy", None, 3_000),
        ];
        assert_eq!(
            table(&results),
            "passed     0.1 s  lint\npassed    75.0 s  tests (7 tests)\nFAILED     3.0 s  clippy\n\
             7 tests passed, 1 stages failed"
        );
    }

    #[test]
    fn tests_of_every_binary_are_counted() {
        let output = "running 2 tests\n\ntest result: ok. 2 passed; 0 failed\n\ntest result: ok. 40 passed; 0 failed\n";
        assert_eq!(passed(output), 42);
    }

    #[test]
    fn failed_command_shows_its_output() {
        let error = cargo(Path::new("."), "no-such-command").unwrap_err();
        assert!(error.contains("no-such-command"), "{error}");
        assert!(error.ends_with("cargo no-such-command failed"), "{error}");
    }
}
