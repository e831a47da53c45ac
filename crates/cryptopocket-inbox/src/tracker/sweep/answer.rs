//! Answers of polls.

use std::time::Duration;

use cryptopocket_types::Timestamp;
use tracing::Instrument as _;

use super::{Poll, Polled};
use crate::error::{Error, Result};
use crate::handler::Failure;
use crate::measure;
use crate::runtime::{jittered, limited};
use crate::tracker::handler::ChangeHandler;
use crate::tracker::observation::{Observation, Source};
use crate::tracker::rate::LONGEST_PAUSE;
use crate::tracker::settings::Tracker;
use crate::tracker::store::{Objects as _, Row};
use crate::transaction::Store;

/// For how long the provider must say that there is no such object before a change tells.
const MISSING_AFTER: Duration = Duration::from_mins(30);

impl<S: Store, C: ChangeHandler<S::Transaction>> Tracker<S, C> {
    /// Polls a claimed object and records the answer.
    pub(super) async fn poll_one<P: Poll>(&self, claim: Row, poller: &P) -> Result<()> {
        // The time of the question: what is announced while the answer is on its way is polled again.
        let asked_at = self.inbox.now();
        let (kind, id) = (claim.object.kind().as_str(), claim.object.id());
        let span = tracing::debug_span!("poll", kind, id);
        let deadline = self.inbox.runtime().deadline(self.poll_limit);
        let failed = |reason: &str| Polled::Failed {
            retry_after: None,
            reason: reason.to_owned(),
        };
        let answer = limited(poller.poll(&claim.object).instrument(span), deadline).await;
        let answer = answer.unwrap_or_else(|did| failed(&format!("the poll {did}")));
        measure::polled(answer.as_str());
        tracing::debug!(kind, id, outcome = answer.as_str(), "object polled");
        let recorded = self.record(&claim, answer, asked_at).await;
        match recorded.as_ref().err().and_then(Error::carried) {
            None => recorded,
            Some(failure) => {
                tracing::warn!(kind, id, "the handler of a change failed");
                self.record(&claim, failed(failure.reason()), asked_at).await
            }
        }
    }

    /// Records the answer of a poll. It is true whoever holds the claim by now; but only the latest claim sets when the
    /// object is polled next.
    async fn record(&self, claim: &Row, polled: Polled, asked_at: Timestamp) -> Result<()> {
        let (tracker, claim) = (self.clone(), claim.clone());
        let record = self.store().transact(move |transaction| {
            Box::pin(async move {
                let token = claim.token;
                let (mut row, _) = transaction.lock(claim).await?;
                let holds = row.token == token;
                let (next, changes) = match &polled {
                    Polled::State(state) => {
                        let observation = Observation::new(Source::Poll, state.clone(), asked_at);
                        row.tracked.step(&observation)
                    }
                    Polled::Missing => row.tracked.absent(asked_at, MISSING_AFTER),
                    Polled::Failed { retry_after, .. } => {
                        // In the store, so that it holds back every machine.
                        if let Some(pause) = retry_after {
                            let pause = (*pause).min(LONGEST_PAUSE);
                            let now = tracker.inbox.now();
                            transaction.hold_back(now, now.saturating_add(pause)).await?;
                        }
                        (row.tracked.clone(), Vec::new())
                    }
                };
                row.tracked = next;
                if holds {
                    tracker.after_poll(&mut row, polled, !changes.is_empty());
                } else if row.tracked.is_final() {
                    row.due_at = None;
                }
                tracker
                    .commit(transaction, row, &changes, Source::Poll, asked_at)
                    .await
            })
        });
        record.await
    }

    /// Sets when an object is polled after an answer.
    fn after_poll(&self, row: &mut Row, polled: Polled, changed: bool) {
        let Polled::Failed { retry_after, reason } = polled else {
            let news = changed && matches!(polled, Polled::State(_));
            row.quiet = if news { 0 } else { row.quiet.saturating_add(1) };
            (row.failures, row.reason) = (0, None);
            self.schedule_next(row);
            return;
        };
        row.failures = row.failures.saturating_add(1);
        row.reason = Some(Failure::retry(reason).reason().to_owned());
        // As after as many quiet polls: a failure never makes polls more frequent than an answer would.
        let quiet = row.quiet.saturating_add(row.failures);
        let (kind, method) = (row.object.kind(), row.method.as_deref());
        let pause = self.schedule.pause(kind, method, quiet, Duration::ZERO);
        let asked = retry_after.unwrap_or_default().min(LONGEST_PAUSE);
        let pause = jittered(self.inbox.runtime(), pause).max(asked);
        let due_at = self.inbox.now().saturating_add(pause);
        row.due_at = (!row.tracked.is_final()).then_some(due_at);
    }
}
