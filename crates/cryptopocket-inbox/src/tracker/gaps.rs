//! Webhooks that never came.

use std::collections::BTreeMap;
use std::time::Duration;

use cryptopocket_types::EventType;

use super::handler::ChangeHandler;
use super::object::Object;
use super::observation::Gap;
use super::settings::Tracker;
use super::store::Selection;
use crate::error::Result;
use crate::transaction::Store;

/// Objects that the report reads at once.
const BATCH: u32 = 500;

/// Webhooks that should have come and did not; see [`Tracker::gaps`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GapReport {
    /// How many webhooks of each event are missing.
    pub counts: BTreeMap<String, u64>,
    /// The objects that they are missing of, by kind and id, up to the limit of the report.
    pub objects: Vec<ObjectGaps>,
}

/// The webhooks that are missing of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectGaps {
    /// The object.
    pub object: Object,
    /// Its missing webhooks.
    pub gaps: Vec<Gap>,
}

impl GapReport {
    /// How many webhooks of this event are missing.
    pub fn count(&self, event: &EventType) -> u64 {
        self.counts.get(event.as_str()).copied().unwrap_or_default()
    }

    /// How many webhooks are missing.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

impl<S: Store, C: ChangeHandler<S::Transaction>> Tracker<S, C> {
    /// Reports webhooks that should have come at least `older_than` ago, since a poll or the bank told of the state then.
    ///
    /// Counts are of all objects; objects are listed up to `limit`. It reads every object that has a gap.
    pub async fn gaps(&self, older_than: Duration, limit: u32) -> Result<GapReport> {
        let now = self.inbox.now();
        let mut report = GapReport::default();
        let Some(before) = now.checked_sub(older_than) else {
            return Ok(report);
        };
        let mut after = None;
        loop {
            let rows = self.objects(Selection::Gaps(before), after, BATCH).await?;
            let Some(last) = rows.last() else {
                return Ok(report);
            };
            after = Some(last.object.clone());
            for row in rows {
                let gaps = row.tracked.gaps(now, older_than);
                for gap in &gaps {
                    let count = report.counts.entry(gap.event.as_str().to_owned());
                    *count.or_default() += 1;
                }
                if report.objects.len() < limit as usize {
                    report.objects.push(ObjectGaps {
                        object: row.object,
                        gaps,
                    });
                }
            }
        }
    }
}
