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
    let typed: Vec<OsString> = std::env::args_os().collect();
    // Also when the rest cannot be understood, the answer is to come in the form that was asked for.
    let json = typed
        .iter()
        .take_while(|word| *word != "--")
        .any(|word| word == "--json");
    let matches = match Arguments::command().try_get_matches_from(&typed) {
        Ok(matches) => matches,
        Err(error) => return misunderstood(&error, json).into(),
    };
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => return misunderstood(&error, json).into(),
    };
    let done = logging::start(arguments.global.verbose)
        .and_then(|()| Context::new(arguments.global, &matches))
        .and_then(|context| start(arguments.command, context));
    match done {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            output::fail(&failure, json);
            failure.exit().into()
        }
    }
}

fn start(command: Command, mut context: Context) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::configuration(
                format!("the program cannot start: {error}"),
                "Check the limits of this machine.",
            )
        })?;
    runtime.block_on(async {
        match command {
            Command::Demo(demo) => demo.run(&mut context).await,
            Command::Sandbox(sandbox) => sandbox.run(&mut context).await,
            Command::Login(login) => login.run(&mut context).await,
            Command::Assets(assets) => assets.run(&mut context).await,
            Command::Price(price) => price.run(&mut context).await,
            Command::PaymentMethods(methods) => methods.run(&mut context).await,
            Command::Quote(quote) => quote.run(&mut context).await,
            Command::Users(users) => users.run(&mut context).await,
            Command::Payments(payments) => payments.run(&mut context).await,
            Command::Offramp(offramp) => offramp.run(&mut context).await,
            Command::Bank(bank) => bank.run(&mut context).await,
            Command::Webhooks(webhooks) => webhooks.run(&mut context).await,
            Command::Completions(completions) => completions.run(Arguments::command()),
            Command::HelpTree(tree) => tree.run(&mut context, Arguments::command()),
        }
    })
}

/// Help and version are results; everything else is a wrong use.
fn misunderstood(error: &clap::Error, json: bool) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return Exit::Done;
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
    let message = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "a command is missing",
        _ => message.strip_prefix("error: ").unwrap_or(&message),
    };
    let suggestions = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let hint = match suggestions.iter().find_map(|kind| error.get(*kind)) {
        Some(word) => format!("Did you mean {word}? `--help` lists what there is."),
        None => "`--help` after the command lists what it takes.".to_owned(),
    };
    Failure::usage(message, hint)
}
