//! `cargo xtask conformance`: checks emulator and SDK with third-party tools, the judges.
//!
//! `xtask/judges/README.md` describes the judges, their input and what they do not check.

mod copy;
mod emulator;
mod fuzz;
mod http;
mod prism;
mod rules;
mod schemathesis;
mod seed;
#[cfg(test)]
mod tests;

pub(crate) use copy::Judge;
pub(crate) use emulator::Emulator;

use crate::spec::Document;
use crate::workspace;
use std::path::Path;

/// The options of both tasks.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// Seed of the requests
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Maximum number of cases for each operation in each phase of schemathesis
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) examples: u64,
    /// Duration of the fuzzing
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) seconds: u64,
}

pub(crate) fn run(root: &Path, only: Option<Judge>, options: &Options) -> Result<(), String> {
    let program = emulator::build(root)?;
    let judges = [Judge::Schemathesis, Judge::Prism].into_iter();
    let judges = judges.filter(|judge| only.is_none_or(|only| only == *judge));
    let (mut verdicts, mut failed) = (Vec::new(), 0);
    for judge in judges {
        println!("— {judge:?}");
        let verdict = match judge {
            Judge::Prism => prism::run(root, &program),
            Judge::Schemathesis => schemathesis::run(root, &program, options),
        };
        let verdict = verdict.unwrap_or_else(|message| {
            eprintln!("{message}\n");
            failed += 1;
            "FAILED, see above".to_owned()
        });
        verdicts.push(format!("{judge:?}: {verdict}"));
    }
    println!("\n{}", verdicts.join("\n"));
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} of {} judges failed", verdicts.len())),
    }
}

pub(crate) fn fuzz(root: &Path, options: &Options) -> Result<(), String> {
    let document = Document::read(&root.join(workspace::SPEC))?;
    let emulator = Emulator::start(&emulator::build(root)?, 0)?;
    let report = fuzz::run(root, &document, emulator, options)?;
    println!("{report}");
    Ok(())
}
