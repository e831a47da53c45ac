//! The journal in a database.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use super::{Begun, CallCounts, Entry, NewEntry, Phase, Record, Selection};
use crate::error::{Error, of_sqlx};
use crate::sql::{Columns, Connection, bind};
use crate::store::StoredBody;

/// Entries that one transaction of an erasure looks at, so that no lock is held for long.
const STEP: i64 = 2000;

pub(crate) fn unreadable(error: sqlx::Error) -> Error {
    of_sqlx("the journal could not be read", error)
}

pub(crate) fn unwritable(error: sqlx::Error) -> Error {
    of_sqlx("the journal could not be written", error)
}

pub(crate) async fn begin<C: Connection>(
    connection: &mut C,
    new: NewEntry,
    now: Timestamp,
    hold: Duration,
) -> Result<Begun, sqlx::Error> {
    connection
        .change(
            "INSERT INTO cryptopocket_inbox_journal
             (key, operation, request_hash, request, request_sealed_with, begun_at, phase, recovered, token, held_until)
             VALUES ($1, $2, $3, $4, $5, $6, 0, false, 0, 0) ON CONFLICT (key) DO NOTHING",
            bind![
                new.key.as_str(),
                new.operation,
                new.request_hash.to_vec(),
                new.request.bytes,
                new.request.sealed_with,
                now,
            ],
        )
        .await?;
    let rows = connection
        .rows(
            "UPDATE cryptopocket_inbox_journal
             SET token = token + 1, held_until = CASE WHEN phase < 2 THEN $1 ELSE held_until END
             WHERE key = $2 AND held_until <= $3 RETURNING *",
            bind![now.saturating_add(hold), new.key.as_str(), now],
        )
        .await?;
    if let Some(row) = rows.first() {
        return Ok(Begun::Held(Box::new(entry(row)?)));
    }
    let rows = connection
        .rows(
            "SELECT held_until FROM cryptopocket_inbox_journal WHERE key = $1",
            bind![new.key],
        )
        .await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(Begun::Busy {
        until: row.time("held_until")?,
    })
}

pub(crate) async fn record<C: Connection>(
    connection: &mut C,
    key: String,
    token: i64,
    record: Record,
) -> Result<(), Error> {
    let settled =
        (!matches!(record.phase, Phase::Intended | Phase::Sending | Phase::Confirmed)).then_some(record.at);
    // Nothing can become of a call that was refused.
    let finished = (record.phase == Phase::Refused).then_some(record.at);
    let (answer, answer_sealed_with) = parts(record.answer);
    let (raw, raw_sealed_with) = parts(record.raw);
    let recorded = connection
        .change(
            "UPDATE cryptopocket_inbox_journal
             SET phase = $1, sent_at = coalesce($2, sent_at), settled_at = $3, final_at = $4,
                 answer = coalesce($5, answer), raw = coalesce($7, raw),
                 answer_sealed_with = CASE WHEN $5 IS NULL THEN answer_sealed_with ELSE $6 END,
                 raw_sealed_with = CASE WHEN $7 IS NULL THEN raw_sealed_with ELSE $8 END,
                 object = coalesce($9, object), candidates = $10, recovered = $11, reason = $12,
                 settled_by = coalesce($13, settled_by), held_until = CASE WHEN $14 THEN held_until ELSE 0 END
             WHERE key = $15 AND token = $16",
            bind![
                record.phase.code(),
                record.leaves.then_some(record.at),
                settled,
                finished,
                answer,
                answer_sealed_with,
                raw,
                raw_sealed_with,
                record.object,
                (!record.candidates.is_empty()).then(|| record.candidates.join("\n")),
                record.recovered,
                record.reason,
                record.settled_by,
                record.leaves,
                key,
                token,
            ],
        )
        .await
        .map_err(unwritable)?;
    if recorded == 0 {
        return Err(Error::lease_lost());
    }
    Ok(())
}

pub(crate) async fn select<C: Connection>(
    connection: &mut C,
    selection: Selection,
    limit: u32,
) -> Result<Vec<Entry>, sqlx::Error> {
    let rows = match selection {
        Selection::Open { after } => {
            let sql = "SELECT * FROM cryptopocket_inbox_journal WHERE phase IN (0, 1, 4, 5) AND seq > $1
                 ORDER BY seq LIMIT $2";
            connection.rows(sql, bind![after, limit]).await?
        }
        Selection::Key(key) => {
            let sql = "SELECT * FROM cryptopocket_inbox_journal WHERE key = $1 LIMIT $2";
            connection.rows(sql, bind![key, limit]).await?
        }
        Selection::Object(object) => {
            let sql = "SELECT * FROM cryptopocket_inbox_journal WHERE object = $1 ORDER BY seq LIMIT $2";
            connection.rows(sql, bind![object, limit]).await?
        }
    };
    rows.iter().map(entry).collect()
}

pub(crate) async fn claimed<C: Connection>(
    connection: &mut C,
    operation: String,
    objects: Vec<String>,
    key: String,
) -> Result<Vec<String>, sqlx::Error> {
    let mut claimed = Vec::new();
    for object in objects {
        let rows = connection
            .rows(
                "SELECT seq FROM cryptopocket_inbox_journal
                 WHERE object = $1 AND operation = $2 AND key <> $3 LIMIT 1",
                bind![object.as_str(), operation.as_str(), key.as_str()],
            )
            .await?;
        if !rows.is_empty() {
            claimed.push(object);
        }
    }
    Ok(claimed)
}

pub(crate) async fn counts<C: Connection>(connection: &mut C) -> Result<CallCounts, sqlx::Error> {
    let rows = connection
        .rows(
            "SELECT phase, count(*) AS number, min(begun_at) AS oldest
             FROM cryptopocket_inbox_journal WHERE phase IN (0, 1, 4, 5) GROUP BY phase",
            bind![],
        )
        .await?;
    let mut counts = CallCounts::default();
    for row in &rows {
        let number = u64::try_from(row.number("number")?).unwrap_or(0);
        counts.add(phase(row)?, number, row.time_if_any("oldest")?);
    }
    Ok(counts)
}

pub(crate) async fn finish<C: Connection>(
    connection: &mut C,
    object: String,
    at: Timestamp,
) -> Result<u64, sqlx::Error> {
    connection
        .change(
            "UPDATE cryptopocket_inbox_journal
             SET final_at = $1, raw = NULL, raw_sealed_with = NULL
             WHERE object = $2 AND phase = 2 AND final_at IS NULL",
            bind![at, object],
        )
        .await
}

/// One step of an erasure; whether it was the last one is told by zero.
pub(crate) async fn erase<C: Connection>(connection: &mut C, before: Timestamp) -> Result<u64, sqlx::Error> {
    connection
        .change(
            "UPDATE cryptopocket_inbox_journal
             SET request = $1, request_sealed_with = NULL, answer = NULL, answer_sealed_with = NULL,
                 raw = NULL, raw_sealed_with = NULL, erased = true
             WHERE seq IN (
                 SELECT seq FROM cryptopocket_inbox_journal
                 WHERE final_at <= $2 AND NOT erased ORDER BY final_at LIMIT $3
             )",
            bind![Vec::new(), before, STEP],
        )
        .await
}

fn parts(body: Option<StoredBody>) -> (Option<Vec<u8>>, Option<u32>) {
    body.map_or((None, None), |body| (Some(body.bytes), body.sealed_with))
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
        answer: row.body("answer", "answer_sealed_with")?,
        raw: row.body("raw", "raw_sealed_with")?,
        object: row.text("object")?,
        candidates: candidates.lines().map(str::to_owned).collect(),
        recovered: row.flag("recovered")?,
        reason: row.text("reason")?,
        settled_by: row.text("settled_by")?,
        erased: row.flag("erased")?,
        token: row.number("token")?,
    })
}
