//! The ledger in the database of the inbox.

use cryptopocket::inbox::postgres::PostgresStore;
use cryptopocket::inbox::{Error, ErrorKind, Failure};
use sqlx::{PgConnection, Row as _};

use super::{Ledger, Order, TABLES};

fn failed(error: sqlx::Error) -> Error {
    Error::new(ErrorKind::Database, "the shop's tables could not be written").with_source(error)
}

impl Ledger for PostgresStore {
    async fn prepare(&self) -> Result<(), Error> {
        let mut transaction = self.pool().begin().await.map_err(failed)?;
        // Two machines that start at once must not both make a table.
        sqlx::raw_sql("SELECT pg_advisory_xact_lock(7265)")
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        sqlx::raw_sql(TABLES)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn place(&self, order: Order) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO shop_orders (id, customer, cents) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(order.id)
        .bind(order.customer)
        .bind(order.cents)
        .execute(self.pool())
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn tie(&self, order: &str, payment: &str) -> Result<(), Error> {
        sqlx::query("UPDATE shop_orders SET payment = $2 WHERE id = $1")
            .bind(order)
            .bind(payment)
            .execute(self.pool())
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn untied(&self, after: &str) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT id FROM shop_orders WHERE payment IS NULL AND id > $1 ORDER BY id LIMIT 1000",
        )
        .bind(after)
        .fetch_all(self.pool())
        .await
    }

    async fn order(&self, id: &str) -> Result<Option<(Order, bool)>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT customer, cents, payment,
                    EXISTS (SELECT 1 FROM shop_credits WHERE order_id = id) AS credited
             FROM shop_orders WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.pool())
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
            .fetch_optional(self.pool())
            .await?;
        Ok(cents.unwrap_or(0))
    }

    async fn credit(transaction: &mut PgConnection, payment: &str) -> Result<(), Failure> {
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
