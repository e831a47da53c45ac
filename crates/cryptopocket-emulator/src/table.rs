//! Stored records: an append-only table found by id and listed by pages, and an ordered map.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::ops::{Deref, Range};

use indexmap::{Equivalent, IndexMap};
use serde::Serialize;

use crate::moment::{Moment, Period};
use crate::store::{DirtyKeys, Store, json};

/// A page of a list.
#[derive(Debug)]
#[allow(clippy::struct_field_names, reason = "`per_page` is the API's own word")]
pub(crate) struct Page<'a, T> {
    pub(crate) items: Vec<&'a T>,
    pub(crate) current: usize,
    pub(crate) per_page: usize,
    pub(crate) total: usize,
}

/// Records in the order of their creation, found by id. Records are never removed.
#[derive(Debug)]
pub struct Table<K, V> {
    records: IndexMap<K, V>,
    dirty: DirtyKeys<usize>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            records: IndexMap::new(),
            dirty: DirtyKeys::default(),
        }
    }
}

impl<K: Hash + Eq, V> Table<K, V> {
    pub(crate) fn insert(&mut self, id: K, record: V) -> &mut V {
        let (index, _) = self.records.insert_full(id, record);
        self.dirty.add(index);
        &mut self.records[index]
    }

    /// The record with this id.
    pub fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, id: &Q) -> Option<&V> {
        self.records.get(id)
    }

    pub(crate) fn get_mut<Q: Hash + Equivalent<K> + ?Sized>(&mut self, id: &Q) -> Option<&mut V> {
        let (index, _, record) = self.records.get_full_mut(id)?;
        self.dirty.add(index);
        Some(record)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// All records, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.records.values()
    }

    pub(crate) fn index_of<Q: Hash + Equivalent<K> + ?Sized>(&self, id: &Q) -> Option<usize> {
        self.records.get_index_of(id)
    }

    /// The record at an index, counted from 0.
    pub(crate) fn at(&self, index: usize) -> Option<&V> {
        self.records.get_index(index).map(|(_, record)| record)
    }

    /// The indexes of the records of a period. Records are created in the order of their times.
    pub(crate) fn span(&self, period: Period, made_at: impl Fn(&V) -> Moment) -> Range<usize> {
        let index = |bound: Moment| self.records.partition_point(|_, record| made_at(record) < bound);
        let end = period.until.map_or(self.len(), index);
        period.from.map_or(0, index).min(end)..end
    }

    /// A page, counted from 1, of the `total` records at `indexes`, the last of them first.
    pub(crate) fn page(
        &self,
        (current, per_page): (usize, usize),
        total: usize,
        indexes: impl DoubleEndedIterator<Item = usize>,
    ) -> Page<'_, V> {
        let skipped = (current - 1).saturating_mul(per_page);
        let shown = indexes.rev().skip(skipped.min(total)).take(per_page);
        let items = shown.filter_map(|index| self.at(index)).collect();
        Page {
            items,
            current,
            per_page,
            total,
        }
    }

    /// A page of all records, newest first.
    pub(crate) fn page_of_all(&self, page: (usize, usize)) -> Page<'_, V> {
        self.page(page, self.len(), 0..self.len())
    }
}

impl<K, V: Serialize> Store for Table<K, V> {
    fn track(&self, on: bool) {
        self.dirty.track(on);
    }

    fn records(&self, group: &str) -> Vec<(String, String)> {
        let records = self.records.values().enumerate();
        records
            .map(|(index, record)| (format!("{group}/{index:010}"), json(record)))
            .collect()
    }

    fn changes(&self, group: &str) -> Vec<(String, Option<String>)> {
        let keys = self.dirty.take().into_iter();
        let record = |index| self.records.get_index(index).map(|(_, record)| json(record));
        keys.map(|index| (format!("{group}/{index:010}"), record(index)))
            .collect()
    }
}

/// A key of an [`OrderedMap`].
pub(crate) trait Key: Ord + Clone {
    /// The key in the state file.
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

/// Records in the order of their keys.
#[derive(Debug)]
pub(crate) struct OrderedMap<K, V> {
    records: BTreeMap<K, V>,
    dirty: DirtyKeys<K>,
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self {
            records: BTreeMap::new(),
            dirty: DirtyKeys::default(),
        }
    }
}

impl<K: Key, V> OrderedMap<K, V> {
    pub(crate) fn insert(&mut self, key: K, record: V) {
        self.dirty.add(key.clone());
        self.records.insert(key, record);
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.dirty.add(key.clone());
        self.records.remove(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.dirty.add(key.clone());
        self.records.get_mut(key)
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        let Self { records, dirty } = self;
        records.retain(|key, record| {
            let kept = keep(record);
            if !kept {
                dirty.add(key.clone());
            }
            kept
        });
    }
}

/// Reads go to the map; changes are recorded by the methods above.
impl<K, V> Deref for OrderedMap<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &BTreeMap<K, V> {
        &self.records
    }
}

impl<K: Key, V: Serialize> Store for OrderedMap<K, V> {
    fn track(&self, on: bool) {
        self.dirty.track(on);
    }

    fn records(&self, group: &str) -> Vec<(String, String)> {
        self.records
            .iter()
            .map(|(key, record)| (format!("{group}/{}", key.text()), json(record)))
            .collect()
    }

    fn changes(&self, group: &str) -> Vec<(String, Option<String>)> {
        let keys = self.dirty.take().into_iter();
        keys.map(|key| {
            (
                format!("{group}/{}", key.text()),
                self.records.get(&key).map(json),
            )
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderedMap, Table};
    use crate::moment::{Moment, Period};
    use crate::store::Store as _;

    fn table(size: usize) -> Table<String, usize> {
        let mut table = Table::default();
        for number in 1..=size {
            table.insert(format!("item-{number}"), number);
        }
        table
    }

    fn page(table: &Table<String, usize>, page: (usize, usize)) -> Vec<usize> {
        table.page_of_all(page).items.into_iter().copied().collect()
    }

    #[test]
    fn pages_run_newest_to_oldest() {
        let table = table(7);
        assert_eq!(page(&table, (1, 3)), [7, 6, 5]);
        assert_eq!(page(&table, (3, 3)), [1]);
        assert!(page(&table, (usize::MAX, 3)).is_empty());
    }

    #[test]
    fn span_includes_first_moment_and_excludes_last() {
        let table = table(7);
        let at = |micros| Some(Moment::from_micros(micros));
        let made_at = |number: &usize| Moment::from_micros(i64::try_from(*number).unwrap());
        let span = |from, until| table.span(Period { from, until }, made_at);
        assert_eq!(span(at(3), at(5)), 2..4);
        assert_eq!(span(None, at(2)), 0..1);
        assert!(span(at(9), at(2)).is_empty());
    }

    #[test]
    fn records_are_found_by_id_only() {
        let table = table(2_000);
        assert!((1..=2_000).all(|number| table.get(&format!("item-{number}")) == Some(&number)));
        assert_eq!(table.get("item-2001"), None);
    }

    #[test]
    fn changed_records_are_reported_once() {
        let mut map = OrderedMap::default();
        map.insert(1_u64, 'a');
        map.track(true);
        map.insert(2, 'b');
        map.insert(3, 'c');
        assert_eq!(map.get(&1), Some(&'a'));
        map.retain(|record| *record != 'b');
        assert!(map.get_mut(&3).is_some());
        let changed: Vec<_> = map.changes("delivery").into_iter().map(|(key, _)| key).collect();
        assert_eq!(changed, ["delivery/0000000002", "delivery/0000000003"]);
        assert!(map.changes("delivery").is_empty());
    }
}
