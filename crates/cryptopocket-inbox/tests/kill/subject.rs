//! The store that a process is killed on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{EventState, Filter, Inbox, Store};
use sqlx::postgres::{PgConnectOptions, PgPool};

use crate::cluster::OwnSchema;

const KIND: &str = "CRYPTOPOCKET_KILL_SUBJECT";
const PLACE: &str = "CRYPTOPOCKET_KILL_PLACE";
const SCHEMA: &str = "CRYPTOPOCKET_KILL_SCHEMA";

pub(crate) enum Subject {
    Sqlite(PathBuf),
    Postgres(OwnSchema),
}

/// What is in a store after the last process has ended.
pub(crate) struct Left {
    /// Every stored event and its state.
    pub(crate) events: BTreeMap<String, EventState>,
    /// How often each event had its effect.
    pub(crate) effects: BTreeMap<String, i64>,
}

impl Subject {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// In a process that is to be killed: its store.
    pub(crate) fn from_environment() -> Option<Self> {
        let variable = |name| std::env::var(name).ok();
        let place = variable(PLACE)?;
        Some(match variable(KIND)?.as_str() {
            "SQLite" => Self::Sqlite(place.into()),
            _ => Self::Postgres(OwnSchema {
                socket: place,
                schema: variable(SCHEMA)?,
            }),
        })
    }

    /// The command that starts such a process.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env(KIND, self.name());
        match self {
            Self::Sqlite(path) => command.env(PLACE, path),
            Self::Postgres(own) => command.env(PLACE, &own.socket).env(SCHEMA, &own.schema),
        };
        command
    }

    pub(crate) async fn left(&self) -> Left {
        let query = "SELECT key, count(*) FROM effects GROUP BY key";
        match self {
            Self::Sqlite(path) => {
                let inbox = Inbox::new(SqliteStore::open(path).await.unwrap());
                let effects: Vec<(String, i64)> = sqlx::query_as(query)
                    .fetch_all(inbox.store().reader())
                    .await
                    .unwrap();
                left(inbox, effects).await
            }
            Self::Postgres(own) => {
                let inbox = Inbox::new(PostgresStore::with_pool(pool(own)).await.unwrap());
                let effects: Vec<(String, i64)> = sqlx::query_as(query)
                    .fetch_all(inbox.store().pool())
                    .await
                    .unwrap();
                left(inbox, effects).await
            }
        }
    }
}

pub(crate) fn pool(own: &OwnSchema) -> PgPool {
    let options = PgConnectOptions::new_without_pgpass()
        .socket(&own.socket)
        .port(5432);
    let options = options.username("postgres").database("postgres");
    PgPool::connect_lazy_with(options.options([("search_path", &own.schema)]))
}

async fn left<S: Store>(inbox: Inbox<S>, effects: Vec<(String, i64)>) -> Left {
    let events = inbox.list(Filter::all(), u32::MAX >> 1).await.unwrap();
    inbox.close().await;
    Left {
        events: events.into_iter().map(|event| (event.key, event.state)).collect(),
        effects: effects.into_iter().collect(),
    }
}
