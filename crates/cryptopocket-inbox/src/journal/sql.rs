//! The journal in a database.

use cryptopocket_types::Timestamp;

use super::{CallCounts, Calls, Entry, MOST_ANSWERS, Phase, Selection, StoredAnswer};
use crate::error::{Error, Result, of_sqlx};
use crate::sql::dialect::{Dialect, locking};
use crate::sql::{Columns, Connection, Value, bind};
use crate::store::StoredBody;

/// Entries that one transaction of an erasure looks at, so that no lock is held for long.
const STEP: i64 = 2000;

fn unreadable(error: sqlx::Error) -> Error {
    of_sqlx("the journal could not be read", error)
}

fn unwritable(error: sqlx::Error) -> Error {
    of_sqlx("the journal could not be written", error)
}

impl<C: Dialect> Calls for C {
    async fn add_call(&mut self, intent: Entry) -> Result<()> {
        let sql = "INSERT INTO cryptopocket_inbox_journal
             (key, operation, request_hash, request, request_sealed_with, begun_at, phase, recovered, token, held_until)
             VALUES ($1, $2, $3, $4, $5, $6, 0, false, 0, 0) ON CONFLICT (key) DO NOTHING";
        let values = bind![
            intent.key,
            intent.operation,
            intent.request_hash,
            intent.request.bytes,
            intent.request.sealed_with,
            intent.begun_at,
        ];
        self.change(sql, values).await.map(drop).map_err(unwritable)
    }

    async fn lock_call(&mut self, key: &str) -> Result<Entry> {
        let sql = locking!(C, "SELECT * FROM cryptopocket_inbox_journal WHERE key = $1");
        let row = self.row(sql, bind![key]).await;
        row.and_then(|row| entry(&row)).map_err(unwritable)
    }

    async fn save_call(&mut self, entry: Entry) -> Result<()> {
        let (answer, answer_sealed_with) = match entry.answer {
            Some(StoredBody { bytes, sealed_with }) => (Some(bytes), sealed_with),
            None => (None, None),
        };
        let sql = "UPDATE cryptopocket_inbox_journal
             SET phase = $1, sent_at = $2, settled_at = $3, final_at = $4, due_at = $5, answer = $6, answer_sealed_with = $7,
                 object = $8, candidates = $9, recovered = $10, reason = $11, settled_by = $12, erased = $13, token = $14,
                 held_until = $15
             WHERE key = $16";
        let values = bind![
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
            entry.held_until.map_or(0, Timestamp::unix_micros),
            entry.key,
        ];
        self.change(sql, values).await.map(drop).map_err(unwritable)
    }

    async fn add_answers(&mut self, key: &str, at: Timestamp, answers: Vec<StoredBody>) -> Result<()> {
        for answer in answers {
            let sql =
                "INSERT INTO cryptopocket_inbox_answers (key, at, body, sealed_with) VALUES ($1, $2, $3, $4)";
            let values = bind![key, at, answer.bytes, answer.sealed_with];
            self.change(sql, values).await.map_err(unwritable)?;
        }
        let sql = "DELETE FROM cryptopocket_inbox_answers WHERE key = $1 AND seq NOT IN
             (SELECT seq FROM cryptopocket_inbox_answers WHERE key = $1 ORDER BY seq DESC LIMIT $2)";
        let most = u32::try_from(MOST_ANSWERS).unwrap_or(u32::MAX);
        let dropped = self.change(sql, bind![key, most]).await;
        dropped.map(drop).map_err(unwritable)
    }

    async fn calls(&mut self, selection: Selection, limit: u32) -> Result<Vec<Entry>> {
        let (sql, values) = selected(selection, limit);
        self.read(sql, values, entry).await.map_err(unreadable)
    }

    async fn answers(&mut self, key: String) -> Result<Vec<StoredAnswer>> {
        let sql = "SELECT * FROM cryptopocket_inbox_answers WHERE key = $1 ORDER BY seq";
        let answer = |row: &C::Row| {
            Ok(StoredAnswer {
                at: row.time("at")?,
                body: row.body("body", "sealed_with")?.ok_or(sqlx::Error::RowNotFound)?,
            })
        };
        self.read(sql, bind![key], answer).await.map_err(unreadable)
    }

    async fn call_counts(&mut self) -> Result<CallCounts> {
        let sql = "SELECT phase, count(*) AS number, min(begun_at) AS oldest
             FROM cryptopocket_inbox_journal WHERE phase IN (0, 1, 4, 5) GROUP BY phase";
        let mut counts = CallCounts::default();
        let mut add = |row: &C::Row| {
            counts.add(
                phase(row)?,
                row.count("number")?.into(),
                row.time_if_any("oldest")?,
            );
            Ok(())
        };
        let rows = self.rows(sql, bind![]).await.map_err(unreadable)?;
        rows.iter().try_for_each(&mut add).map_err(unreadable)?;
        Ok(counts)
    }

    async fn finish_calls(&mut self, object: String, at: Timestamp) -> Result<u64> {
        let sql = "UPDATE cryptopocket_inbox_journal SET final_at = $1
             WHERE object = $2 AND phase = 2 AND final_at IS NULL RETURNING key";
        drop_answers(self, sql, bind![at, object])
            .await
            .map_err(unwritable)
    }

    async fn erase_calls(&mut self, before: Timestamp) -> Result<u64> {
        let sql = "UPDATE cryptopocket_inbox_journal
             SET request = $1, request_sealed_with = NULL, answer = NULL, answer_sealed_with = NULL, erased = true
             WHERE seq IN (SELECT seq FROM cryptopocket_inbox_journal
                           WHERE final_at <= $2 AND NOT erased ORDER BY final_at LIMIT $3)
             RETURNING key";
        let values = bind![Vec::new(), before, STEP];
        drop_answers(self, sql, values).await.map_err(unwritable)
    }
}

/// Changes calls by a statement that returns their keys, drops their answers, and returns their number.
async fn drop_answers<C: Connection>(
    connection: &mut C,
    sql: &'static str,
    values: Vec<Value>,
) -> Result<u64, sqlx::Error> {
    let calls = connection.rows(sql, values).await?;
    for call in &calls {
        let sql = "DELETE FROM cryptopocket_inbox_answers WHERE key = $1";
        connection.change(sql, bind![call.word("key")?]).await?;
    }
    Ok(calls.len() as u64)
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
        held_until: row
            .time_if_any("held_until")?
            .filter(|until| until.unix_micros() > 0),
    })
}
