//! A store that was restored from a backup.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use super::handler::ChangeHandler;
use super::settings::Tracker;
use super::store::Objects as _;
use crate::error::Result;
use crate::transaction::Store;

/// How often a tracker stores that it is at work.
const BEAT: Duration = Duration::from_mins(1);

impl<S: Store, C: ChangeHandler<S::Transaction>> Tracker<S, C> {
    /// Takes in that the store was restored from a backup, or that it cannot be trusted for another reason: everything
    /// that is not final is due to be polled at once, rate-limited. Returns how many objects that are.
    ///
    /// What became final after the backup was not final in it, so it is polled too, and its changes are told again: by
    /// numbers that are higher than any before, so that a [`feed`](Self::feed) with a cursor kept elsewhere goes on with
    /// them. What was created after the backup is not in the store: track it again, for example from the lists of the
    /// provider, as `cryptopocket::tracking::track_listed` does. Read that list when the grace period of the
    /// [journal](crate::journal::Journal::grace) has passed since the restoration: a request that was under way then can
    /// still create a payment, and the restored journal knows nothing of it.
    ///
    /// A tracker calls this by itself when it starts to poll and no tracker has been at work on the store for
    /// [`stale_after`](Self::stale_after), which also follows from a long stop; when what it stored last is gone from the
    /// store, as after a restore under a running program; and when a feed asks for changes after one that is not there.
    /// It polls all of that, too, if the clock of a tracker was ahead by `stale_after`; once, if that tracker works on.
    /// After a restore of a backup that is younger than that, call it.
    pub async fn restored(&self) -> Result<u64> {
        self.poll_all(self.inbox.now().unix_micros()).await
    }

    /// Makes everything that is not final due now, and lets the numbers of changes go on from `number` at least.
    pub(super) async fn poll_all(&self, number: i64) -> Result<u64> {
        let now = self.inbox.now();
        let objects = self
            .store()
            .transact(move |tracker| {
                Box::pin(async move {
                    tracker.beat(now).await?;
                    tracker.repoll(now, number).await
                })
            })
            .await?;
        self.state().beat_at = Some(now);
        tracing::warn!(objects, "everything that is not final is polled again");
        Ok(objects)
    }

    /// Stores that a tracker is at work, and finds out whether the store is an old one.
    pub(super) async fn beat(&self) -> Result<()> {
        let now = self.inbox.now();
        let own = self.state().beat_at;
        // A clock that jumped back beats at once.
        if own.is_some_and(|own| own <= now && now < own.saturating_add(BEAT)) {
            return Ok(());
        }
        let latest = now.saturating_add(self.stale_after);
        let before = self.store().transact(move |tracker| {
            Box::pin(async move {
                let before = tracker.beat(now).await?;
                // The clock of another machine is a little ahead. It would miss its beat if this one put it back.
                if let Some(before) = before.filter(|before| now < *before && *before <= latest) {
                    tracker.beat(before).await?;
                }
                Ok(before)
            })
        });
        let before = before.await?;
        let is_stale = before.is_some_and(|before| self.is_stale(before, own, now));
        let was_ahead = own > Some(latest);
        let is_ahead = was_ahead || before > Some(latest);
        let other = {
            let mut state = self.state();
            state.beat_at = Some(now);
            std::mem::replace(&mut state.other_beat, before.filter(|_| is_stale || is_ahead))
        };
        if !was_ahead && other.is_some() && other < before && before != own {
            // Beats that go on are those of another machine at work, whose clock is far from this one.
            tracing::warn!("the clocks of two trackers are far apart");
        } else if is_stale {
            self.restored().await?;
        } else if is_ahead {
            // A clock was ahead, and has put off every poll that it scheduled. Nothing of the store is lost.
            self.poll_all(0).await?;
        }
        Ok(())
    }

    /// Whether the heart beat that was found is from before a restore.
    fn is_stale(&self, found: Timestamp, own: Option<Timestamp>, now: Timestamp) -> bool {
        // Other machines beat too; their clocks may be a little behind, and by that much the beat may go back.
        let lost = own.is_some_and(|own| found.saturating_add(BEAT) < own);
        lost || found.saturating_add(self.stale_after) < now
    }
}
