use std::fmt::Write;

use clap::{Arg, Args, Command};
use serde::Serialize;

use crate::connection::Context;
use crate::coverage::operation_of;
use crate::failure::Result;
use crate::output::{BOLD, DIM};

/// Print all commands with their arguments
#[derive(Debug, Args)]
pub(crate) struct HelpTree {}

#[derive(Serialize)]
struct Node {
    about: String,
    arguments: Vec<Argument>,
    command: String,
    commands: Vec<Node>,
    operation: Option<&'static str>,
}

#[derive(Serialize)]
struct Argument {
    environment: Option<String>,
    help: String,
    name: String,
    /// Its forms, such as `-f, --field <KEY=VALUE>`.
    notation: String,
    required: bool,
}

impl HelpTree {
    #[allow(clippy::unused_self, reason = "every command runs by its own value")]
    pub(crate) fn run(&self, context: &mut Context, mut root: Command) -> Result<()> {
        root.build();
        let tree = Node::new(&root, "cryptopocket".to_owned());
        if context.output.is_json() {
            return context.output.json(&tree);
        }
        let mut text = String::new();
        tree.write(&mut text);
        context.output.line(text.trim_end())
    }
}

impl Node {
    fn new(command: &Command, path: String) -> Self {
        // Global options are listed once, at the root.
        let is_root = !path.contains(' ');
        let arguments = command.get_arguments().filter(|argument| {
            (is_root || !argument.is_global_set())
                && !argument.is_hide_set()
                && !matches!(argument.get_id().as_str(), "help" | "version")
        });
        let commands = command.get_subcommands();
        Self {
            about: command.get_about().map(ToString::to_string).unwrap_or_default(),
            arguments: arguments.map(Argument::from).collect(),
            commands: commands
                .map(|sub| Self::new(sub, format!("{path} {}", sub.get_name())))
                .collect(),
            operation: path.split_once(' ').and_then(|(_, words)| operation_of(words)),
            command: path,
        }
    }

    fn write(&self, text: &mut String) {
        let _ = writeln!(text, "{BOLD}{}{BOLD:#}  {}", self.command, self.about);
        let widths = self
            .arguments
            .iter()
            .map(|argument| argument.notation.chars().count());
        let width = widths.max().unwrap_or_default();
        for argument in &self.arguments {
            let need = if argument.required { '*' } else { ' ' };
            let (notation, help) = (&argument.notation, &argument.help);
            let _ = writeln!(text, "  {need} {notation:width$}  {DIM}{help}{DIM:#}");
        }
        for sub in &self.commands {
            sub.write(text);
        }
    }
}

impl From<&Arg> for Argument {
    fn from(argument: &Arg) -> Self {
        let mut help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let defaults = argument.get_default_values();
        if !defaults.is_empty() && argument.get_action().takes_values() {
            let defaults: Vec<_> = defaults.iter().map(|value| value.to_string_lossy()).collect();
            help = format!("{help} [default: {}]", defaults.join(", "));
        }
        Self {
            environment: argument.get_env().map(|name| name.to_string_lossy().into_owned()),
            help,
            name: argument.get_id().to_string(),
            notation: match argument.get_short() {
                Some(short) => format!("-{short}, {argument}"),
                None => argument.to_string(),
            },
            required: argument.is_required_set(),
        }
    }
}
