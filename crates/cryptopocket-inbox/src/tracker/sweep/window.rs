//! Polls that run at the same time.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};

use crate::error::Result;
use crate::handler::BoxFuture;
use crate::tracker::object::Object;

/// A claimed object, and the token of the claim.
pub(super) type Claimed = (Object, i64);

/// Claims whose polls run. They run in the task of the sweeper, so that dropping it cancels them.
#[derive(Default)]
pub(super) struct Window<'a> {
    running: Vec<(Claimed, BoxFuture<'a, Result<()>>)>,
    /// The results of polls that ended, and that nobody has asked for yet.
    ended: VecDeque<Result<()>>,
}

impl<'a> Window<'a> {
    pub(super) fn push(&mut self, claim: Claimed, poll: BoxFuture<'a, Result<()>>) {
        self.running.push((claim, poll));
    }

    pub(super) fn len(&self) -> usize {
        self.running.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty() && self.ended.is_empty()
    }

    /// Does something else while the polls go on. A poll that is not driven may hold the lock or the connection that the
    /// other waits for, and then neither ends.
    pub(super) async fn beside<F: Future>(&mut self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|context| {
            self.drive(context);
            work.as_mut().poll(context)
        })
        .await
    }

    fn drive(&mut self, context: &mut Context<'_>) {
        let ended = &mut self.ended;
        self.running
            .retain_mut(|(_, poll)| match poll.as_mut().poll(context) {
                Poll::Ready(result) => {
                    ended.push_back(result);
                    false
                }
                Poll::Pending => true,
            });
    }

    /// Waits for one of the polls, of which there must be one.
    pub(super) async fn next(&mut self) -> Result<()> {
        poll_fn(|context| {
            if self.ended.is_empty() {
                self.drive(context);
            }
            self.ended.pop_front().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Cancels what still runs, and returns its claims.
    pub(super) fn into_claims(self) -> Vec<Claimed> {
        self.running.into_iter().map(|(claim, _)| claim).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use tokio::sync::Mutex;

    use super::*;

    #[test]
    fn poll_that_waits_for_a_lock_holds_nothing_up() {
        let lock = Mutex::new(());
        let held = lock.try_lock().unwrap();
        let mut window = Window::default();
        let poll = async {
            drop(lock.lock().await);
            Ok(())
        };
        window.push((Object::payment("p1"), 1), Box::pin(poll));
        let mut context = Context::from_waker(Waker::noop());
        // The poll is the first in the queue for the lock, and is not driven by `next` any more.
        assert!(pin!(window.next()).poll(&mut context).is_pending());
        let mut work = pin!(window.beside(lock.lock()));
        assert!(work.as_mut().poll(&mut context).is_pending());
        drop(held);
        let ends = (0..100).any(|_| work.as_mut().poll(&mut context).is_ready());
        assert!(ends, "everything waits for a poll that is not driven");
    }
}
