//! What changed since the state file was last written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Collects record names. It is off, and costs nothing, unless a state file is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChangedNames(Option<Arc<Mutex<BTreeSet<String>>>>);

impl ChangedNames {
    pub(crate) fn on() -> Self {
        Self(Some(Arc::default()))
    }

    pub(crate) const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The names collected since the last call.
    pub(crate) fn take(&self) -> BTreeSet<String> {
        self.0.as_ref().map_or_else(BTreeSet::new, |names| {
            std::mem::take(&mut *names.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}

/// Reports changes of one group of records, such as the payments of one integration.
#[derive(Debug, Default)]
pub(crate) struct GroupChanges {
    names: ChangedNames,
    group: String,
}

impl GroupChanges {
    pub(crate) fn new(names: &ChangedNames, group: String) -> Self {
        Self {
            names: names.clone(),
            group,
        }
    }

    /// The full name of a record of this group.
    pub(crate) fn name_of(&self, key: impl fmt::Display) -> String {
        format!("{}/{key}", self.group)
    }

    pub(crate) fn add(&self, key: impl fmt::Display) {
        if let Some(names) = &self.names.0 {
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            names.insert(self.name_of(key));
        }
    }
}

/// Records to write to the state file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whether all records written before are to be removed first.
    pub afresh: bool,
    /// Records by name, as JSON; `None` removes a record.
    pub records: Vec<(String, Option<String>)>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && !self.afresh
    }
}

/// What is known of the state file.
#[derive(Debug, Default)]
pub(crate) struct Persistence {
    pub(crate) names: ChangedNames,
    /// Whether the next changes are the whole state.
    pub(crate) afresh: bool,
    /// Whether the clock was moved by a command.
    pub(crate) clock_moved: bool,
    /// Records that are written only if they differ from what was written last: they are small, and change in place.
    pub(crate) written: BTreeMap<String, String>,
}
