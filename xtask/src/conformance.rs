//! `cargo xtask conformance`: checks emulator and SDK with third-party tools, the judges.
//!
//! `xtask/judges/README.md` describes the judges, their input and what they do not check.

mod copy;
mod emulator;
mod files;
mod fuzz;
mod http;
mod journey;
mod options;
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
use options::Options;
use std::path::Path;

/// The task `conformance`.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let (judges, flags) = match words {
        [judge @ ("schemathesis" | "prism"), flags @ ..] => (vec![*judge], flags),
        flags => (vec!["schemathesis", "prism"], flags),
    };
    let options = Options::read(flags)?;
    let program = options.program(root)?;
    let mut verdicts = Vec::new();
    for judge in judges {
        println!("— {judge}");
        let verdict = match judge {
            "prism" => prism::run(root, &program),
            _ => schemathesis::run(root, &program, &options),
        };
        if let Err(message) = &verdict {
            eprintln!("{message}\n");
        }
        verdicts.push((judge, verdict));
    }
    println!();
    for (judge, verdict) in &verdicts {
        let text = verdict.as_ref().map_or("FAILED, see above", String::as_str);
        println!("{judge}: {text}");
    }
    match verdicts.iter().filter(|(_, verdict)| verdict.is_err()).count() {
        0 => Ok(()),
        failed => Err(format!("{failed} of {} judges failed", verdicts.len())),
    }
}

/// The task `fuzz`.
pub(crate) fn fuzz(root: &Path, flags: &[&str]) -> Result<(), String> {
    let options = Options::read(flags)?;
    let document = Document::read(&root.join(workspace::SPEC))?;
    let emulator = Emulator::start(&options.program(root)?)?;
    let report = fuzz::run(root, &document, emulator, &options)?;
    println!("{report}");
    Ok(())
}
