//! Options of the tasks `conformance` and `fuzz`.

use super::emulator;
use clap::Parser;
use std::path::{Path, PathBuf};

/// Options of a run.
#[derive(Clone, Debug, Parser)]
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
    /// A command line that is built already, such as a release
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

impl Options {
    pub(super) fn program(&self, root: &Path) -> Result<PathBuf, String> {
        self.program.clone().map_or_else(|| emulator::build(root), Ok)
    }
}
