//! The journal in the database of the inbox.

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::{PgPool, PgRow};

use super::PostgresStore;
use super::calls::begin as transaction;
use crate::error::{Error, of_sqlx};
use crate::journal::{Begun, Entry, JournalStore, NewEntry, Phase, Record};
use crate::store::StoredBody;

const UNSETTLED: &str =
    "SELECT * FROM cryptopocket_inbox_journal WHERE phase IN (0, 1, 4) ORDER BY seq LIMIT $1";

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the journal could not be written", error)
}

impl JournalStore for PostgresStore {
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        begin(&self.pool, entry, now, hold).await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<(), Error> {
        self::record(&self.pool, key, token, record).await
    }

    async fn unsettled(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        let failed = |error| of_sqlx("the journal could not be read", error);
        let rows = sqlx::query(UNSETTLED)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        rows.iter().map(entry).collect::<Result<_, _>>().map_err(failed)
    }
}

async fn begin(pool: &PgPool, new: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
    let mut transaction = transaction(pool).await?;
    sqlx::query(
        "INSERT INTO cryptopocket_inbox_journal
         (key, request_hash, request, request_sealed_with, phase, recovered, token, held_until)
         VALUES ($1, $2, $3, $4, 0, false, 0, 0) ON CONFLICT (key) DO NOTHING",
    )
    .bind(new.key.as_str())
    .bind(new.request_hash.as_slice())
    .bind(new.request.bytes)
    .bind(new.request.sealed_with.map(i64::from))
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    let row = sqlx::query(
        "UPDATE cryptopocket_inbox_journal
         SET token = token + 1, held_until = CASE WHEN phase < 2 THEN $1 ELSE held_until END
         WHERE key = $2 AND held_until <= $3 RETURNING *",
    )
    .bind(now.saturating_add(hold).unix_micros())
    .bind(new.key.as_str())
    .bind(now.unix_micros())
    .fetch_optional(&mut *transaction)
    .await
    .map_err(failed)?;
    let begun = match row {
        Some(row) => Begun::Held(Box::new(entry(&row).map_err(failed)?)),
        None => sqlx::query("SELECT held_until FROM cryptopocket_inbox_journal WHERE key = $1")
            .bind(new.key)
            .fetch_one(&mut *transaction)
            .await
            .and_then(|row| row.try_get(0))
            .map(|until| Begun::Busy {
                until: Timestamp::saturating_from_unix_micros(until),
            })
            .map_err(failed)?,
    };
    transaction.commit().await.map_err(failed)?;
    Ok(begun)
}

async fn record(pool: &PgPool, key: &str, token: i64, record: Record) -> Result<(), Error> {
    let mut transaction = transaction(pool).await?;
    let (answer, sealed_with) = match record.answer {
        Some(answer) => (Some(answer.bytes), answer.sealed_with.map(i64::from)),
        None => (None, None),
    };
    let recorded = sqlx::query(
        "UPDATE cryptopocket_inbox_journal
         SET phase = $1, sent_at = coalesce($2, sent_at), answer = coalesce($3, answer),
             answer_sealed_with = coalesce($4, answer_sealed_with), recovered = $5, reason = coalesce($6, reason),
             held_until = CASE WHEN $7 THEN held_until ELSE 0 END
         WHERE key = $8 AND token = $9",
    )
    .bind(record.phase.code())
    .bind(record.sent_at.map(Timestamp::unix_micros))
    .bind(answer)
    .bind(sealed_with)
    .bind(record.recovered)
    .bind(record.reason)
    .bind(record.keep_hold)
    .bind(key)
    .bind(token)
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    if recorded.rows_affected() == 0 {
        return Err(Error::lease_lost());
    }
    transaction.commit().await.map_err(failed)
}

fn entry(row: &PgRow) -> Result<Entry, sqlx::Error> {
    let phase: i16 = row.try_get("phase")?;
    let answer: Option<Vec<u8>> = row.try_get("answer")?;
    let sealed_with = |column| {
        let number = row.try_get::<Option<i64>, _>(column)?;
        Ok::<_, sqlx::Error>(number.and_then(|number| u32::try_from(number).ok()))
    };
    let answer_sealed_with = sealed_with("answer_sealed_with")?;
    Ok(Entry {
        key: row.try_get("key")?,
        request_hash: row.try_get("request_hash")?,
        request: StoredBody {
            bytes: row.try_get("request")?,
            sealed_with: sealed_with("request_sealed_with")?,
        },
        phase: Phase::from_code(phase)
            .ok_or_else(|| sqlx::Error::Decode(format!("{phase} is no phase of a call").into()))?,
        sent_at: row
            .try_get::<Option<i64>, _>("sent_at")?
            .map(Timestamp::saturating_from_unix_micros),
        answer: answer.map(|bytes| StoredBody {
            bytes,
            sealed_with: answer_sealed_with,
        }),
        recovered: row.try_get("recovered")?,
        reason: row.try_get("reason")?,
        token: row.try_get("token")?,
    })
}
