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

/// The task `conformance`.
pub(crate) fn run(root: &Path, only: Option<Judge>, options: &Options) -> Result<(), String> {
    let program = emulator::build(root)?;
    let mut verdicts = Vec::new();
    for judge in [Judge::Schemathesis, Judge::Prism] {
        if only.is_none_or(|only| only == judge) {
            println!("— {judge:?}");
            let verdict = match judge {
                Judge::Prism => prism::run(root, &program),
                Judge::Schemathesis => schemathesis::run(root, &program, options),
            };
            verdicts.push((judge, verdict.map_err(|message| eprintln!("{message}\n"))));
        }
    }
    println!();
    for (judge, verdict) in &verdicts {
        let text = verdict.as_ref().map_or("FAILED, see above", String::as_str);
        println!("{judge:?}: {text}");
    }
    match verdicts.iter().filter(|(_, verdict)| verdict.is_err()).count() {
        0 => Ok(()),
        failed => Err(format!("{failed} of {} judges failed", verdicts.len())),
    }
}

/// The task `fuzz`.
pub(crate) fn fuzz(root: &Path, options: &Options) -> Result<(), String> {
    let document = Document::read(&root.join(workspace::SPEC))?;
    let emulator = Emulator::start(&emulator::build(root)?, 0)?;
    let report = fuzz::run(root, &document, emulator, options)?;
    println!("{report}");
    Ok(())
}
