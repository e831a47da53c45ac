//! Descriptions of this program: all its commands, and completion scripts.

use std::fmt::Write as _;
use std::io::Write as _;

use clap::{Arg, Command, Subcommand};
use clap_complete::Shell;

use crate::coverage::operation_of;
use crate::prelude::*;

#[derive(Debug, Subcommand)]
pub(crate) enum Help {
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print all commands with their arguments
    HelpTree,
}

impl Help {
    pub(crate) fn run(self, context: &mut Context, mut program: Command) -> Result<()> {
        match self {
            Self::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut program, "cryptopocket", &mut script);
                let written = std::io::stdout().write_all(&script);
                written.map_err(|error| Failure::output(&error))
            }
            Self::HelpTree => {
                program.build();
                let mut text = String::new();
                let tree = tree(&program, "cryptopocket", &mut text);
                context.output.said(&tree, text.trim_end())
            }
        }
    }
}

/// The JSON form of a command and those below it; their text is written to `text`.
fn tree(command: &Command, path: &str, text: &mut String) -> Object {
    // Global options are listed once, at the root.
    let is_root = !path.contains(' ');
    let arguments = command.get_arguments().filter(|argument| {
        (is_root || !argument.is_global_set())
            && !argument.is_hide_set()
            && !matches!(argument.get_id().as_str(), "help" | "version")
    });
    let arguments: Vec<_> = arguments.map(|it| (notation(it), help(it), it)).collect();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(text, "{BOLD}{path}{BOLD:#}  {about}");
    let widths = arguments.iter().map(|(notation, ..)| notation.chars().count());
    let width = widths.max().unwrap_or_default();
    for (notation, help, argument) in &arguments {
        let need = if argument.is_required_set() { '*' } else { ' ' };
        let _ = writeln!(text, "  {need} {notation:width$}  {DIM}{help}{DIM:#}");
    }
    let forms = arguments.iter().map(|(notation, help, argument)| {
        object! {
            "environment": argument.get_env().map(|name| name.to_string_lossy()),
            "help": help,
            "name": argument.get_id().as_str(),
            "notation": notation,
            "required": argument.is_required_set(),
        }
    });
    let below = |sub: &Command| tree(sub, &format!("{path} {}", sub.get_name()), text);
    let operation = path.split_once(' ').and_then(|(_, words)| operation_of(words));
    let commands: Vec<_> = command.get_subcommands().map(below).collect();
    let arguments: Vec<_> = forms.collect();
    object! {
        "about": about, "arguments": arguments, "command": path, "commands": commands, "operation": operation,
    }
}

/// The forms of an argument, such as `-f, --field <KEY=VALUE>`.
fn notation(argument: &Arg) -> String {
    match argument.get_short() {
        Some(short) => format!("-{short}, {argument}"),
        None => argument.to_string(),
    }
}

fn help(argument: &Arg) -> String {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let defaults = argument.get_default_values();
    if defaults.is_empty() || !argument.get_action().takes_values() {
        return help;
    }
    let defaults: Vec<_> = defaults.iter().map(|value| value.to_string_lossy()).collect();
    format!("{help} [default: {}]", defaults.join(", "))
}
