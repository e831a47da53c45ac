//! A shop that takes orders, pays them through CryptoPocket, and credits its customers exactly once.
//!
//! `DATABASE_URL=sqlite:shop.db` for one machine, or `postgres://…` for any number that share it. See the README.

mod config;
mod credit;
mod desk;
mod ledger;
mod orders;
mod seal;
mod service;
mod upkeep;

use std::error::Error;
use std::process::ExitCode;

use cryptopocket::inbox::postgres::PostgresStore;
use cryptopocket::inbox::sqlite::{SqliteOptions, SqliteStore};

use crate::config::Config;
use crate::desk::Command;
use crate::ledger::{Ledger, unmatched};

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
    match (config.database.strip_prefix("sqlite:"), command) {
        (Some(file), Command::Serve) => serve(SqliteStore::open(file).await?, config).await,
        (None, Command::Serve) => serve(PostgresStore::connect(&config.database).await?, config).await,
        (Some(file), command) => {
            let seen = SqliteOptions::new(file).read_only(true).open().await;
            let store = filled(seen).await?;
            if command == Command::Unmatched {
                return desk::run(store, command).await;
            }
            desk::run(SqliteOptions::new(file).create(false).open().await?, command).await
        }
        (None, command) => {
            let store = filled(PostgresStore::connect_read_only(&config.database).await).await?;
            if command == Command::Unmatched {
                return desk::run(store, command).await;
            }
            desk::run(PostgresStore::connect(&config.database).await?, command).await
        }
    }
}

async fn serve<S: Ledger>(store: S, config: Config) -> Result<(), Box<dyn Error>> {
    ledger::prepare(&store).await?;
    service::run(store, config).await
}

/// The store if the shop's tables are in it. A desk that made them would say that no money waits.
async fn filled<S: Ledger>(seen: Result<S, cryptopocket::inbox::Error>) -> Result<S, String> {
    let absent = |error| {
        format!("DATABASE_URL leads to no shop: {error}. Set it as for the service; nothing was made")
    };
    let store = seen.map_err(absent)?;
    unmatched::list(&store, 1).await.map_err(absent)?;
    Ok(store)
}
