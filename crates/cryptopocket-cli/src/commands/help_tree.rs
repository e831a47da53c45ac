use std::fmt::Write;

use clap::{Arg, Args, Command};
use serde_json::{Value, json};

use crate::connection::Context;
use crate::coverage::operation_of;
use crate::failure::Result;
use crate::output::{BOLD, DIM};

/// Print all commands with their arguments
#[derive(Debug, Args)]
pub(crate) struct HelpTree {}

impl HelpTree {
    #[allow(clippy::unused_self, reason = "every command runs by its own value")]
    pub(crate) fn run(&self, context: &mut Context, mut root: Command) -> Result<()> {
        root.build();
        if context.output.is_json() {
            return context.output.json(&tree(&root, "cryptopocket"));
        }
        let mut text = String::new();
        prose(&root, "cryptopocket", &mut text);
        context.output.line(text.trim_end())
    }
}

fn own_arguments<'c>(command: &'c Command, path: &str) -> impl Iterator<Item = &'c Arg> {
    // Global options are listed once, at the root.
    let root = !path.contains(' ');
    command
        .get_arguments()
        .filter(move |argument| root || !argument.is_global_set())
        .filter(|argument| {
            !argument.is_hide_set() && !matches!(argument.get_id().as_str(), "help" | "version")
        })
}

/// The forms of an argument, such as `-f, --field <KEY=VALUE>`.
fn notation(argument: &Arg) -> String {
    match argument.get_short() {
        Some(short) => format!("-{short}, {argument}"),
        None => argument.to_string(),
    }
}

fn help(argument: &Arg) -> String {
    let text = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let defaults = argument.get_default_values();
    if defaults.is_empty() || !argument.get_action().takes_values() {
        return text;
    }
    let defaults: Vec<_> = defaults.iter().map(|value| value.to_string_lossy()).collect();
    format!("{text} [default: {}]", defaults.join(", "))
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn tree(command: &Command, path: &str) -> Value {
    let arguments: Vec<_> = own_arguments(command, path)
        .map(|argument| {
            json!({
                "name": argument.get_id().as_str(),
                "notation": notation(argument),
                "required": argument.is_required_set(),
                "environment": argument.get_env().map(|name| name.to_string_lossy()),
                "help": help(argument),
            })
        })
        .collect();
    let commands: Vec<_> = command
        .get_subcommands()
        .map(|sub| tree(sub, &format!("{path} {}", sub.get_name())))
        .collect();
    let operation = path.split_once(' ').and_then(|(_, words)| operation_of(words));
    json!({
        "command": path,
        "about": about(command),
        "operation": operation,
        "arguments": arguments,
        "commands": commands,
    })
}

fn prose(command: &Command, path: &str, text: &mut String) {
    let _ = writeln!(text, "{BOLD}{path}{BOLD:#}  {}", about(command));
    let arguments: Vec<_> = own_arguments(command, path).collect();
    let width = arguments
        .iter()
        .map(|argument| notation(argument).chars().count())
        .max()
        .unwrap_or_default();
    for argument in arguments {
        let need = if argument.is_required_set() { '*' } else { ' ' };
        let help = help(argument);
        let _ = writeln!(text, "  {need} {:width$}  {DIM}{help}{DIM:#}", notation(argument));
    }
    for sub in command.get_subcommands() {
        prose(sub, &format!("{path} {}", sub.get_name()), text);
    }
}
