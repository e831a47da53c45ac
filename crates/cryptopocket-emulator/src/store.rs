//! Stored records: a table found by id and listed by pages, and an ordered map. Both report what changed in them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::Hash;
use std::mem::take;
use std::ops::{Deref, Range};

use indexmap::{Equivalent, IndexMap};
use serde::Serialize;

use crate::moment::Moment;

/// Records by key, and the keys of those that changed. Reads go to the map; changes have methods here.
#[derive(Debug, Default)]
pub struct Tracked<M, K> {
    records: M,
    /// Nothing is collected unless a state file is kept.
    dirty: RefCell<Option<BTreeSet<K>>>,
    /// Of a [`Table`]: the indexes of records by a value, ascending. A deep page is reached without a walk over those
    /// before it, and what changes is most often near an end.
    found_by: BTreeMap<&'static str, BTreeMap<String, VecDeque<usize>>>,
}

/// Records in the order of their keys.
pub type OrderedMap<K, V> = Tracked<BTreeMap<K, V>, K>;

impl<M, K> Deref for Tracked<M, K> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.records
    }
}

impl<M, K: Ord> Tracked<M, K> {
    fn touch(&mut self, key: K) {
        if let Some(keys) = self.dirty.get_mut() {
            keys.insert(key);
        }
    }

    /// The keys that were touched since the last call; of `all` keys, if those are asked for.
    fn keys_to_write(&self, changed: bool, all: impl Iterator<Item = K>) -> Vec<K> {
        if !changed {
            return all.collect();
        }
        let dirty = self.dirty.borrow_mut().as_mut().map(take).unwrap_or_default();
        dirty.into_iter().collect()
    }
}

/// A record of a [`Table`].
pub trait Record {
    /// The values besides its id by which it is found, each with its name. Other records can have the same.
    fn found_by(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// Records in the order of their creation, found by id and by [`Record::found_by`]. Records are never removed.
pub type Table<K, V> = Tracked<IndexMap<K, V>, usize>;

impl<K: Hash + Eq, V: Record> Table<K, V> {
    pub(crate) fn insert(&mut self, id: K, record: V) -> &mut V {
        let (index, _) = self.records.insert_full(id, record);
        self.touch(index);
        for (name, value) in self.records[index].found_by() {
            self.add(name, value, index);
        }
        &mut self.records[index]
    }

    fn add(&mut self, name: &'static str, value: String, index: usize) {
        let indexes = self.found_by.entry(name).or_default().entry(value);
        // Most values belong to one record.
        let indexes = indexes.or_insert_with(|| VecDeque::with_capacity(1));
        indexes.insert(indexes.partition_point(|known| *known < index), index);
    }

    /// A record to change. What it is found by stays as it is; [`Table::change`] is for that.
    pub(crate) fn get_mut<Q: Hash + Equivalent<K> + ?Sized>(&mut self, id: &Q) -> Option<&mut V> {
        let index = self.records.get_index_of(id)?;
        self.touch(index);
        self.records.get_index_mut(index).map(|(_, record)| record)
    }

    /// Changes a record, also what it is found by; does nothing if there is none.
    pub(crate) fn change<Q>(&mut self, id: &Q, change: impl FnOnce(&mut V))
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let (Some(index), Some(record)) = (self.get_index_of(id), self.get_mut(id)) else {
            return;
        };
        let before = record.found_by();
        change(record);
        let after = record.found_by();
        for (name, value) in before.iter().filter(|known| !after.contains(known)) {
            let indexes = self.found_by.get_mut(name).and_then(|by| by.get_mut(value));
            if let Some(indexes) = indexes
                && let Ok(place) = indexes.binary_search(&index)
            {
                indexes.remove(place);
            }
        }
        for (name, value) in after.into_iter().filter(|new| !before.contains(new)) {
            self.add(name, value, index);
        }
    }

    fn indexes(&self, name: &str, value: &str) -> Option<&VecDeque<usize>> {
        self.found_by.get(name)?.get(value)
    }

    /// The records that have a value of [`Record::found_by`], oldest first.
    pub fn found(&self, name: &str, value: &str) -> impl DoubleEndedIterator<Item = &V> {
        let indexes = self.indexes(name, value).into_iter().flatten();
        indexes.map(|index| &self.records[*index])
    }

    /// The indexes of the records of a period. Records are created in the order of their times.
    pub(crate) fn span(&self, period: &Range<Moment>, made_at: impl Fn(&V) -> Moment) -> Range<usize> {
        let index = |bound: Moment| self.partition_point(|_, record| made_at(record) < bound);
        let end = index(period.end);
        index(period.start).min(end)..end
    }

    /// A page, counted from 1, of the records at `indexes`, the last of them first.
    pub(crate) fn page(
        &self,
        (current, per_page): (usize, usize),
        indexes: impl DoubleEndedIterator<Item = usize> + ExactSizeIterator,
    ) -> Page<'_, V> {
        let total = indexes.len();
        let skipped = (current - 1).saturating_mul(per_page);
        let shown = indexes.rev().skip(skipped.min(total)).take(per_page);
        Page {
            items: shown.map(|index| &self.records[index]).collect(),
            current,
            per_page,
            total,
        }
    }

    /// A page of the records in a span that have these values, newest first. `None` stands for any value.
    pub(crate) fn page_with(
        &self,
        page: (usize, usize),
        span: Range<usize>,
        values: [(&'static str, Option<String>); 2],
    ) -> Page<'_, V> {
        let mut values = values
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        let Some((name, value)) = values.next() else {
            return self.page(page, span);
        };
        let Some(indexes) = self.indexes(name, &value) else {
            return self.page(page, 0..0);
        };
        let place = |bound: usize| indexes.partition_point(|index| *index < bound);
        let found = indexes.range(place(span.start)..place(span.end)).copied();
        let Some((name, value)) = values.next() else {
            return self.page(page, found);
        };
        let Some(others) = self.indexes(name, &value) else {
            return self.page(page, 0..0);
        };
        let both: Vec<usize> = found
            .filter(|index| others.binary_search(index).is_ok())
            .collect();
        self.page(page, both.into_iter())
    }

    /// A page of all records, newest first.
    pub(crate) fn page_of_all(&self, page: (usize, usize)) -> Page<'_, V> {
        self.page(page, 0..self.len())
    }
}

/// A page of a list.
#[derive(Debug)]
#[allow(clippy::struct_field_names, reason = "`per_page` is the API's own word")]
pub(crate) struct Page<'a, T> {
    pub(crate) items: Vec<&'a T>,
    pub(crate) current: usize,
    pub(crate) per_page: usize,
    pub(crate) total: usize,
}

impl<K: Ord + Clone, V> OrderedMap<K, V> {
    pub(crate) fn insert(&mut self, key: K, record: V) {
        self.touch(key.clone());
        self.records.insert(key, record);
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.touch(key.clone());
        self.records.remove(key)
    }

    /// Drops the first record. The state file never learns of one that was added since the last write.
    pub(crate) fn drop_first(&mut self) {
        if let Some((key, _)) = self.records.pop_first()
            && let Some(keys) = self.dirty.get_mut()
            && !keys.remove(&key)
        {
            keys.insert(key);
        }
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.touch(key.clone());
        self.records.get_mut(key)
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        let dropped = self.records.iter().filter(|(_, record)| !keep(record));
        for key in dropped.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.remove(&key);
        }
    }
}

/// The name of a record and its value, without a value a removed record.
pub type Change = (String, Option<String>);

/// A group of records that a state file keeps. A record's name is the group and its key.
pub(crate) trait Store {
    /// Starts or stops to collect the keys of changed records, beginning with none.
    fn track(&self, on: bool);

    /// All records, or those that changed since the last call, as JSON; without a value the removed ones.
    fn records(&self, group: &str, changed: bool) -> Vec<Change>;
}

/// By index, so that they are restored in the order of their creation.
impl<K, V: Serialize> Store for Table<K, V> {
    fn track(&self, on: bool) {
        *self.dirty.borrow_mut() = on.then(BTreeSet::new);
    }

    fn records(&self, group: &str, changed: bool) -> Vec<Change> {
        let record = |index: usize| {
            let record = self.get_index(index).map(|(_, record)| json(record));
            (format!("{group}/{index:010}"), record)
        };
        let indexes = self.keys_to_write(changed, 0..self.len());
        indexes.into_iter().map(record).collect()
    }
}

impl<K: Key, V: Serialize> Store for OrderedMap<K, V> {
    fn track(&self, on: bool) {
        *self.dirty.borrow_mut() = on.then(BTreeSet::new);
    }

    fn records(&self, group: &str, changed: bool) -> Vec<Change> {
        let record = |key: K| (format!("{group}/{}", key.text()), self.get(&key).map(json));
        let keys = self.keys_to_write(changed, self.keys().cloned());
        keys.into_iter().map(record).collect()
    }
}

/// A record as the state file keeps it.
pub(crate) fn json<T: Serialize>(record: &T) -> String {
    // Only a map with keys that are not text cannot be written, and records have none.
    serde_json::to_string(record).unwrap_or_default()
}

/// A key in the state file, whose texts have the order of the keys.
pub(crate) trait Key: Ord + Clone {
    fn text(&self) -> String;
}

impl Key for String {
    fn text(&self) -> String {
        self.clone()
    }
}

impl Key for u64 {
    fn text(&self) -> String {
        format!("{self:010}")
    }
}

impl Key for (Moment, u64) {
    fn text(&self) -> String {
        let (at, number) = self;
        format!("{:020}/{number:020}", at.micros())
    }
}

#[cfg(test)]
mod tests;
