//! The runs of keys in the file.

use sqlx::{Row as _, SqliteConnection};

/// Rows of a run: each holds the keys whose hashes begin alike. A power of two.
const ROWS: u64 = if cfg!(test) { 4 } else { 512 };
/// The number of a row: which hashes it holds in the upper bits, the last event of its run in the lower.
const RUN_BITS: u32 = 48;
/// Length of a hash and the number of its event.
const ENTRY: usize = 16;
/// Rows that are read at once.
const PAGE: usize = if cfg!(test) { 5 } else { 4096 };

/// The runs from one on.
pub(super) struct Runs {
    /// The last event of the first run; 0 without any.
    pub(super) first: i64,
    /// The last event of all.
    pub(super) last: i64,
    pub(super) count: usize,
}

impl Runs {
    pub(super) async fn since(connection: &mut SqliteConnection, run: i64) -> Result<Self, sqlx::Error> {
        let runs = "SELECT coalesce(min(number), 0), coalesce(max(number), 0), count(*)
             FROM cryptopocket_inbox_keys WHERE number >= ? AND number < 1 << ?";
        let row = sqlx::query(runs)
            .bind(run)
            .bind(RUN_BITS)
            .fetch_one(connection)
            .await?;
        Ok(Self {
            first: row.try_get(0)?,
            last: row.try_get(1)?,
            count: usize::try_from(row.try_get::<i64, _>(2)?).unwrap_or(0),
        })
    }
}

/// Writes a run of hashes and their events, the last of which is `last`.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    last: i64,
    keys: impl Iterator<Item = (u64, i64)>,
) -> Result<(), sqlx::Error> {
    let mut rows: Vec<Vec<u8>> = vec![Vec::new(); usize::try_from(ROWS).unwrap_or(0)];
    for (hash, seq) in keys {
        let row = &mut rows[usize::try_from(row_of(hash)).unwrap_or(0)];
        row.extend(hash.to_be_bytes());
        row.extend(seq.to_be_bytes());
    }
    for (row, entries) in (0..ROWS).zip(rows) {
        // Also a row without entries: the first row of each run tells its last event.
        sqlx::query("INSERT INTO cryptopocket_inbox_keys (number, entries) VALUES (?, ?)")
            .bind(numbers(row).0 + last)
            .bind(entries)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Gives each hash in the file to `found`.
pub(super) async fn each(
    connection: &mut SqliteConnection,
    mut found: impl FnMut(u64),
) -> Result<(), sqlx::Error> {
    let mut number = 0_i64;
    loop {
        let page =
            "SELECT number, entries FROM cryptopocket_inbox_keys WHERE number > ? ORDER BY number LIMIT ?";
        let rows = sqlx::query(page)
            .bind(number)
            .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
            .fetch_all(&mut *connection)
            .await?;
        for row in &rows {
            number = row.try_get(0)?;
            entries(row.try_get(1)?).for_each(|(hash, _)| found(hash));
        }
        if rows.len() < PAGE {
            return Ok(());
        }
    }
}

/// The events whose keys have this hash.
pub(super) async fn events_of(connection: &mut SqliteConnection, hash: u64) -> Result<Vec<i64>, sqlx::Error> {
    let (first, last) = numbers(row_of(hash));
    let rows = sqlx::query(
        "SELECT entries FROM cryptopocket_inbox_keys WHERE number BETWEEN ? AND ? AND instr(entries, ?)",
    )
    .bind(first)
    .bind(last)
    .bind(hash.to_be_bytes().as_slice())
    .fetch_all(connection)
    .await?;
    let mut found = Vec::new();
    for row in rows {
        let same = entries(row.try_get(0)?).filter(|(other, _)| *other == hash);
        found.extend(same.map(|(_, seq)| seq));
    }
    Ok(found)
}

fn entries(row: &[u8]) -> impl Iterator<Item = (u64, i64)> {
    row.chunks_exact(ENTRY).filter_map(|entry| {
        let (hash, seq) = entry.split_first_chunk()?;
        Some((
            u64::from_be_bytes(*hash),
            i64::from_be_bytes(seq.try_into().ok()?),
        ))
    })
}

/// The row of a run that holds a hash.
fn row_of(hash: u64) -> u64 {
    hash >> (64 - ROWS.trailing_zeros())
}

/// The first and the last number that this row can have in a run.
fn numbers(row: u64) -> (i64, i64) {
    let first = i64::try_from(row << RUN_BITS).unwrap_or(i64::MAX);
    (first, first + ((1 << RUN_BITS) - 1))
}
