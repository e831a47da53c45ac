//! `cargo xtask test`: everything a change has to pass, with nothing installed but a Rust toolchain.

use crate::spec::Tag;
use crate::{conformance, coverage, lint, regen, workspace};
use std::path::Path;
use std::time::{Duration, Instant};

/// How many tests passed; none where the stage is no test run.
type Run = dyn Fn(&Path) -> Result<usize, String>;

/// What became of a stage.
struct Outcome {
    name: &'static str,
    /// How many tests passed, or nothing when the stage failed.
    tests: Option<usize>,
    took: Duration,
}

/// A part of the suite.
struct Stage {
    name: &'static str,
    run: Box<Run>,
}

fn stages() -> Vec<Stage> {
    let stage = |name, run: fn(&Path) -> Result<(), String>| Stage {
        name,
        run: Box::new(move |root| run(root).map(|()| 0)),
    };
    let mut stages = vec![
        stage("specification keeps its rules", |root| lint::run(root, None)),
        stage("generated files are up to date", regen::check),
        stage("every operation is covered", |root| {
            coverage::run(root, false, true)
        }),
        stage("emulator under fuzz for ten seconds", |root| {
            conformance::fuzz(root, &["--seconds", "10"])
        }),
        cargo("formatting", &["fmt", "--all", "--check"]),
        cargo(
            "clippy",
            &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        ),
        cargo(
            "unit, property and contract tests",
            &["test", "--workspace", "--lib", "--bins", "--tests"],
        ),
        cargo("documentation tests", &["test", "--workspace", "--doc"]),
        cargo(
            "conversions to other crates, and exact numbers beside arbitrary_precision",
            &[
                "test",
                "--package",
                "cryptopocket-types",
                "--all-features",
                "--features",
                "serde_json/arbitrary_precision",
                "--lib",
                "--tests",
            ],
        ),
        cargo(
            "generated client, all features",
            &["test", "--package", "cryptopocket-api", "--all-features"],
        ),
    ];
    stages.push(Stage {
        name: "each tag alone",
        run: Box::new(each_tag_alone),
    });
    stages
}

fn cargo(name: &'static str, arguments: &'static [&'static str]) -> Stage {
    Stage {
        name,
        run: Box::new(move |root| call(root, arguments)),
    }
}

/// A user of one feature compiles the code of no other.
fn each_tag_alone(root: &Path) -> Result<usize, String> {
    Tag::ALL.iter().try_fold(0, |tests, tag| {
        let arguments = ["check", "--package", "cryptopocket-api", "--features", tag];
        call(root, &arguments).map(|more| tests + more)
    })
}

/// The sum of what the test runner's closing lines say.
fn passed(output: &str) -> usize {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. "))
        .filter_map(|rest| rest.split(' ').next()?.parse::<usize>().ok())
        .sum()
}

/// Runs cargo and counts the tests that passed; what it printed comes back when it failed.
fn call(root: &Path, arguments: &[&str]) -> Result<usize, String> {
    let output = workspace::cargo(root)
        .args(arguments)
        // A snapshot that differs fails; it is not written.
        .env("INSTA_UPDATE", "no")
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(passed(&text(&output.stdout)));
    }
    let said = text(&output.stderr) + &text(&output.stdout);
    Err(format!("{said}\ncargo {} failed", arguments.join(" ")))
}

/// Runs every stage, says how it goes, and closes with a table.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let stages = stages();
    let mut results = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        println!("[{}/{}] {}", index + 1, stages.len(), stage.name);
        let started = now();
        let outcome = (stage.run)(root);
        let took = now().duration_since(started);
        let tests = outcome.map_err(|message| eprintln!("{message}\n")).ok();
        results.push(Outcome {
            name: stage.name,
            tests,
            took,
        });
    }
    println!("\n{}", table(&results));
    match results.iter().filter(|outcome| outcome.tests.is_none()).count() {
        0 => Ok(()),
        failed => Err(format!("{failed} of {} stages failed", results.len())),
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long a stage took is shown to a person and decides nothing"
)]
fn now() -> Instant {
    Instant::now()
}

fn table(results: &[Outcome]) -> String {
    let mut lines: Vec<_> = results
        .iter()
        .map(|outcome| {
            let word = if outcome.tests.is_some() {
                "passed"
            } else {
                "FAILED"
            };
            let tests = match outcome.tests {
                Some(1..) => format!(" ({} tests)", outcome.tests.unwrap_or_default()),
                _ => String::new(),
            };
            format!(
                "{word}  {:>6.1} s  {}{tests}",
                outcome.took.as_secs_f64(),
                outcome.name
            )
        })
        .collect();
    let tests: usize = results.iter().filter_map(|outcome| outcome.tests).sum();
    let failed = results.iter().filter(|outcome| outcome.tests.is_none()).count();
    lines.push(format!("{tests} tests passed, {failed} stages failed"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_table_says_what_failed() {
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
    fn the_tests_of_every_binary_are_counted() {
        let output = "running 2 tests\n\ntest result: ok. 2 passed; 0 failed\n\ntest result: ok. 40 passed; 0 failed\n";
        assert_eq!(passed(output), 42);
    }

    #[test]
    fn a_failing_command_shows_what_it_printed() {
        let error = call(Path::new("."), &["no-such-command"]).unwrap_err();
        assert!(error.contains("no-such-command"), "{error}");
        assert!(error.ends_with("cargo no-such-command failed"), "{error}");
    }
}
