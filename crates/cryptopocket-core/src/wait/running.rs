use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use cryptopocket_types::debug_fields;
use futures_core::Stream;
use tokio::sync::Notify;

use super::Progress;
use super::polling::{Polling, ended_before};
use crate::error::Error;
use crate::runtime::BoxFuture;

/// A wait with its limit: a future of the last state, and a stream of all states.
///
/// As a future (`wait.await`) it gives the object in the state that ends the wait. As a stream (`wait.next().await`) it
/// gives the object each time its state has changed, the last one included. Dropping it ends the wait; nothing runs in
/// the background.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<T> {
    step: Step<T>,
    wake: WakeHandle,
}

type Polled<T> = (Box<Polling<T>>, Option<Result<T, Error>>);

enum Step<T> {
    Idle(Box<Polling<T>>),
    Polling(BoxFuture<'static, Polled<T>>),
    Ended,
}

impl<T: Progress + Send + 'static> Wait<T> {
    pub(super) fn new(polling: Polling<T>, wake: WakeHandle) -> Self {
        Self {
            step: Step::Idle(Box::new(polling)),
            wake,
        }
    }

    /// The object in its next state; `None` after the last one or after an error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// A handle that makes the wait poll at once, for instance from a webhook handler.
    pub fn wake_handle(&self) -> WakeHandle {
        self.wake.clone()
    }
}

// Nothing is pinned in place: the one future inside is boxed.
impl<T> Unpin for Wait<T> {}

impl<T: Progress + Send + 'static> Stream for Wait<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.step, Step::Ended) {
                Step::Idle(mut polling) => {
                    self.step = Step::Polling(Box::pin(async move {
                        let seen = polling.next().await;
                        (polling, seen)
                    }));
                }
                Step::Polling(mut future) => {
                    let Poll::Ready((polling, seen)) = future.as_mut().poll(context) else {
                        self.step = Step::Polling(future);
                        return Poll::Pending;
                    };
                    if seen.is_some() {
                        self.step = Step::Idle(polling);
                    }
                    return Poll::Ready(seen);
                }
                Step::Ended => return Poll::Ready(None),
            }
        }
    }
}

impl<T: Progress + Send + 'static> IntoFuture for Wait<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut last = None;
            while let Some(seen) = self.next().await {
                last = Some(seen?);
            }
            last.ok_or_else(ended_before)
        })
    }
}

debug_fields! { Wait<T> => |wait| ended: matches!(wait.step, Step::Ended) }

/// Makes a wait poll at once. Used during a poll, it causes one more.
#[derive(Debug, Clone)]
pub struct WakeHandle(Arc<Notify>);

impl WakeHandle {
    pub(super) fn new(notify: &Arc<Notify>) -> Self {
        Self(Arc::clone(notify))
    }

    /// Ends the current pause of the wait.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}
