//! The trail of changes: which objects have changed since they were last written down.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, btree_map};
use std::sync::{Arc, Mutex, PoisonError};

use crate::moment::Moment;

/// What kind an object is of, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The clock, the stream of randomness and the counters.
    World,
    Integrations,
    Tokens(usize),
    Customers(usize),
    Payments(usize),
    Offramps(usize),
    /// The feed of one of an integration's accounts.
    Feed(usize, usize),
    Pages,
    Timers,
    Deliveries,
    /// What is to go wrong.
    Faults,
}

/// What an object is found by among its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Number(u64),
    Text(String),
    Time(Moment, u64),
}

impl From<u64> for Key {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Key {
    fn from(place: usize) -> Self {
        Self::Number(place as u64)
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<(Moment, u64)> for Key {
    fn from((at, number): (Moment, u64)) -> Self {
        Self::Time(at, number)
    }
}

/// Notes what changed, where somebody wants to know; costs nothing where nobody does.
#[derive(Clone, Debug, Default)]
pub struct Trail(Option<Arc<Mutex<Changed>>>);

type Changed = BTreeSet<(Kind, Key)>;

impl Trail {
    /// One that is read from time to time.
    pub fn kept() -> Self {
        Self(Some(Arc::default()))
    }

    pub fn note(&self, kind: Kind, key: impl Into<Key>) {
        if let Some(changed) = &self.0 {
            let mut changed = changed.lock().unwrap_or_else(PoisonError::into_inner);
            changed.insert((kind, key.into()));
        }
    }

    /// What changed since this was last asked.
    pub fn take(&self) -> Changed {
        self.0.as_ref().map_or_else(Changed::new, |changed| {
            std::mem::take(&mut *changed.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}

/// A map that notes what changes in it.
#[derive(Debug)]
pub struct Noted<K, V> {
    entries: BTreeMap<K, V>,
    trail: Option<(Trail, Kind)>,
}

impl<K, V> Default for Noted<K, V> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            trail: None,
        }
    }
}

impl<K: Ord + Clone + Into<Key>, V> Noted<K, V> {
    /// From now on changes are noted.
    pub fn follow(&mut self, trail: &Trail, kind: Kind) {
        self.trail = Some((trail.clone(), kind));
    }

    fn note(&self, key: &K) {
        if let Some((trail, kind)) = &self.trail {
            trail.note(*kind, key.clone());
        }
    }

    pub fn insert(&mut self, key: K, value: V) {
        self.note(&key);
        self.entries.insert(key, value);
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.note(key);
        self.entries.remove(key)
    }

    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.note(key);
        self.entries.get_mut(key)
    }

    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let (key, value) = self.entries.pop_first()?;
        self.note(&key);
        Some((key, value))
    }

    /// Drops what `keep` does not want to keep.
    pub fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        let gone: Vec<K> = self
            .entries
            .iter()
            .filter(|(_, value)| !keep(value))
            .map(|(key, _)| key.clone())
            .collect();
        for key in gone {
            self.remove(&key);
        }
    }

    pub fn first(&self) -> Option<(&K, &V)> {
        self.entries.first_key_value()
    }

    pub fn iter(&self) -> btree_map::Iter<'_, K, V> {
        self.entries.iter()
    }

    pub fn values(&self) -> btree_map::Values<'_, K, V> {
        self.entries.values()
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Kind, Noted, Trail};

    #[test]
    fn whatever_may_have_changed_is_noted_once() {
        let trail = Trail::kept();
        let mut map = Noted::default();
        map.insert(1_u64, 'a');
        map.follow(&trail, Kind::Deliveries);
        map.insert(2, 'b');
        map.insert(3, 'c');
        assert_eq!(map.get(&1), Some(&'a'));
        map.retain(|value| *value != 'b');
        assert!(map.get_mut(&3).is_some());
        let changed: Vec<_> = trail.take().into_iter().collect();
        assert_eq!(
            changed,
            [
                (Kind::Deliveries, Key::Number(2)),
                (Kind::Deliveries, Key::Number(3))
            ]
        );
        assert!(trail.take().is_empty());
    }
}
