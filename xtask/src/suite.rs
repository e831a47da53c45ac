//! `cargo xtask test`: everything a change has to pass, with nothing installed but a Rust toolchain.

use crate::spec::Tag;
use crate::{coverage, lint, regen};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

type Run = dyn Fn(&Path) -> Result<(), String>;

/// A part of the suite.
struct Stage {
    name: &'static str,
    run: Box<Run>,
}

fn stages() -> Vec<Stage> {
    let stage = |name, run: fn(&Path) -> Result<(), String>| Stage {
        name,
        run: Box::new(run),
    };
    let mut stages = vec![
        stage("specification keeps its rules", |root| lint::run(root, None)),
        stage("generated files are up to date", regen::check),
        stage("every operation is covered", |root| {
            coverage::run(root, false, true)
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
fn each_tag_alone(root: &Path) -> Result<(), String> {
    Tag::ALL.iter().try_for_each(|tag| {
        call(
            root,
            &["check", "--package", "cryptopocket-api", "--features", tag],
        )
    })
}

/// Runs cargo; what it printed comes back when it failed.
fn call(root: &Path, arguments: &[&str]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root)
        .args(arguments)
        // A snapshot that differs fails; it is not written.
        .env("INSTA_UPDATE", "no")
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
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
        if let Err(message) = &outcome {
            eprintln!("{message}\n");
        }
        results.push((stage.name, outcome.is_ok(), took));
    }
    println!("\n{}", table(&results));
    match results.iter().filter(|(_, passed, _)| !passed).count() {
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

fn table(results: &[(&str, bool, Duration)]) -> String {
    let lines = results.iter().map(|(name, passed, took)| {
        let word = if *passed { "passed" } else { "FAILED" };
        format!("{word}  {:>6.1} s  {name}", took.as_secs_f64())
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_table_says_what_failed() {
        let results = [
            ("lint", true, Duration::from_millis(90)),
            ("tests", false, Duration::from_secs(75)),
        ];
        assert_eq!(table(&results), "passed     0.1 s  lint\nFAILED    75.0 s  tests");
    }

    #[test]
    fn a_failing_command_shows_what_it_printed() {
        let error = call(Path::new("."), &["no-such-command"]).unwrap_err();
        assert!(error.contains("no-such-command"), "{error}");
        assert!(error.ends_with("cargo no-such-command failed"), "{error}");
    }
}
