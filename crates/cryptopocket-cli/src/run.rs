use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use crate::arguments::{Arguments, Command};
use crate::connection::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::{logging, output};

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    // Read apart from clap: a wrong command line is answered in JSON too.
    let json = words
        .iter()
        .take_while(|word| *word != "--")
        .any(|word| word == "--json");
    let parsed = with_environment(Arguments::command(), true)
        .try_get_matches_from(&words)
        .and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)));
    let (arguments, matches) = match parsed {
        Ok(parsed) => parsed,
        // Help names the variables.
        Err(error) if !error.use_stderr() => return misunderstood(&error, json).into(),
        Err(error) => {
            // Its usage line would list the options that variables give as if they were required.
            let plain = with_environment(Arguments::command(), false).try_get_matches_from(&words);
            return misunderstood(&plain.err().unwrap_or(error), json).into();
        }
    };
    let result = logging::start(arguments.global.verbose)
        .and_then(|()| Context::new(arguments.global, &matches))
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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            let message = format!("the program cannot start: {error}");
            Failure::configuration(message, "Check the limits of this machine.")
        })?;
    let context = &mut context;
    runtime.block_on(async {
        match command {
            Command::Demo(demo) => demo.run(context).await,
            Command::Sandbox(sandbox) => sandbox.run(context).await,
            Command::Login(login) => login.run(context).await,
            Command::Api(api) => api.run(context).await,
            Command::Probe(probe) => probe.run(context).await,
            Command::Assets(assets) => assets.run(context).await,
            Command::Price(price) => price.run(context).await,
            Command::PaymentMethods(methods) => methods.run(context).await,
            Command::Quote(quote) => quote.run(context).await,
            Command::Users(users) => users.run(context).await,
            Command::Payments(payments) => payments.run(context).await,
            Command::Offramp(offramp) => offramp.run(context).await,
            Command::Bank(bank) => bank.run(context).await,
            Command::Webhooks(webhooks) => webhooks.run(context).await,
            Command::Inbox(inbox) => inbox.run(context).await,
            Command::Doctor(doctor) => doctor.run(context).await,
            Command::Completions(completions) => completions.run(Arguments::command()),
            Command::HelpTree(tree) => tree.run(context, Arguments::command()),
        }
    })
}

/// Prints help and version as results, and everything else as wrong usage.
fn misunderstood(error: &clap::Error, json: bool) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match error.print() {
            Ok(()) => Exit::Done,
            Err(unprinted) => {
                let failure = Failure::output(&unprinted);
                output::fail(&failure, false);
                failure.exit
            }
        };
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
    let first: Vec<_> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
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
