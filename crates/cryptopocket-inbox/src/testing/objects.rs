//! The tracked objects of the store in memory.

use std::ops::Bound;

use cryptopocket_types::Timestamp;

use super::table::Table;
use crate::error::Result;
use crate::tracker::{Bucket, Changed, Counts, Entry, Object, Objects, Row, Selection};

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Marks {
    number: i64,
    beat_at: Option<Timestamp>,
    bucket: Bucket,
}

impl Table {
    /// Stores a row with its place in the index of those that are due.
    fn write(&mut self, row: Row) {
        let object = row.object.clone();
        let before = self.objects.get(&object).and_then(|row| row.due_at);
        if let Some(due_at) = before {
            self.due.set((due_at, object.clone()), None);
        }
        if let Some(due_at) = row.due_at {
            self.due.set((due_at, object.clone()), Some(()));
        }
        self.objects.set(object, Some(row));
    }

    fn due(&self, now: Timestamp) -> impl Iterator<Item = &(Timestamp, Object)> {
        self.due.keys().take_while(move |(due_at, _)| *due_at <= now)
    }

    fn marks(&self) -> Marks {
        self.marks.get(&()).copied().unwrap_or_default()
    }

    fn set_marks(&mut self, change: impl FnOnce(&mut Marks)) {
        let mut marks = self.marks();
        change(&mut marks);
        self.marks.set((), Some(marks));
    }
}

impl Objects for Table {
    async fn lock(&mut self, fresh: Row) -> Result<(Row, bool)> {
        if let Some(row) = self.objects.get(&fresh.object) {
            return Ok((row.clone(), false));
        }
        self.write(fresh.clone());
        Ok((fresh, true))
    }

    async fn save(&mut self, row: Row, changes: Vec<Changed>) -> Result<()> {
        self.write(row);
        for changed in changes {
            self.set_marks(|marks| marks.number += 1);
            self.changes.set(self.marks().number, Some(changed));
        }
        Ok(())
    }

    async fn beat(&mut self, now: Timestamp) -> Result<Option<Timestamp>> {
        let before = self.marks().beat_at;
        self.set_marks(|marks| marks.beat_at = Some(now));
        Ok(before)
    }

    async fn repoll(&mut self, now: Timestamp, number: i64) -> Result<u64> {
        let open = self.objects.values().filter(|row| Selection::Open.holds(row));
        let open: Vec<_> = open.cloned().collect();
        let rows = open.len() as u64;
        for mut row in open {
            row.due_at = Some(now);
            row.token += 1;
            row.quiet = 0;
            self.write(row);
        }
        self.set_marks(|marks| marks.number = marks.number.max(number));
        Ok(rows)
    }

    async fn bucket(&mut self) -> Result<Bucket> {
        Ok(self.marks().bucket)
    }

    async fn set_bucket(&mut self, bucket: Bucket) -> Result<()> {
        self.set_marks(|marks| marks.bucket = bucket);
        Ok(())
    }

    async fn claim_objects(&mut self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Row>> {
        let due = self.due(now).take(limit as usize);
        let mut claimed: Vec<_> = due.map(|(_, object)| self.objects[object].clone()).collect();
        claimed.sort_unstable_by(|one, other| one.object.cmp(&other.object));
        for row in &mut claimed {
            row.token += 1;
            row.due_at = Some(until);
            self.write(row.clone());
        }
        Ok(claimed)
    }

    async fn object(&mut self, object: Object) -> Result<Option<Row>> {
        Ok(self.objects.get(&object).cloned())
    }

    async fn objects(&mut self, selection: Selection, after: Option<Object>, limit: u32) -> Result<Vec<Row>> {
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.objects.range((after, Bound::Unbounded));
        let found = rows.map(|(_, row)| row).filter(|row| selection.holds(row));
        Ok(found.take(limit as usize).cloned().collect())
    }

    async fn changes(&mut self, after: i64, limit: u32) -> Result<Option<Vec<Entry>>> {
        let changes = self.changes.range((Bound::Excluded(after), Bound::Unbounded));
        let entries = changes.map(|(number, changed)| Entry {
            number: *number,
            changed: changed.clone(),
        });
        Ok(Some(entries.take(limit as usize).collect()))
    }

    async fn erase_changes(&mut self, before: Timestamp) -> Result<u64> {
        let old = self.changes.iter().filter(|(_, changed)| changed.at <= before);
        let old: Vec<_> = old.map(|(number, _)| *number).collect();
        for number in &old {
            self.changes.set(*number, None);
        }
        Ok(old.len() as u64)
    }

    async fn latest_change(&mut self) -> Result<i64> {
        Ok(self.marks().number)
    }

    async fn tracked(&mut self, now: Timestamp) -> Result<Counts> {
        let mut counts = Counts {
            due: self.due(now).count() as u64,
            due_since: self.due(now).next().map(|(due_at, _)| *due_at),
            ..Counts::default()
        };
        for row in self.objects.values().filter(|row| row.due_at.is_some()) {
            counts.open += 1;
            counts.missing += u64::from(Selection::Missing.holds(row));
        }
        Ok(counts)
    }
}
