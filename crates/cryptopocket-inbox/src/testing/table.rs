//! The transaction of the store in memory.

use std::collections::BTreeMap;
use std::ops::Deref;

use cryptopocket_types::Timestamp;

use super::calls::Call;
use super::events::{Content, Event};
use super::objects::Marks;
use crate::tracker::{Changed, Object, Row};

/// A map whose writes can be taken back.
#[derive(Debug, Clone)]
pub(super) struct Undo<K, V> {
    now: BTreeMap<K, V>,
    /// What was under each written key before, in the order of the writes.
    before: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Undo<K, V> {
    fn default() -> Self {
        Self {
            now: BTreeMap::new(),
            before: Vec::new(),
        }
    }
}

impl<K: Ord + Clone, V> Undo<K, V> {
    /// Writes or removes what is under a key.
    pub(super) fn set(&mut self, key: K, value: Option<V>) {
        let before = match value {
            Some(value) => self.now.insert(key.clone(), value),
            None => self.now.remove(&key),
        };
        self.before.push((key, before));
    }

    /// Changes those values for which `is_one` holds, and returns their number.
    pub(super) fn change_each(&mut self, is_one: impl Fn(&V) -> bool, change: impl Fn(&mut V)) -> u64
    where
        V: Clone,
    {
        let ones = self.now.iter().filter(|(_, value)| is_one(value));
        let ones: Vec<_> = ones.map(|(key, value)| (key.clone(), value.clone())).collect();
        let number = ones.len() as u64;
        for (key, mut value) in ones {
            change(&mut value);
            self.set(key, Some(value));
        }
        number
    }

    fn commit(&mut self) {
        self.before.clear();
    }

    fn roll_back(&mut self) {
        for (key, before) in std::mem::take(&mut self.before).into_iter().rev() {
            self.set(key, before);
        }
        self.before.clear();
    }
}

impl<K, V> Deref for Undo<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.now
    }
}

/// Everything that a store in memory holds.
macro_rules! table {
    ($($name:ident: $key:ty => $value:ty,)+) => {
        /// What handlers of a [`MemoryStore`](super::MemoryStore) write through: text under a text. Reads are those of the map.
        #[derive(Debug, Default, Clone)]
        pub struct Table {
            $(pub(super) $name: Undo<$key, $value>,)+
        }

        impl Table {
            pub(super) fn commit(&mut self) {
                $(self.$name.commit();)+
            }

            pub(super) fn roll_back(&mut self) {
                $(self.$name.roll_back();)+
            }
        }
    };
}

table! {
    rows: String => String,
    events: i64 => Event,
    numbers: String => i64,
    quarantine: i64 => Content,
    objects: Object => Row,
    due: (Timestamp, Object) => (),
    changes: i64 => Changed,
    marks: () => Marks,
    calls: String => Call,
}

impl Table {
    /// Writes a row and returns the one before.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<String>) -> Option<String> {
        let key = key.into();
        let before = self.rows.get(&key).cloned();
        self.rows.set(key, Some(value.into()));
        before
    }
}

impl Deref for Table {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolled_back_writes_leave_nothing() {
        let mut table = Table::default();
        table.insert("a", "1");
        table.commit();
        table.insert("a", "2");
        table.insert("a", "3");
        table.insert("b", "4");
        table.roll_back();
        assert_eq!(
            table.iter().collect::<Vec<_>>(),
            [(&"a".to_owned(), &"1".to_owned())]
        );
    }
}
