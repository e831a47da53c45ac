use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Whether a request has begun to be written: decided once, for the caller and the connection.
///
/// A connection writes on its own task, also after the caller gave up. So reading a flag is not enough: giving up
/// atomically cancels the body, so that it can never be written later.
#[derive(Debug, Clone, Default)]
pub(super) struct Departure(Arc<OnceLock<Fate>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Written,
    Cancelled,
}

impl Departure {
    /// Cancels the request. `true` means that no byte was written and none ever will be.
    pub(super) fn cancel(&self) -> bool {
        self.decide(Fate::Cancelled)
    }

    fn decide(&self, wanted: Fate) -> bool {
        *self.0.get_or_init(|| wanted) == wanted
    }
}

/// A body that is written only if the request was not cancelled.
///
/// hyper writes the head of a request into its buffer, asks for the body, and only then writes to the socket; when
/// the body fails it drops the buffer and the connection.
pub(super) struct Watched {
    content: Option<Bytes>,
    departure: Departure,
}

impl Watched {
    pub(super) fn new(content: Bytes, departure: Departure) -> Self {
        Self {
            content: (!content.is_empty()).then_some(content),
            departure,
        }
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !self.departure.decide(Fate::Written) {
            let error = io::Error::other("the request was cancelled before it was written");
            return Poll::Ready(Some(Err(error)));
        }
        Poll::Ready(self.content.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.content.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(body: &mut Watched) -> Option<io::Result<Bytes>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap())),
            Poll::Pending => panic!("a body in memory is always ready"),
        }
    }

    #[test]
    fn cancelled_request_is_never_written() {
        let departure = Departure::default();
        let mut body = Watched::new(Bytes::from_static(b"pay"), departure.clone());
        assert!(departure.cancel());
        for _ in 0..2 {
            assert!(ask(&mut body).unwrap().is_err());
        }
        assert!(departure.cancel());
    }

    #[test]
    fn request_being_written_cannot_be_cancelled() {
        let departure = Departure::default();
        let mut body = Watched::new(Bytes::from_static(b"pay"), departure.clone());
        assert_eq!(ask(&mut body).unwrap().unwrap(), "pay");
        assert!(!departure.cancel());
        assert!(ask(&mut body).is_none());
    }

    #[test]
    fn exactly_one_of_writing_and_cancelling_wins() {
        for _ in 0..2_000 {
            let departure = Departure::default();
            let mut body = Watched::new(Bytes::from_static(b"pay"), departure.clone());
            let barrier = std::sync::Barrier::new(2);
            let (left, held) = std::thread::scope(|scope| {
                let connection = scope.spawn(|| {
                    barrier.wait();
                    ask(&mut body).unwrap().is_ok()
                });
                barrier.wait();
                let held = departure.cancel();
                (connection.join().unwrap(), held)
            });
            assert_ne!(left, held);
        }
    }
}
