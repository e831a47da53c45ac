use std::io::{BufRead, ErrorKind, IsTerminal, Write};

use cryptopocket::Secret;

use super::questions::Person;
use crate::failure::{Failure, Result};

/// The terminal of this process.
pub(super) struct Terminal(());

impl Terminal {
    /// `None` if stdin is no terminal: there is no one to ask.
    pub(super) fn of_this_process() -> Option<Self> {
        std::io::stdin().is_terminal().then_some(Self(()))
    }
}

impl Person for Terminal {
    fn ask(&mut self, question: &str) -> Result<String> {
        let mut stderr = std::io::stderr().lock();
        let asked = stderr
            .write_all(question.as_bytes())
            .and_then(|()| stderr.flush());
        let mut line = String::new();
        asked
            .and_then(|()| std::io::stdin().lock().read_line(&mut line))
            .and_then(|read| match read {
                0 => Err(ErrorKind::UnexpectedEof.into()),
                _ => Ok(()),
            })
            .map_err(|error| no_answer(&error))?;
        Ok(line.trim().to_owned())
    }

    fn ask_hidden(&mut self, question: &str) -> Result<Secret> {
        let typed = rpassword::prompt_password(question).map_err(|error| no_answer(&error))?;
        Ok(Secret::from(typed))
    }
}

fn no_answer(error: &std::io::Error) -> Failure {
    Failure::configuration(
        format!("the terminal gave no answer: {}", error.kind()),
        "Give the values by flags or in the environment.",
    )
}
