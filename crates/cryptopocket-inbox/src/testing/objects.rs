//! Tracked objects in memory.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::Timestamp;

use super::store::MemoryStore;
use super::table::Table;
use crate::error::Error;
use crate::handler::BoxFuture;
use crate::tracker::{Bucket, Changed, Counts, Entry, Object, Row, Selection, TrackerStore, Transacted};

/// Objects with an index of those that are due, and their changes.
#[derive(Debug, Default, Clone)]
pub(super) struct Objects {
    rows: BTreeMap<Object, Row>,
    due: BTreeSet<(Timestamp, Object)>,
    changes: Vec<Entry>,
    marks: Marks,
    /// What each written row was before, in the order of the writes.
    undo: Vec<(Object, Option<Row>)>,
    committed: Committed,
}

#[derive(Debug, Default, Clone, Copy)]
struct Marks {
    number: i64,
    beat_at: Option<Timestamp>,
    bucket: Bucket,
}

/// What can be cut back to.
#[derive(Debug, Default, Clone, Copy)]
struct Committed {
    changes: usize,
    marks: Marks,
}

impl Objects {
    /// Stores a row, or removes it, with its place in the index. Returns the one before.
    fn put(&mut self, object: Object, row: Option<Row>) -> Option<Row> {
        let before = self.rows.remove(&object);
        if let Some(due_at) = before.as_ref().and_then(|row| row.due_at) {
            self.due.remove(&(due_at, object.clone()));
        }
        if let Some(row) = row {
            if let Some(due_at) = row.due_at {
                self.due.insert((due_at, object.clone()));
            }
            self.rows.insert(object, row);
        }
        before
    }

    fn write(&mut self, row: Row) {
        let object = row.object.clone();
        let before = self.put(object.clone(), Some(row));
        self.undo.push((object, before));
    }

    pub(super) fn commit(&mut self) {
        self.undo.clear();
        self.committed = Committed {
            changes: self.changes.len(),
            marks: self.marks,
        };
    }

    pub(super) fn roll_back(&mut self) {
        for (object, before) in std::mem::take(&mut self.undo).into_iter().rev() {
            self.put(object, before);
        }
        self.changes.truncate(self.committed.changes);
        self.marks = self.committed.marks;
    }

    fn claim(&mut self, now: Timestamp, until: Timestamp, limit: u32) -> Vec<Row> {
        let due = self.due.iter().take_while(|(due_at, _)| *due_at <= now);
        let due = due
            .take(limit as usize)
            .map(|(_, object)| self.rows[object].clone());
        let mut claimed: Vec<_> = due.collect();
        claimed.sort_unstable_by(|one, other| one.object.cmp(&other.object));
        for row in &mut claimed {
            row.token += 1;
            row.due_at = Some(until);
            self.write(row.clone());
        }
        claimed
    }

    fn counts(&self, now: Timestamp) -> Counts {
        let mut counts = Counts::default();
        for row in self.rows.values().filter(|row| row.due_at.is_some()) {
            counts.open += 1;
            counts.missing += u64::from(Selection::Missing.holds(row));
        }
        let mut due = self
            .due
            .iter()
            .take_while(|(due_at, _)| *due_at <= now)
            .peekable();
        counts.due_since = due.peek().map(|(due_at, _)| *due_at);
        counts.due = due.count() as u64;
        counts
    }
}

impl TrackerStore for MemoryStore {
    async fn transact<R: Send + 'static>(&self, work: Transacted<Table, R>) -> Result<R, Error> {
        let mut open = self.open().await?;
        let done = work(open.table()).await?;
        open.commit();
        Ok(done)
    }

    fn lock(table: &mut Table, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        Box::pin(async move {
            if let Some(row) = table.objects.rows.get(&fresh.object) {
                return Ok((row.clone(), false));
            }
            table.objects.write(fresh.clone());
            Ok((fresh, true))
        })
    }

    fn save(table: &mut Table, row: Row, changes: Vec<Changed>) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let objects = &mut table.objects;
            objects.write(row);
            for changed in changes {
                objects.marks.number += 1;
                let number = objects.marks.number;
                objects.changes.push(Entry { number, changed });
            }
            Ok(())
        })
    }

    fn beat(table: &mut Table, now: Timestamp) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        Box::pin(async move { Ok(table.objects.marks.beat_at.replace(now)) })
    }

    fn repoll(table: &mut Table, now: Timestamp, number: i64) -> BoxFuture<'_, Result<u64, Error>> {
        Box::pin(async move {
            let objects = &mut table.objects;
            let open = objects.rows.values().filter(|row| Selection::Open.holds(row));
            let open: Vec<_> = open.cloned().collect();
            let rows = open.len() as u64;
            for mut row in open {
                row.due_at = Some(now);
                row.token += 1;
                row.quiet = 0;
                objects.write(row);
            }
            objects.marks.number = objects.marks.number.max(number);
            Ok(rows)
        })
    }

    fn bucket(table: &mut Table) -> BoxFuture<'_, Result<Bucket, Error>> {
        Box::pin(async move { Ok(table.objects.marks.bucket) })
    }

    fn set_bucket(table: &mut Table, bucket: Bucket) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            table.objects.marks.bucket = bucket;
            Ok(())
        })
    }

    fn claim_objects(
        table: &mut Table,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Row>, Error>> {
        Box::pin(async move { Ok(table.objects.claim(now, until, limit)) })
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        Ok(self.open().await?.table().objects.rows.get(object).cloned())
    }

    async fn objects(
        &self,
        selection: Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        let mut open = self.open().await?;
        let rows = open.table().objects.rows.values();
        let found = rows
            .filter(|row| after.as_ref().is_none_or(|after| row.object > *after))
            .filter(|row| selection.holds(row));
        Ok(found.take(limit as usize).cloned().collect())
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let mut open = self.open().await?;
        let changes = &open.table().objects.changes;
        let first = changes.partition_point(|entry| entry.number <= after);
        Ok(changes.iter().skip(first).take(limit as usize).cloned().collect())
    }

    async fn erase_changes(&self, before: Timestamp) -> Result<u64, Error> {
        let mut open = self.open().await?;
        let changes = &mut open.table().objects.changes;
        let all = changes.len();
        changes.retain(|entry| entry.changed.at > before);
        let erased = all - changes.len();
        open.commit();
        Ok(erased as u64)
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        Ok(self.open().await?.table().objects.marks.number)
    }

    async fn tracked(&self, now: Timestamp) -> Result<Counts, Error> {
        Ok(self.open().await?.table().objects.counts(now))
    }
}
