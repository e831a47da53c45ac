//! `cargo xtask conformance`: checks emulator and SDK with third-party tools, the judges.
//!
//! `xtask/judges/README.md` describes the judges, their input and what they do not check.

mod copy;
mod emulator;
mod files;
mod fuzz;
mod http;
mod options;
mod prism;
mod rules;
mod schemathesis;
mod seed;
#[cfg(test)]
mod tests;

pub(crate) use copy::Judge;
pub(crate) use emulator::Emulator;
pub(crate) use options::Options;

use crate::spec::Document;
use crate::workspace;
use std::path::Path;

/// The task `conformance`.
pub(crate) fn run(root: &Path, only: Option<Judge>, options: &Options) -> Result<(), String> {
    let program = options.program(root)?;
    let mut verdicts = Vec::new();
    for judge in [Judge::Schemathesis, Judge::Prism] {
        if only.is_some_and(|only| only != judge) {
            continue;
        }
        println!("— {judge:?}");
        let verdict = match judge {
            Judge::Prism => prism::run(root, &program),
            Judge::Schemathesis => schemathesis::run(root, &program, options),
        };
        if let Err(message) = &verdict {
            eprintln!("{message}\n");
        }
        verdicts.push((judge, verdict));
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
    let emulator = Emulator::start(&options.program(root)?, 0)?;
    let report = fuzz::run(root, &document, emulator, options)?;
    println!("{report}");
    Ok(())
}
