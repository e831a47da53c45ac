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
use crate::desk::Task;
use crate::ledger::{Ledger, unmatched};

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(start()).await {
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
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let task = Task::of(&words)?;
    let config = Config::from_env()?;
    match config.database.strip_prefix("sqlite:") {
        Some(file) if task == Task::Serve => serve(SqliteStore::open(file).await?, config).await,
        Some(file) => {
            let store = filled(SqliteOptions::new(file).read_only(true).open().await).await?;
            match task {
                Task::Decide => desk::run(SqliteOptions::new(file).create(false).open().await?, &words).await,
                _ => desk::run(store, &words).await,
            }
        }
        None if task == Task::Serve => serve(PostgresStore::connect(&config.database).await?, config).await,
        None => {
            let store = filled(PostgresStore::connect_read_only(&config.database).await).await?;
            match task {
                Task::Decide => desk::run(PostgresStore::connect(&config.database).await?, &words).await,
                _ => desk::run(store, &words).await,
            }
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
