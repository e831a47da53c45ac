//! Stored records: an append-only table found by id, and an ordered map. Both report changes for the state file.

use std::borrow::Borrow;
use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::hash::Hash;
use std::ops::Range;

use indexmap::{Equivalent, IndexMap};

use crate::changes::{ChangedNames, GroupChanges};
use crate::moment::Moment;
use crate::wire::Page;

/// Records in the order of their creation, found by id. Records are never removed.
#[derive(Debug)]
pub struct Table<K, V> {
    records: IndexMap<K, V>,
    changes: GroupChanges,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            records: IndexMap::new(),
            changes: GroupChanges::default(),
        }
    }
}

/// How the state file names the record at `index`.
pub(crate) struct Index(pub(crate) usize);

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}", self.0)
    }
}

impl<K: Hash + Eq, V> Table<K, V> {
    pub(crate) fn track(&mut self, names: &ChangedNames, group: String) {
        self.changes = GroupChanges::new(names, group);
    }

    pub(crate) fn insert(&mut self, id: K, record: V) {
        let (index, _) = self.records.insert_full(id, record);
        self.changes.add(Index(index));
    }

    /// The record with this id.
    pub fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, id: &Q) -> Option<&V> {
        self.records.get(id)
    }

    pub(crate) fn get_mut<Q: Hash + Equivalent<K> + ?Sized>(&mut self, id: &Q) -> Option<&mut V> {
        let (index, _, record) = self.records.get_full_mut(id)?;
        self.changes.add(Index(index));
        Some(record)
    }

    pub(crate) fn index_of<Q: Hash + Equivalent<K> + ?Sized>(&self, id: &Q) -> Option<usize> {
        self.records.get_index_of(id)
    }

    /// The record that was created as number `index`, counted from 0.
    pub fn at(&self, index: usize) -> Option<&V> {
        self.records.get_index(index).map(|(_, record)| record)
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

    pub(crate) fn named(&self) -> impl Iterator<Item = (String, &V)> {
        let named = |(index, record)| (self.changes.name_of(Index(index)), record);
        self.records.values().enumerate().map(named)
    }

    /// The indexes of records made from `from` up to, but not including, `until`. Records are created in the order of
    /// their times.
    pub(crate) fn span(
        &self,
        from: Option<Moment>,
        until: Option<Moment>,
        made_at: impl Fn(&V) -> Moment,
    ) -> Range<usize> {
        let index = |bound: Moment| self.records.partition_point(|_, record| made_at(record) < bound);
        let end = until.map_or(self.records.len(), index);
        from.map_or(0, index).min(end)..end
    }

    /// A page of the records at `indexes`, the last of them first.
    pub(crate) fn page(
        &self,
        total: usize,
        indexes: impl DoubleEndedIterator<Item = usize>,
        (current, per_page): (usize, usize),
    ) -> Page<&V> {
        let skipped = (current - 1).saturating_mul(per_page);
        let shown = indexes.rev().skip(skipped.min(total)).take(per_page);
        Page {
            items: shown.filter_map(|index| self.at(index)).collect(),
            current,
            per_page,
            total,
        }
    }
}

/// A key that the state file can name a record by.
pub(crate) trait RecordKey: Ord + Clone {
    fn record_key(&self) -> String;
}

impl RecordKey for String {
    fn record_key(&self) -> String {
        self.clone()
    }
}

impl RecordKey for u64 {
    fn record_key(&self) -> String {
        format!("{self:010}")
    }
}

impl RecordKey for (Moment, u64) {
    fn record_key(&self) -> String {
        let (at, number) = self;
        format!("{:020}/{number:020}", at.micros())
    }
}

/// An ordered map that reports its changes.
#[derive(Debug)]
pub(crate) struct OrderedMap<K, V> {
    records: BTreeMap<K, V>,
    changes: GroupChanges,
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self {
            records: BTreeMap::new(),
            changes: GroupChanges::default(),
        }
    }
}

impl<K: RecordKey, V> OrderedMap<K, V> {
    pub(crate) fn track(&mut self, names: &ChangedNames, group: String) {
        self.changes = GroupChanges::new(names, group);
    }

    pub(crate) fn insert(&mut self, key: K, record: V) {
        self.changes.add(key.record_key());
        self.records.insert(key, record);
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.changes.add(key.record_key());
        self.records.remove(key)
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.records.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.changes.add(key.record_key());
        self.records.get_mut(key)
    }

    pub(crate) fn pop_first(&mut self) -> Option<(K, V)> {
        let (key, record) = self.records.pop_first()?;
        self.changes.add(key.record_key());
        Some((key, record))
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        let Self { records, changes } = self;
        records.retain(|key, record| {
            let kept = keep(record);
            if !kept {
                changes.add(key.record_key());
            }
            kept
        });
    }

    pub(crate) fn first(&self) -> Option<(&K, &V)> {
        self.records.first_key_value()
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn iter(&self) -> btree_map::Iter<'_, K, V> {
        self.records.iter()
    }

    pub(crate) fn values(&self) -> btree_map::Values<'_, K, V> {
        self.records.values()
    }

    pub(crate) fn named(&self) -> impl Iterator<Item = (String, &V)> {
        let named = |(key, record): (&K, _)| (self.changes.name_of(key.record_key()), record);
        self.records.iter().map(move |(key, record)| named((key, record)))
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderedMap, Table};
    use crate::changes::ChangedNames;
    use crate::moment::Moment;

    fn table(size: usize) -> Table<String, usize> {
        let mut table = Table::default();
        (1..=size).for_each(|number| table.insert(format!("item-{number}"), number));
        table
    }

    fn page(table: &Table<String, usize>, page: (usize, usize)) -> Vec<usize> {
        let found = table.page(table.len(), 0..table.len(), page);
        found.items.into_iter().copied().collect()
    }

    #[test]
    fn pages_run_newest_to_oldest() {
        let table = table(7);
        assert_eq!(page(&table, (1, 3)), [7, 6, 5]);
        assert_eq!(page(&table, (3, 3)), [1]);
        assert!(page(&table, (usize::MAX, 3)).is_empty());
    }

    #[test]
    fn records_are_found_by_id_only() {
        let table = table(2_000);
        assert!((1..=2_000).all(|number| table.get(&format!("item-{number}")) == Some(&number)));
        assert_eq!(table.get("item-2001"), None);
    }

    #[test]
    fn span_includes_first_moment_and_excludes_last() {
        let table = table(7);
        let at = |micros| Some(Moment::from_micros(micros));
        let made_at = |number: &usize| Moment::from_micros(i64::try_from(*number).unwrap());
        assert_eq!(table.span(at(3), at(5), made_at), 2..4);
        assert_eq!(table.span(None, at(2), made_at), 0..1);
        assert!(table.span(at(9), at(2), made_at).is_empty());
    }

    #[test]
    fn changed_records_are_reported_once() {
        let names = ChangedNames::on();
        let mut map = OrderedMap::default();
        map.insert(1_u64, 'a');
        map.track(&names, "delivery".to_owned());
        map.insert(2, 'b');
        map.insert(3, 'c');
        assert_eq!(map.get(&1), Some(&'a'));
        map.retain(|record| *record != 'b');
        assert!(map.get_mut(&3).is_some());
        let changed: Vec<_> = names.take().into_iter().collect();
        assert_eq!(changed, ["delivery/0000000002", "delivery/0000000003"]);
        assert!(names.take().is_empty());
    }
}
