//! The durable stream of changes.

use std::time::Duration;

use super::handler::ChangeHandler;
use super::object::Entry;
use super::settings::Tracker;
use super::store::Objects as _;
use crate::error::Result;
use crate::runtime::jittered;
use crate::transaction::{Store, in_steps};

/// Changes that a feed reads at once.
const BATCH: u32 = 100;

impl<S: Store, C: ChangeHandler<S::Transaction>> Tracker<S, C> {
    /// Lists changes after the one with the number `after`, in order, up to `limit`. Begin with 0.
    ///
    /// Changes of one object come in the order in which they happened. None comes before one that was listed, whichever
    /// machine records it. If the store has no number as high as `after`, it was restored from a backup: see
    /// [`restored`](Self::restored).
    pub async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Entry>> {
        let store = self.store();
        let entries = loop {
            let changes = store.view(move |objects| Box::pin(objects.changes(after, limit)));
            if let Some(entries) = changes.await? {
                break entries;
            }
            let numbered = store.transact(|objects| Box::pin(objects.number_changes()));
            numbered.await?;
        };
        if entries.is_empty() && store.view(|objects| Box::pin(objects.latest_change())).await? < after {
            // Later numbers are higher than those that the feed has seen, even if a clock that was wrong gave these.
            let now = self.inbox.now().unix_micros();
            self.poll_all(now.max(after.min(i64::MAX / 2))).await?;
        }
        Ok(entries)
    }

    /// Erases changes that were observed `age` ago or earlier, and returns their number. Objects stay.
    ///
    /// A feed that has not read them will not see them: choose an age that every reader keeps up with. On PostgreSQL a change
    /// that no reader has listed yet stays.
    pub async fn erase_changes(&self, age: Duration) -> Result<u64> {
        match self.inbox.now().checked_sub(age) {
            Some(before) => {
                in_steps(self.store(), move |objects| {
                    Box::pin(objects.erase_changes(before))
                })
                .await
            }
            None => Ok(0),
        }
    }

    /// Follows changes after the one with the number `after`; 0 for all.
    ///
    /// Store [`Entry::number`] together with what you did about the change, and begin there after a restart: then each
    /// change has its effect once.
    ///
    /// # Examples
    /// ```no_run
    /// # async fn example<S: cryptopocket_inbox::Store>(
    /// #     tracker: cryptopocket_inbox::tracker::Tracker<S>, stored: i64,
    /// # ) -> Result<(), cryptopocket_inbox::Error> {
    /// let mut feed = tracker.feed(stored);
    /// loop {
    ///     let entry = feed.next().await?;
    ///     println!("{}: {:?}", entry.changed.object, entry.changed.change);
    ///     // Store entry.number with the effect.
    /// }
    /// # }
    /// ```
    pub fn feed(&self, after: i64) -> Feed<S, C> {
        Feed {
            tracker: self.clone(),
            after,
            read: Vec::new().into_iter(),
        }
    }
}

/// A reader of changes that waits for the next one; made by [`Tracker::feed`].
#[derive(Debug)]
pub struct Feed<S, C> {
    tracker: Tracker<S, C>,
    after: i64,
    read: std::vec::IntoIter<Entry>,
}

impl<S: Store, C: ChangeHandler<S::Transaction>> Feed<S, C> {
    /// Waits for the next change. A call that is dropped loses none.
    ///
    /// # Errors
    /// Those of the store. The next call goes on where this one failed.
    pub async fn next(&mut self) -> Result<Entry> {
        loop {
            if let Some(entry) = self.read.next() {
                self.after = entry.number;
                return Ok(entry);
            }
            let entries = self.tracker.changes(self.after, BATCH).await?;
            if entries.is_empty() {
                let runtime = self.tracker.inbox.runtime();
                runtime.sleep(jittered(runtime, self.tracker.look_interval)).await;
            }
            self.read = entries.into_iter();
        }
    }
}
