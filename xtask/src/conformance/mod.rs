//! `cargo xtask conformance`: the emulator and the SDK before judges that others wrote.
//!
//! `xtask/judges/README.md` says which judges, what they are given and what is not checked.

mod copy;
mod emulator;
mod fuzz;
mod http;
mod journey;
mod prism;
mod rules;
mod schemathesis;
mod seed;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use emulator::Emulator;

use crate::spec::Document;
use crate::workspace;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
cargo xtask conformance [schemathesis|prism] [--seed N] [--examples N] [--program FILE]
cargo xtask fuzz [--seconds N] [--seed N] [--program FILE]
  --program: a command line that is built already, such as a release";

/// What a run was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) seed: u64,
    /// Cases an operation at most, in each phase of schemathesis.
    pub(crate) examples: u64,
    pub(crate) seconds: u64,
    program: Option<PathBuf>,
}

/// The task `conformance`.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let (judges, flags) = match words {
        [judge @ ("schemathesis" | "prism"), flags @ ..] => (vec![*judge], flags),
        flags => (vec!["schemathesis", "prism"], flags),
    };
    let asked = Asked::read(flags)?;
    let program = asked.program(root)?;
    let mut verdicts = Vec::new();
    for judge in judges {
        println!("— {judge}");
        let verdict = match judge {
            "prism" => prism::run(root, &program),
            _ => schemathesis::run(root, &program, &asked),
        };
        if let Err(message) = &verdict {
            eprintln!("{message}\n");
        }
        verdicts.push((judge, verdict));
    }
    println!();
    for (judge, verdict) in &verdicts {
        let text = verdict
            .as_ref()
            .map_or("FOUND SOMETHING, see above", String::as_str);
        println!("{judge}: {text}");
    }
    match verdicts.iter().filter(|(_, verdict)| verdict.is_err()).count() {
        0 => Ok(()),
        failed => Err(format!("{failed} of {} judges found something", verdicts.len())),
    }
}

/// The task `fuzz`.
pub(crate) fn fuzz(root: &Path, flags: &[&str]) -> Result<(), String> {
    let asked = Asked::read(flags)?;
    let document = Document::read(&root.join(workspace::SPEC))?;
    let emulator = Emulator::start(&asked.program(root)?)?;
    let report = fuzz::run(root, &document, emulator, &asked)?;
    println!("{report}");
    Ok(())
}

impl Asked {
    fn read(flags: &[&str]) -> Result<Self, String> {
        let mut asked = Self {
            seed: 1,
            examples: 200,
            seconds: 20,
            program: None,
        };
        let mut flags = flags.iter();
        while let Some(flag) = flags.next() {
            let value = flags
                .next()
                .ok_or_else(|| format!("{flag} takes a value\n\n{HELP}"))?;
            let number = || {
                value
                    .parse()
                    .map_err(|_| format!("{flag} takes a number\n\n{HELP}"))
            };
            match *flag {
                "--seed" => asked.seed = number()?,
                "--examples" => asked.examples = number()?,
                "--seconds" => asked.seconds = number()?,
                "--program" => asked.program = Some(PathBuf::from(value)),
                _ => return Err(format!("{flag} is not known\n\n{HELP}")),
            }
        }
        Ok(asked)
    }

    fn program(&self, root: &Path) -> Result<PathBuf, String> {
        self.program.clone().map_or_else(|| emulator::build(root), Ok)
    }
}

/// Where judges are installed and write what they say.
fn workshop(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join("target/conformance");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(folder)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

fn write_json(path: &Path, value: &Value) -> Result<(), String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| e.to_string())?;
    write(path, &text)
}

/// Runs an installer; what it printed comes back when it failed.
fn install(command: &mut Command, missing: &str) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("{missing}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(text(&output.stderr) + &text(&output.stdout))
}
