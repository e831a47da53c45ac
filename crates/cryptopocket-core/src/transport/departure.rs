use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

const HERE: u8 = 0;
const GONE: u8 = 1;
const HELD_BACK: u8 = 2;

/// Whether a request has begun to be written: decided once, for the caller and the connection.
///
/// A connection writes on its own task, also after the caller gave up. So reading a flag is not enough: giving up
/// atomically cancels the body, so that it can never be written later.
#[derive(Debug, Clone, Default)]
pub(super) struct Departure(Arc<AtomicU8>);

impl Departure {
    /// Cancels the request. `true` means that no byte was written and none ever will be.
    pub(super) fn hold_back(&self) -> bool {
        self.turn(HELD_BACK)
    }

    fn leave(&self) -> bool {
        self.turn(GONE)
    }

    fn turn(&self, wanted: u8) -> bool {
        match self
            .0
            .compare_exchange(HERE, wanted, Ordering::SeqCst, Ordering::SeqCst)
        {
            Ok(_) => true,
            Err(found) => found == wanted,
        }
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
            content: Some(content),
            departure,
        }
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = HeldBack;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HeldBack>>> {
        if !self.departure.leave() {
            return Poll::Ready(Some(Err(HeldBack)));
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

/// The request was cancelled before it was written.
#[derive(Debug)]
pub(super) struct HeldBack;

impl fmt::Display for HeldBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was given up before it left")
    }
}

impl std::error::Error for HeldBack {}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(body: &mut Watched) -> Option<Result<Bytes, HeldBack>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap())),
            Poll::Pending => panic!("a body in memory is always ready"),
        }
    }

    #[test]
    fn a_request_held_back_never_leaves() {
        let departure = Departure::default();
        let mut body = Watched::new(Bytes::from_static(b"pay"), departure.clone());
        assert!(departure.hold_back());
        for _ in 0..2 {
            assert!(ask(&mut body).unwrap().is_err());
        }
        assert!(departure.hold_back());
    }

    #[test]
    fn a_request_that_left_cannot_be_held_back() {
        let departure = Departure::default();
        let mut body = Watched::new(Bytes::from_static(b"pay"), departure.clone());
        assert_eq!(ask(&mut body).unwrap().unwrap(), "pay");
        assert!(!departure.hold_back());
        assert!(ask(&mut body).is_none());
    }

    #[test]
    fn of_leaving_and_holding_back_exactly_one_happens() {
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
                let held = departure.hold_back();
                (connection.join().unwrap(), held)
            });
            assert_ne!(left, held);
        }
    }
}
