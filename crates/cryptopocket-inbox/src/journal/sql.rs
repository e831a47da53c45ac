//! The journal in a database.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use super::{
    Begun, CallCounts, Entry, JournalStore, MOST_ANSWERS, NewEntry, Phase, Record, Selection, StoredAnswer,
};
use crate::error::{Error, of_sqlx};
use crate::sql::dialect::{Dialect, RowOf, locking, read};
use crate::sql::{Columns, Connection, Value, bind, in_steps};
use crate::store::StoredBody;

/// Entries that one transaction of an erasure looks at, so that no lock is held for long.
const STEP: i64 = 2000;

fn unreadable(error: sqlx::Error) -> Error {
    of_sqlx("the journal could not be read", error)
}

fn unwritable(error: sqlx::Error) -> Error {
    of_sqlx("the journal could not be written", error)
}

impl<S: Dialect> JournalStore for S {
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        self.in_transaction(Box::new(move |connection| {
            Box::pin(async move { begin::<S>(connection, entry, now, hold).await.map_err(unwritable) })
        }))
        .await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<Entry, Error> {
        let key = key.to_owned();
        let recorded = self.in_transaction(Box::new(move |connection| {
            Box::pin(async move {
                record_all::<S>(connection, &key, token, record)
                    .await
                    .map_err(unwritable)
            })
        }));
        // After the commit: answers stay, whatever becomes of the verdict.
        recorded.await?.ok_or_else(Error::lease_lost)
    }

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>, Error> {
        let (sql, values) = selected(selection, limit);
        read(self, sql, values, entry).await.map_err(unreadable)
    }

    async fn answers(&self, key: &str) -> Result<Vec<StoredAnswer>, Error> {
        let sql = "SELECT * FROM cryptopocket_inbox_answers WHERE key = $1 ORDER BY seq";
        let answer = |row: &RowOf<S>| {
            Ok(StoredAnswer {
                at: row.time("at")?,
                body: row.body("body", "sealed_with")?.ok_or(sqlx::Error::RowNotFound)?,
            })
        };
        read(self, sql, bind![key], answer).await.map_err(unreadable)
    }

    async fn call_counts(&self) -> Result<CallCounts, Error> {
        let sql = "SELECT phase, count(*) AS number, min(begun_at) AS oldest
             FROM cryptopocket_inbox_journal WHERE phase IN (0, 1, 4, 5) GROUP BY phase";
        let mut counts = CallCounts::default();
        let add = |row: &RowOf<S>| {
            let number = u64::try_from(row.number("number")?).unwrap_or(0);
            counts.add(phase(row)?, number, row.time_if_any("oldest")?);
            Ok(())
        };
        let _: Vec<()> = read(self, sql, bind![], add).await.map_err(unreadable)?;
        Ok(counts)
    }

    async fn finish(&self, object: &str, at: Timestamp) -> Result<u64, Error> {
        let object = object.to_owned();
        self.in_transaction(Box::new(move |connection| {
            Box::pin(async move { finish(connection, object, at).await.map_err(unwritable) })
        }))
        .await
    }

    async fn erase_final(&self, before: Timestamp) -> Result<u64, Error> {
        in_steps(self, move |connection| {
            Box::pin(async move { erase(connection, before).await.map_err(unwritable) })
        })
        .await
    }
}

async fn begin<S: Dialect>(
    connection: &mut S::Transaction,
    new: NewEntry,
    now: Timestamp,
    hold: Duration,
) -> Result<Begun, sqlx::Error> {
    let sql = "INSERT INTO cryptopocket_inbox_journal
         (key, operation, request_hash, request, request_sealed_with, begun_at, phase, recovered, token, held_until)
         VALUES ($1, $2, $3, $4, $5, $6, 0, false, 0, 0) ON CONFLICT (key) DO NOTHING";
    let values = bind![
        new.key.as_str(),
        new.operation,
        new.request_hash,
        new.request.bytes,
        new.request.sealed_with,
        now,
    ];
    connection.change(sql, values).await?;
    let mut entry = lock::<S>(connection, &new.key).await?;
    if !entry.take_up(now, hold, new.furthest) {
        return Ok(Begun::Busy {
            until: entry.held_until,
        });
    }
    let sql = "UPDATE cryptopocket_inbox_journal SET token = $1, held_until = $2 WHERE key = $3";
    connection
        .change(sql, bind![entry.token, entry.held_until, new.key])
        .await?;
    Ok(Begun::Held(Box::new(entry)))
}

/// Reads an entry. Its row is locked until the commit: of two workers at once, the second is judged by what the first has
/// written.
async fn lock<S: Dialect>(connection: &mut S::Transaction, key: &str) -> Result<Entry, sqlx::Error> {
    let sql = locking!(S, "SELECT * FROM cryptopocket_inbox_journal WHERE key = $1");
    let rows = connection.rows(sql, bind![key]).await?;
    entry(rows.first().ok_or(sqlx::Error::RowNotFound)?)
}

/// Records a verdict if it counts, and the answers of the call. Returns the entry if the verdict counts.
async fn record_all<S: Dialect>(
    connection: &mut S::Transaction,
    key: &str,
    token: i64,
    mut record: Record,
) -> Result<Option<Entry>, sqlx::Error> {
    let (at, answers) = (record.at, std::mem::take(&mut record.answers));
    let mut known = lock::<S>(connection, key).await?;
    let counts = known.record(token, record);
    if counts {
        update(connection, known.clone()).await?;
    }
    for answer in answers {
        let sql = "INSERT INTO cryptopocket_inbox_answers (key, at, body, sealed_with)
             SELECT key, $2, $3, $4 FROM cryptopocket_inbox_journal
             WHERE key = $1 AND NOT erased AND (phase <> 2 OR final_at IS NULL)";
        let values = bind![key, at, answer.bytes, answer.sealed_with];
        connection.change(sql, values).await?;
        let sql = "DELETE FROM cryptopocket_inbox_answers WHERE key = $1 AND seq NOT IN
             (SELECT seq FROM cryptopocket_inbox_answers WHERE key = $1 ORDER BY seq DESC LIMIT $2)";
        let most = u32::try_from(MOST_ANSWERS).unwrap_or(u32::MAX);
        connection.change(sql, bind![key, most]).await?;
    }
    Ok(counts.then_some(known))
}

/// Stores what a record can change.
async fn update<C: Connection>(connection: &mut C, entry: Entry) -> Result<(), sqlx::Error> {
    let (answer, answer_sealed_with) = match entry.answer {
        Some(StoredBody { bytes, sealed_with }) => (Some(bytes), sealed_with),
        None => (None, None),
    };
    connection
        .change(
            "UPDATE cryptopocket_inbox_journal
             SET phase = $1, sent_at = $2, settled_at = $3, final_at = $4, due_at = $5, answer = $6, answer_sealed_with = $7,
                 object = $8, candidates = $9, recovered = $10, reason = $11, settled_by = $12, erased = $13, token = $14,
                 held_until = $15
             WHERE key = $16",
            bind![
                entry.phase.code(),
                entry.sent_at,
                entry.settled_at,
                entry.final_at,
                entry.due_at,
                answer,
                answer_sealed_with,
                entry.object,
                (!entry.candidates.is_empty()).then(|| entry.candidates.join("\n")),
                entry.recovered,
                entry.reason,
                entry.settled_by,
                entry.erased,
                entry.token,
                entry.held_until,
                entry.key,
            ],
        )
        .await?;
    Ok(())
}

/// Reads entries on a condition.
macro_rules! list {
    ($condition:literal) => {
        concat!(
            "SELECT * FROM cryptopocket_inbox_journal WHERE ",
            $condition,
            " LIMIT $1"
        )
    };
}

fn selected(selection: Selection, limit: u32) -> (&'static str, Vec<Value>) {
    match selection {
        Selection::Open { after } => {
            let list = list!("phase IN (0, 1, 4, 5) AND seq > $2 ORDER BY seq");
            (list, bind![limit, after])
        }
        Selection::Due { now, furthest } => {
            let list = list!(
                "due_at IS NOT NULL AND (due_at <= $2 OR due_at > $3) AND (held_until <= $2 OR held_until > $3)
                 ORDER BY due_at"
            );
            (list, bind![limit, now, now.saturating_add(furthest)])
        }
        Selection::Key(key) => (list!("key = $2"), bind![limit, key]),
        Selection::Object(object) => (list!("object = $2 ORDER BY seq"), bind![limit, object]),
    }
}

async fn finish<C: Connection>(
    connection: &mut C,
    object: String,
    at: Timestamp,
) -> Result<u64, sqlx::Error> {
    let sql = "UPDATE cryptopocket_inbox_journal SET final_at = $1
         WHERE object = $2 AND phase = 2 AND final_at IS NULL RETURNING key";
    let calls = connection.rows(sql, bind![at, object]).await?;
    drop_answers(connection, &calls).await
}

/// One step of an erasure; whether it was the last one is told by zero.
async fn erase<C: Connection>(connection: &mut C, before: Timestamp) -> Result<u64, sqlx::Error> {
    let sql = "UPDATE cryptopocket_inbox_journal
         SET request = $1, request_sealed_with = NULL, answer = NULL, answer_sealed_with = NULL, erased = true
         WHERE seq IN (SELECT seq FROM cryptopocket_inbox_journal
                       WHERE final_at <= $2 AND NOT erased ORDER BY final_at LIMIT $3)
         RETURNING key";
    let calls = connection.rows(sql, bind![Vec::new(), before, STEP]).await?;
    drop_answers(connection, &calls).await
}

/// Drops the answers of calls, and returns their number.
async fn drop_answers<C: Connection>(connection: &mut C, calls: &[C::Row]) -> Result<u64, sqlx::Error> {
    for call in calls {
        let sql = "DELETE FROM cryptopocket_inbox_answers WHERE key = $1";
        connection.change(sql, bind![call.word("key")?]).await?;
    }
    Ok(calls.len() as u64)
}

fn phase(row: &impl Columns) -> Result<Phase, sqlx::Error> {
    let code = row.small("phase")?;
    Phase::from_code(code).ok_or_else(|| sqlx::Error::Decode(format!("{code} is no phase of a call").into()))
}

fn entry(row: &impl Columns) -> Result<Entry, sqlx::Error> {
    let candidates = row.text("candidates")?.unwrap_or_default();
    Ok(Entry {
        seq: row.number("seq")?,
        key: row.word("key")?,
        operation: row.word("operation")?,
        request_hash: row.bytes("request_hash")?.unwrap_or_default(),
        request: row
            .body("request", "request_sealed_with")?
            .ok_or(sqlx::Error::RowNotFound)?,
        phase: phase(row)?,
        begun_at: row.time_if_any("begun_at")?,
        sent_at: row.time_if_any("sent_at")?,
        settled_at: row.time_if_any("settled_at")?,
        final_at: row.time_if_any("final_at")?,
        due_at: row.time_if_any("due_at")?,
        answer: row.body("answer", "answer_sealed_with")?,
        object: row.text("object")?,
        candidates: candidates.lines().map(str::to_owned).collect(),
        recovered: row.flag("recovered")?,
        reason: row.text("reason")?,
        settled_by: row.text("settled_by")?,
        erased: row.flag("erased")?,
        token: row.number("token")?,
        held_until: row.time("held_until")?,
    })
}
