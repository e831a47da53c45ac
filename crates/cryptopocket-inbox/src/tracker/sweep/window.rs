//! Polls that run at the same time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Error;
use crate::handler::BoxFuture;
use crate::tracker::object::Object;

/// A claimed object, and the token of the claim.
pub(super) type Claimed = (Object, i64);

/// Claims whose polls run. They run in the task of the sweeper, so that dropping it cancels them.
#[derive(Default)]
pub(super) struct Window<'a> {
    running: Vec<(Claimed, BoxFuture<'a, Result<(), Error>>)>,
}

impl<'a> Window<'a> {
    pub(super) fn push(&mut self, claim: Claimed, poll: BoxFuture<'a, Result<(), Error>>) {
        self.running.push((claim, poll));
    }

    pub(super) fn len(&self) -> usize {
        self.running.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Waits for one of the polls, of which there must be one.
    pub(super) fn next(&mut self) -> Next<'_, 'a> {
        Next(self)
    }

    /// Cancels what still runs, and returns its claims.
    pub(super) fn into_claims(self) -> Vec<Claimed> {
        self.running.into_iter().map(|(claim, _)| claim).collect()
    }
}

/// The first poll that ends.
pub(super) struct Next<'w, 'a>(&'w mut Window<'a>);

impl Future for Next<'_, '_> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        for index in 0..self.0.running.len() {
            if let Poll::Ready(result) = self.0.running[index].1.as_mut().poll(context) {
                drop(self.0.running.remove(index));
                return Poll::Ready(result);
            }
        }
        Poll::Pending
    }
}
