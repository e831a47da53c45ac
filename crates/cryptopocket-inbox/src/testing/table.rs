//! The transaction of the store in memory.

use std::collections::BTreeMap;
use std::ops::Deref;

use super::objects::Objects;

/// The rows that handlers of a [`MemoryStore`](super::MemoryStore) write: text under a text. Reads are those of the map.
#[derive(Debug, Default, Clone)]
pub struct Table {
    rows: BTreeMap<String, String>,
    pub(super) objects: Objects,
    /// What was under each written key before, in the order of the writes.
    undo: Vec<(String, Option<String>)>,
}

impl Table {
    /// Writes a row and returns the one before.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<String>) -> Option<String> {
        let key = key.into();
        let before = self.rows.insert(key.clone(), value.into());
        self.undo.push((key, before.clone()));
        before
    }

    pub(super) fn commit(&mut self) {
        self.undo.clear();
        self.objects.commit();
    }

    pub(super) fn roll_back(&mut self) {
        for (key, before) in self.undo.drain(..).rev() {
            match before {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
        self.objects.roll_back();
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
