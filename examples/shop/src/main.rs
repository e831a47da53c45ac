//! A shop that takes orders, pays them through CryptoPocket, and credits its customers exactly once.
//!
//! `DATABASE_URL=sqlite:shop.db` for one machine, or `postgres://…` for any number that share it. See the README.

mod config;
mod credit;
mod ledger;
mod orders;
mod service;
mod upkeep;

use std::error::Error;

use cryptopocket::inbox::postgres::PostgresStore;
use cryptopocket::inbox::sqlite::SqliteStore;

use crate::config::Config;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    if let Some(file) = config.database.strip_prefix("sqlite:") {
        service::run(SqliteStore::open(file).await?, config).await
    } else {
        service::run(PostgresStore::connect(&config.database).await?, config).await
    }
}
