//! The journal in the file of the inbox.

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::SqliteStore;
use crate::error::{Error, of_sqlx};
use crate::journal::{Begun, Entry, JournalStore, NewEntry, Phase, Record};
use crate::store::StoredBody;

const UNSETTLED: &str =
    "SELECT * FROM cryptopocket_inbox_journal WHERE phase IN (0, 1, 4) ORDER BY seq LIMIT ?";

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the journal could not be written", error)
}

impl JournalStore for SqliteStore {
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        self.writer
            .call(move |connection| {
                Box::pin(async move { begin(connection, entry, now, hold).await.map_err(failed) })
            })
            .await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<(), Error> {
        let key = key.to_owned();
        let record = self
            .writer
            .atomic(move |connection| Box::pin(self::record(connection, key, token, record)));
        record.await.0
    }

    async fn unsettled(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        let failed = |error| of_sqlx("the journal could not be read", error);
        let rows = sqlx::query(UNSETTLED)
            .bind(limit)
            .fetch_all(&self.reader)
            .await
            .map_err(failed)?;
        rows.iter().map(entry).collect::<Result<_, _>>().map_err(failed)
    }
}

async fn begin(
    connection: &mut SqliteConnection,
    new: NewEntry,
    now: Timestamp,
    hold: Duration,
) -> Result<Begun, sqlx::Error> {
    sqlx::query(
        "INSERT INTO cryptopocket_inbox_journal
         (key, request_hash, request, request_sealed_with, phase, recovered, token, held_until)
         VALUES (?, ?, ?, ?, 0, 0, 0, 0) ON CONFLICT (key) DO NOTHING",
    )
    .bind(new.key.as_str())
    .bind(new.request_hash.as_slice())
    .bind(new.request.bytes)
    .bind(new.request.sealed_with)
    .execute(&mut *connection)
    .await?;
    let row = sqlx::query(
        "UPDATE cryptopocket_inbox_journal
         SET token = token + 1, held_until = CASE WHEN phase < 2 THEN ? ELSE held_until END
         WHERE key = ? AND held_until <= ? RETURNING *",
    )
    .bind(now.saturating_add(hold).unix_micros())
    .bind(new.key.as_str())
    .bind(now.unix_micros())
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(row) = row {
        return Ok(Begun::Held(Box::new(entry(&row)?)));
    }
    let row = sqlx::query("SELECT held_until FROM cryptopocket_inbox_journal WHERE key = ?")
        .bind(new.key)
        .fetch_one(connection)
        .await?;
    Ok(Begun::Busy {
        until: Timestamp::saturating_from_unix_micros(row.try_get(0)?),
    })
}

async fn record(
    connection: &mut SqliteConnection,
    key: String,
    token: i64,
    record: Record,
) -> Result<(), Error> {
    let (answer, sealed_with) = match record.answer {
        Some(answer) => (Some(answer.bytes), answer.sealed_with),
        None => (None, None),
    };
    let recorded = sqlx::query(
        "UPDATE cryptopocket_inbox_journal
         SET phase = ?1, sent_at = coalesce(?2, sent_at), answer = coalesce(?3, answer),
             answer_sealed_with = coalesce(?4, answer_sealed_with), recovered = ?5, reason = coalesce(?6, reason),
             held_until = CASE WHEN ?7 THEN held_until ELSE 0 END
         WHERE key = ?8 AND token = ?9",
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
    .execute(connection)
    .await
    .map_err(failed)?;
    if recorded.rows_affected() == 0 {
        return Err(Error::lease_lost());
    }
    Ok(())
}

fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    let phase: i16 = row.try_get("phase")?;
    let answer: Option<Vec<u8>> = row.try_get("answer")?;
    let answer_sealed_with = row.try_get("answer_sealed_with")?;
    Ok(Entry {
        key: row.try_get("key")?,
        request_hash: row.try_get("request_hash")?,
        request: StoredBody {
            bytes: row.try_get("request")?,
            sealed_with: row.try_get("request_sealed_with")?,
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
