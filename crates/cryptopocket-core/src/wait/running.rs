use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use cryptopocket_types::debug_fields;
use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::StreamExt;
use tokio::sync::Notify;

use super::Progress;
use crate::error::{Error, ErrorKind};
use crate::runtime::BoxFuture;

/// A wait with its limit: a future of the last state, and a stream of all states.
///
/// As a future (`wait.await`) it gives the object in the state that ends the wait. As a stream (`wait.next().await`) it
/// gives the object each time its state has changed, the last one included. Dropping it ends the wait; nothing runs in
/// the background.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<T> {
    pub(super) states: BoxStream<'static, Result<T, Error>>,
    pub(super) wake: WakeHandle,
}

impl<T: Progress + Send + 'static> Wait<T> {
    /// The object in its next state; `None` after the last one or after an error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        self.states.next().await
    }

    /// A handle that makes the wait poll at once, for instance from a webhook handler.
    pub fn wake_handle(&self) -> WakeHandle {
        self.wake.clone()
    }
}

impl<T: Progress + Send + 'static> Stream for Wait<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.states.poll_next_unpin(context)
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
            last.ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidInput,
                    "this wait has already ended",
                    "Keep the last state that next() gave, or begin a new wait with the same id.",
                )
            })
        })
    }
}

debug_fields! { Wait<T> => |wait| wake: wait.wake }

/// Makes a wait poll at once. Used during a poll, it causes one more.
#[derive(Debug, Clone)]
pub struct WakeHandle(pub(super) Arc<Notify>);

impl WakeHandle {
    /// Ends the current pause of the wait.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}
