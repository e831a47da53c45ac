//! Payments that are settled and belong to no order.

use cryptopocket::Timestamp;
use cryptopocket::inbox::sql::{Columns as _, Connection};
use cryptopocket::inbox::{Error, ErrorKind, bind};

use super::{Ledger, credit, read, tie_in, write};

/// Puts a payment aside until an order is tied to it, or a person says what it is.
pub(crate) async fn park<C: Connection>(
    connection: &mut C,
    payment: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let sql =
        "INSERT INTO shop_unmatched (payment, found_at) VALUES ($1, $2) ON CONFLICT (payment) DO NOTHING";
    connection.change(sql, bind![payment, now]).await.map(drop)
}

/// Payments that no order is known for, and nobody has said what they are, and since when they wait: the longest first, up to
/// `limit`.
pub(crate) async fn list<S: Ledger>(store: &S, limit: u32) -> Result<Vec<(String, Timestamp)>, Error> {
    let sql =
        "SELECT payment, found_at FROM shop_unmatched WHERE resolved_at IS NULL ORDER BY found_at LIMIT $1";
    read(store, sql, bind![limit], |row| {
        Ok((row.word("payment")?, row.time("found_at")?))
    })
    .await
}

/// How many there are.
pub(crate) async fn count<S: Ledger>(store: &S) -> Result<u32, Error> {
    let sql = "SELECT count(*) AS number FROM shop_unmatched WHERE resolved_at IS NULL";
    let counts = read(store, sql, bind![], |row| row.count("number")).await?;
    Ok(counts.first().copied().unwrap_or_default())
}

/// Credits payments whose order has become known since: a crash had come between the payment and the note of it.
pub(crate) async fn credit_those_known_now<S: Ledger>(store: &S, now: Timestamp) -> Result<(), Error> {
    let sql = "SELECT unmatched.payment FROM shop_unmatched AS unmatched
         JOIN shop_orders AS orders ON orders.payment = unmatched.payment
         LEFT JOIN shop_credits AS credits ON credits.order_id = orders.id
         WHERE resolved_at IS NULL AND credits.payment IS NULL LIMIT 100";
    for payment in read(store, sql, bind![], |row| row.word("payment")).await? {
        resolve(store, payment, None, now, "shop", "its order became known").await?;
    }
    Ok(())
}

/// Those that were found before this time, and that nobody has been told of.
pub(crate) async fn untold<S: Ledger>(store: &S, before: Timestamp) -> Result<Vec<String>, Error> {
    let sql = "SELECT payment FROM shop_unmatched WHERE resolved_at IS NULL AND NOT told AND found_at <= $1";
    read(store, sql, bind![before], |row| row.word("payment")).await
}

/// Marks one as told.
pub(crate) async fn told<S: Ledger>(store: &S, payment: String) -> Result<(), Error> {
    let sql = "UPDATE shop_unmatched SET told = true WHERE payment = $1";
    write(store, sql, bind![payment]).await.map(drop)
}

/// Says what a payment is, ties it to `order` if there is one, and credits the order that it pays: all of it, or nothing.
/// `false` if it does not wait any more.
pub(crate) async fn resolve<S: Ledger>(
    store: &S,
    payment: String,
    order: Option<String>,
    now: Timestamp,
    by: &str,
    note: &str,
) -> Result<bool, Error> {
    let (by, note) = (by.to_owned(), note.to_owned());
    store
        .transact(move |connection| {
            Box::pin(async move {
                // The row is locked from here on, so two that resolve it at once do not both credit.
                let sql = "UPDATE shop_unmatched SET resolved_at = $2, resolved_by = $3, note = $4
                     WHERE payment = $1 AND resolved_at IS NULL";
                let values = bind![payment.as_str(), now, by, note];
                if connection.change(sql, values).await? != 1 {
                    return Ok(false);
                }
                let is_tied = match &order {
                    Some(order) => tie_in(connection, order, &payment).await?,
                    None => true,
                };
                let is_credited = is_tied && credit(connection, &payment).await?;
                if order.is_some() && !is_credited {
                    let what = "the order was paid otherwise meanwhile: look again";
                    return Err(Error::new(ErrorKind::NotOpen, what));
                }
                Ok(true)
            })
        })
        .await
}
