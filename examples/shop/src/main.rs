//! A shop that takes orders, pays them through CryptoPocket, and credits its customers exactly once.
//!
//! `DATABASE_URL=sqlite:shop.db` for one machine, or `postgres://…` for any number that share it. See the README.

mod config;
mod credit;
mod desk;
mod ledger;
mod orders;
mod service;
mod upkeep;

use std::error::Error;
use std::process::ExitCode;

use cryptopocket::inbox::postgres::PostgresStore;
use cryptopocket::inbox::sqlite::SqliteStore;

use crate::config::Config;
use crate::desk::Command;
use crate::ledger::Ledger;

#[tokio::main]
async fn main() -> ExitCode {
    match start().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("shop: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprint!(": {error}");
                cause = error.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

async fn start() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let command = Command::read(&arguments)?;
    let config = Config::from_env()?;
    if let Some(file) = config.database.strip_prefix("sqlite:") {
        run(SqliteStore::open(file).await?, config, command).await
    } else {
        run(PostgresStore::connect(&config.database).await?, config, command).await
    }
}

async fn run<S: Ledger>(store: S, config: Config, command: Command) -> Result<(), Box<dyn Error>> {
    ledger::prepare(&store).await?;
    match command {
        Command::Serve => service::run(store, config).await,
        command => desk::run(store, command).await,
    }
}
