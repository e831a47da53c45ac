//! The ledger in the file of the inbox.

use cryptopocket::inbox::sqlite::SqliteStore;
use cryptopocket::inbox::{Error, Failure};
use sqlx::{Row as _, SqliteConnection};

use super::{Ledger, Order, TABLES};

impl Ledger for SqliteStore {
    async fn prepare(&self) -> Result<(), Error> {
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::raw_sql(TABLES).execute(connection).await?;
                Ok(())
            })
        })
        .await
    }

    async fn place(&self, order: Order) -> Result<(), Error> {
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query("INSERT INTO shop_orders (id, customer, cents) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                    .bind(order.id)
                    .bind(order.customer)
                    .bind(order.cents)
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    async fn tie(&self, order: &str, payment: &str) -> Result<(), Error> {
        let (order, payment) = (order.to_owned(), payment.to_owned());
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query("UPDATE shop_orders SET payment = $2 WHERE id = $1")
                    .bind(order)
                    .bind(payment)
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    async fn untied(&self, after: &str) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT id FROM shop_orders WHERE payment IS NULL AND id > $1 ORDER BY id LIMIT 1000",
        )
        .bind(after)
        .fetch_all(self.reader())
        .await
    }

    async fn order(&self, id: &str) -> Result<Option<(Order, bool)>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT customer, cents, payment,
                    EXISTS (SELECT 1 FROM shop_credits WHERE order_id = id) AS credited
             FROM shop_orders WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.reader())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let order = Order {
            id: id.to_owned(),
            customer: row.try_get("customer")?,
            cents: row.try_get("cents")?,
            payment: row.try_get("payment")?,
        };
        Ok(Some((order, row.try_get("credited")?)))
    }

    async fn balance(&self, customer: &str) -> Result<i64, sqlx::Error> {
        let cents = sqlx::query_scalar("SELECT cents FROM shop_balances WHERE customer = $1")
            .bind(customer)
            .fetch_optional(self.reader())
            .await?;
        Ok(cents.unwrap_or(0))
    }

    async fn credit(transaction: &mut SqliteConnection, payment: &str) -> Result<(), Failure> {
        let row = sqlx::query("SELECT id, customer, cents FROM shop_orders WHERE payment = $1")
            .bind(payment)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else {
            // A crash came between the payment and this note of it; the upkeep makes up for it.
            return Err(Failure::retry("no order is known for the payment yet"));
        };
        let (order, customer, cents): (String, String, i64) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        // The confirmation comes once, and the primary key would show it if it did not.
        sqlx::query("INSERT INTO shop_credits VALUES ($1, $2, $3)")
            .bind(payment)
            .bind(order)
            .bind(cents)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO shop_balances VALUES ($1, $2)
             ON CONFLICT (customer) DO UPDATE SET cents = shop_balances.cents + excluded.cents",
        )
        .bind(customer)
        .bind(cents)
        .execute(transaction)
        .await?;
        Ok(())
    }
}
