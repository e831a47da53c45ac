use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::commands::Command;
use crate::connection::Context;
use crate::failure::{Exit, Failure, Result};
use crate::global::Global;
use crate::output;

/// Buy and sell crypto through CryptoPocket: payments, off-ramps, customers, banking and webhooks.
///
/// Try `cryptopocket demo`: it needs no account and no network.
#[derive(Debug, Parser)]
#[command(
    name = "cryptopocket",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    // Read apart from clap: a wrong command line is answered in JSON too.
    let json = words
        .iter()
        .take_while(|word| *word != "--")
        .any(|word| word == "--json");
    let parse = |reads_environment| {
        let program = with_environment(Arguments::command(), reads_environment);
        let matches = program.try_get_matches_from(&words)?;
        Arguments::from_arg_matches(&matches)
    };
    let (flags, arguments) = match (parse(false), parse(true)) {
        (Ok(flags), Ok(arguments)) => (flags.global, arguments),
        // Help names the variables. The usage line of an error would list the options that they give as if required.
        (_, Err(error)) if !error.use_stderr() => return misunderstood(&error, json).into(),
        (Err(error), _) | (_, Err(error)) => return misunderstood(&error, json).into(),
    };
    let result = start_logging(arguments.global.verbose)
        .and_then(|()| Context::new(&flags, arguments.global))
        .and_then(|context| run(arguments.command, context));
    match result {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            output::fail(&failure, json);
            failure.exit.into()
        }
    }
}

/// Help never shows the values of variables, which may be secret. An empty variable counts as one that is not set:
/// `NAME= command` is the usual way to leave it out.
fn with_environment(command: clap::Command, is_read: bool) -> clap::Command {
    command
        .mut_args(|argument| {
            let value = argument.get_env().and_then(std::env::var_os);
            let argument = argument.hide_env_values(true);
            if is_read && value.is_none_or(|value| !value.is_empty()) {
                argument
            } else {
                argument.env(None::<&str>)
            }
        })
        .mut_subcommands(|command| with_environment(command, is_read))
}

fn run(command: Command, mut context: Context) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        let message = format!("the program cannot start: {error}");
        Failure::configuration(message, "Check the limits of this machine.")
    })?;
    runtime.block_on(command.run(&mut context, Arguments::command()))
}

/// Starts logging as `RUST_LOG` says (`target=level` pairs, separated by commas), or else as many `-v` say.
fn start_logging(verbose: u8) -> Result<()> {
    let wanted = match (std::env::var("RUST_LOG"), verbose) {
        (Ok(text), _) if !text.is_empty() => text,
        // One warning names the fields of a reply that could not be read.
        (_, 0) => "cryptopocket=warn".to_owned(),
        (_, 1) => "cryptopocket=debug".to_owned(),
        _ => "cryptopocket=trace,hyper=debug".to_owned(),
    };
    let targets: Targets = wanted.parse().map_err(|_| {
        let cure = "Write target=level pairs, such as cryptopocket=debug.";
        Failure::configuration("RUST_LOG cannot be read", cure)
    })?;
    let lines = tracing_subscriber::fmt::layer();
    let lines = lines.with_writer(std::io::stderr).with_ansi(false);
    // It fails only if this process logs already.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
    Ok(())
}

/// Prints help and version as results, and everything else as wrong usage.
fn misunderstood(error: &clap::Error, json: bool) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return error.print().map_or_else(
            |unprinted| {
                let failure = Failure::output(&unprinted);
                output::fail(&failure, false);
                failure.exit
            },
            |()| Exit::Done,
        );
    }
    if json {
        output::fail(&usage(error), true);
    } else {
        let _ = error.print();
    }
    Exit::Usage
}

fn usage(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let lines = text.lines().map(str::trim);
    let first: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let message = first.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let suggestions = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let hint = match suggestions.iter().find_map(|kind| error.get(*kind)) {
        Some(word) => format!("Did you mean {word}? `--help` lists what there is."),
        None => "`--help` after the command lists its arguments.".to_owned(),
    };
    Failure::usage(message, hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::COMMANDS;

    #[test]
    fn every_command_of_the_coverage_table_exists() {
        for (operation, words) in COMMANDS {
            let root = Arguments::command();
            let found = words
                .split(' ')
                .try_fold(&root, |command, word| command.find_subcommand(word));
            assert!(found.is_some(), "{operation}: `{words}` is no command");
        }
    }

    /// Checks a command and all below it, where the options of `above` can be given too.
    fn check_rules(command: &clap::Command, above: &[String], seen: &mut Vec<String>) {
        let has_variable = |argument: &&clap::Arg| argument.get_env().is_some();
        let own = command.get_arguments().filter(has_variable);
        let mut named = above.to_vec();
        named.extend(own.map(|argument| format!("{:?}", argument.get_id())));
        for group in command.get_groups() {
            let told = format!("{group:?}");
            let (_, rules) = told.split_once("], required: ").unwrap();
            if group.get_args().any(|id| named.contains(&format!("{id:?}"))) {
                named.push(format!("{:?}", group.get_id()));
                assert_eq!(
                    rules, "false, requires: [], conflicts: [], multiple: true }",
                    "{told}"
                );
            }
            seen.push(rules.to_owned());
        }
        for argument in command.get_arguments() {
            // clap tells the rules of an option nowhere else.
            let told = format!("{argument:?}");
            let part = |from: &str, to: &str| {
                let (_, part) = told.split_once(from).unwrap();
                part.split_once(to).unwrap().0.to_owned()
            };
            let rules = part(", conflicts: ", ", settings: ") + &part(", requires: ", ", short: ");
            let name = format!("{} --{}", command.get_name(), argument.get_id());
            assert!(!named.iter().any(|id| rules.contains(id)), "{name}: {rules}");
            if has_variable(&argument) {
                assert!(!argument.is_required_set(), "{name} is required");
                assert_eq!(rules, "[][], r_ifs: [], r_unless: []", "{name}");
            }
            seen.push(rules);
        }
        for command in command.get_subcommands() {
            check_rules(command, &named, seen);
        }
    }

    /// The command line is read without the variables first: what they give must not be missed there.
    #[test]
    fn no_rule_is_about_an_option_with_a_variable() {
        let mut seen = Vec::new();
        check_rules(&Arguments::command(), &[], &mut seen);
        for rule in ["\"until\"", "\"bank_name\"", "true, requires: []"] {
            assert!(
                seen.iter().any(|rules| rules.contains(rule)),
                "{rule} is not seen"
            );
        }
    }
}
