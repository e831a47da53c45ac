use std::io::Write;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::failure::{Failure, Result};

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, mut program: Command) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "cryptopocket", &mut script);
        std::io::stdout()
            .write_all(&script)
            .map_err(|error| Failure::output(&error))
    }
}
