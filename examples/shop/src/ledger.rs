//! The shop's own tables: orders, credits, balances, and payments that belong to no order.

pub(crate) mod unmatched;

use std::time::Duration;

use cryptopocket::inbox::journal::JournalStore;
use cryptopocket::inbox::postgres::PostgresStore;
use cryptopocket::inbox::sql::{Columns as _, Connection, RowOf, SqlStore, Value};
use cryptopocket::inbox::sqlite::SqliteStore;
use cryptopocket::inbox::{Error, bind};
use cryptopocket::{Currency, Money, Timestamp};

/// The tables. Amounts are whole cents of euros, and times microseconds.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS shop_orders (
        id TEXT PRIMARY KEY, customer TEXT NOT NULL, cents BIGINT NOT NULL, payment TEXT UNIQUE,
        refused BOOLEAN NOT NULL DEFAULT false, look_at BIGINT
    );
    CREATE INDEX IF NOT EXISTS shop_orders_to_look_at ON shop_orders (look_at) WHERE look_at IS NOT NULL;
    CREATE TABLE IF NOT EXISTS shop_credits (payment TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, cents BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS shop_balances (customer TEXT PRIMARY KEY, cents BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS shop_unmatched (
        payment TEXT PRIMARY KEY, found_at BIGINT NOT NULL, told BOOLEAN NOT NULL DEFAULT false,
        resolved_at BIGINT, resolved_by TEXT, note TEXT
    );
    CREATE INDEX IF NOT EXISTS shop_unmatched_open ON shop_unmatched (found_at) WHERE resolved_at IS NULL;
";

/// How long an order has for its payment before the upkeep looks what became of it.
const FIRST_LOOK: Duration = Duration::from_secs(5);

/// An order as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) cents: i64,
    pub(crate) payment: Option<String>,
}

impl Order {
    pub(crate) fn money(&self) -> Money {
        Money::from_minor(self.cents, Currency::EUR)
    }
}

/// A store of the inbox that has the shop's tables beside its own, so that one transaction can write both. Each statement
/// is written once and runs on SQLite and PostgreSQL.
pub(crate) trait Ledger: SqlStore + JournalStore {
    /// Keeps two machines that start at once from both making a table.
    const ALONE: &'static str;
}

impl Ledger for SqliteStore {
    const ALONE: &'static str = "";
}

impl Ledger for PostgresStore {
    const ALONE: &'static str = "SELECT pg_advisory_xact_lock(7265);";
}

/// Makes the tables.
pub(crate) async fn prepare<S: Ledger>(store: &S) -> Result<(), Error> {
    let script = format!("{}{TABLES}", S::ALONE);
    store
        .transact(|connection| Box::pin(async move { Ok(connection.script(script).await?) }))
        .await
}

/// Stores an order, unless it is there, and has the upkeep look at it soon.
pub(crate) async fn place<S: Ledger>(store: &S, order: Order, now: Timestamp) -> Result<(), Error> {
    // What is stored of the order is never changed: the first request decides.
    let sql = "INSERT INTO shop_orders (id, customer, cents, look_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET look_at = excluded.look_at
         WHERE shop_orders.payment IS NULL AND NOT shop_orders.refused";
    let values = bind![
        order.id,
        order.customer,
        order.cents,
        now.saturating_add(FIRST_LOOK)
    ];
    write(store, sql, values).await.map(drop)
}

/// Notes which payment pays an order; `false` if another one does, or if this one pays another order.
pub(crate) async fn tie<S: Ledger>(store: &S, order: &str, payment: &str) -> Result<bool, Error> {
    let (order, payment) = (order.to_owned(), payment.to_owned());
    store
        .transact(move |connection| Box::pin(async move { Ok(tie_in(connection, &order, &payment).await?) }))
        .await
}

async fn tie_in<C: Connection>(connection: &mut C, order: &str, payment: &str) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE shop_orders SET payment = coalesce(payment, $2), look_at = NULL
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM shop_orders AS other WHERE other.payment = $2 AND other.id <> $1)
         RETURNING payment";
    let rows = connection.rows(sql, bind![order, payment]).await?;
    rows.first()
        .map_or(Ok(false), |row| Ok(row.word("payment")? == payment))
}

/// Notes that an order was refused: nothing becomes of it.
pub(crate) async fn refuse<S: Ledger>(store: &S, order: &str) -> Result<(), Error> {
    let sql = "UPDATE shop_orders SET refused = true, look_at = NULL WHERE id = $1";
    write(store, sql, bind![order]).await.map(drop)
}

/// Has the upkeep look at an order again later.
pub(crate) async fn postpone<S: Ledger>(store: &S, order: &str, until: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE shop_orders SET look_at = $2 WHERE id = $1 AND look_at IS NOT NULL";
    write(store, sql, bind![order, until]).await.map(drop)
}

/// Ids of orders without a payment that it is time to look at.
pub(crate) async fn due<S: Ledger>(store: &S, now: Timestamp) -> Result<Vec<String>, Error> {
    let sql = "SELECT id FROM shop_orders WHERE look_at <= $1 ORDER BY look_at LIMIT 100";
    read(store, sql, bind![now], |row| row.word("id")).await
}

/// An order, and how far it is: `waiting`, `refused` or `credited`.
pub(crate) async fn order<S: Ledger>(store: &S, id: &str) -> Result<Option<(Order, &'static str)>, Error> {
    let sql = "SELECT customer, orders.cents, orders.payment, refused, credits.payment AS credit
         FROM shop_orders AS orders LEFT JOIN shop_credits AS credits ON credits.order_id = id WHERE id = $1";
    let found = read(store, sql, bind![id], |row| {
        let order = Order {
            id: id.to_owned(),
            customer: row.word("customer")?,
            cents: row.number("cents")?,
            payment: row.text("payment")?,
        };
        let state = match (row.text("credit")?, row.flag("refused")?) {
            (Some(_), _) => "credited",
            (None, true) => "refused",
            (None, false) => "waiting",
        };
        Ok((order, state))
    });
    Ok(found.await?.pop())
}

/// What a customer has, in cents.
pub(crate) async fn balance<S: Ledger>(store: &S, customer: &str) -> Result<i64, Error> {
    let sql = "SELECT cents FROM shop_balances WHERE customer = $1";
    let balances = read(store, sql, bind![customer], |row| row.number("cents")).await?;
    Ok(balances.first().copied().unwrap_or_default())
}

/// Runs one query, and reads each of its rows.
async fn read<S: Ledger, T>(
    store: &S,
    sql: &'static str,
    values: Vec<Value>,
    row: impl Fn(&RowOf<S>) -> Result<T, sqlx::Error>,
) -> Result<Vec<T>, Error> {
    let rows = store.rows(sql, values).await?;
    Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
}

/// Runs one statement in a transaction, and returns how many rows it changed.
async fn write<S: Ledger>(store: &S, sql: &'static str, values: Vec<Value>) -> Result<u64, Error> {
    store
        .transact(move |connection| Box::pin(async move { Ok(connection.change(sql, values).await?) }))
        .await
}

/// Credits the customer of the order that this payment pays; `false` if there is none, or if another payment was credited
/// for it.
pub(crate) async fn credit<C: Connection>(connection: &mut C, payment: &str) -> Result<bool, sqlx::Error> {
    let sql = "SELECT id, customer, orders.cents FROM shop_orders AS orders
         LEFT JOIN shop_credits AS credits ON credits.order_id = id AND credits.payment <> orders.payment
         WHERE orders.payment = $1 AND credits.payment IS NULL";
    let rows = connection.rows(sql, bind![payment]).await?;
    let Some(row) = rows.first() else { return Ok(false) };
    let cents = row.number("cents")?;
    // A payment is credited once, and the primary key would show it if it were not.
    let sql = "INSERT INTO shop_credits (payment, order_id, cents) VALUES ($1, $2, $3)";
    connection
        .change(sql, bind![payment, row.word("id")?, cents])
        .await?;
    let sql = "INSERT INTO shop_balances (customer, cents) VALUES ($1, $2)
         ON CONFLICT (customer) DO UPDATE SET cents = shop_balances.cents + excluded.cents";
    connection
        .change(sql, bind![row.word("customer")?, cents])
        .await?;
    Ok(true)
}
