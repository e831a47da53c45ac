//! Flags of the tasks `conformance` and `fuzz`.

use super::emulator;
use std::path::{Path, PathBuf};

const HELP: &str = "\
cargo xtask conformance [schemathesis|prism] [--seed N] [--examples N] [--program FILE]
cargo xtask fuzz [--seconds N] [--seed N] [--program FILE]
  --program: a command line that is built already, such as a release";

/// Flags of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) seed: u64,
    /// Maximum number of cases for each operation in each phase of schemathesis.
    pub(crate) examples: u64,
    pub(crate) seconds: u64,
    program: Option<PathBuf>,
}

impl Options {
    pub(super) fn read(flags: &[&str]) -> Result<Self, String> {
        let mut options = Self {
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
                "--seed" => options.seed = number()?,
                "--examples" => options.examples = number()?,
                "--seconds" => options.seconds = number()?,
                "--program" => options.program = Some(PathBuf::from(value)),
                _ => return Err(format!("{flag} is not known\n\n{HELP}")),
            }
        }
        Ok(options)
    }

    pub(super) fn program(&self, root: &Path) -> Result<PathBuf, String> {
        self.program.clone().map_or_else(|| emulator::build(root), Ok)
    }
}
