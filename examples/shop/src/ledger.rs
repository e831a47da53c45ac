//! The shop's own tables: orders, credits and balances.

mod postgres;
mod sqlite;

use std::future::Future;

use cryptopocket::inbox::journal::JournalStore;
use cryptopocket::inbox::tracker::TrackerStore;
use cryptopocket::inbox::{Error, Failure};

/// The tables. Amounts are whole cents of euros.
pub(crate) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS shop_orders (
        id TEXT PRIMARY KEY, customer TEXT NOT NULL, cents BIGINT NOT NULL, payment TEXT UNIQUE
    );
    CREATE TABLE IF NOT EXISTS shop_credits (payment TEXT PRIMARY KEY, order_id TEXT NOT NULL, cents BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS shop_balances (customer TEXT PRIMARY KEY, cents BIGINT NOT NULL);
";

/// An order as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) cents: i64,
    pub(crate) payment: Option<String>,
}

/// A store of the inbox that has the shop's tables beside its own, so that one transaction can write both.
pub(crate) trait Ledger: TrackerStore + JournalStore {
    /// Makes the tables.
    fn prepare(&self) -> impl Future<Output = Result<(), Error>> + Send;

    /// Stores an order, unless it is there.
    fn place(&self, order: Order) -> impl Future<Output = Result<(), Error>> + Send;

    /// Notes which payment pays an order.
    fn tie(&self, order: &str, payment: &str) -> impl Future<Output = Result<(), Error>> + Send;

    /// Ids of some orders that no payment is known for, in their order, from the first one after `after`.
    fn untied(&self, after: &str) -> impl Future<Output = Result<Vec<String>, sqlx::Error>> + Send;

    /// An order, and whether it is credited.
    fn order(&self, id: &str) -> impl Future<Output = Result<Option<(Order, bool)>, sqlx::Error>> + Send;

    /// What a customer has, in cents.
    fn balance(&self, customer: &str) -> impl Future<Output = Result<i64, sqlx::Error>> + Send;

    /// Credits the customer of the order that this payment pays, in the transaction that records the change.
    fn credit(
        transaction: &mut Self::Transaction,
        payment: &str,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}
