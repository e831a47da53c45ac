use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::Body;
use zeroize::Zeroizing;

/// Bytes that are zeroed when their last handle is dropped.
pub(crate) fn wiped(content: impl Into<Vec<u8>>) -> Bytes {
    Bytes::from_owner(Wiped(Zeroizing::new(content.into())))
}

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Takes the body out of a request, without leaving a copy behind where that can be had.
pub(crate) fn take(body: Option<reqwest::Body>) -> Result<Bytes, StreamingBody> {
    let Some(mut body) = body else {
        return Ok(Bytes::new());
    };
    if body.as_bytes().is_none() {
        return Err(StreamingBody);
    }
    let mut context = Context::from_waker(std::task::Waker::noop());
    match Pin::new(&mut body).poll_frame(&mut context) {
        Poll::Ready(None) => Ok(Bytes::new()),
        Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
            Ok(bytes) => Ok(match bytes.try_into_mut() {
                Ok(owned) => wiped(owned),
                Err(shared) => wiped(BytesMut::from(&shared[..])),
            }),
            Err(_) => Err(StreamingBody),
        },
        Poll::Ready(Some(Err(_))) | Poll::Pending => Err(StreamingBody),
    }
}

/// The body is a stream, which cannot be sent twice.
#[derive(Debug)]
pub(crate) struct StreamingBody;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::departure::{Departure, Watched};

    #[test]
    fn a_body_is_taken_out_without_leaving_a_copy() {
        let content = br#"{"api_secret":"s"}"#.to_vec();
        let place = content.as_ptr();
        let taken = take(Some(reqwest::Body::from(content))).unwrap();
        assert_eq!(taken, &br#"{"api_secret":"s"}"#[..]);
        assert_eq!(taken.as_ptr(), place);
    }

    #[test]
    fn no_body_and_an_empty_body_are_empty() {
        assert!(take(None).unwrap().is_empty());
        assert!(take(Some(reqwest::Body::from(""))).unwrap().is_empty());
    }

    #[test]
    fn a_stream_is_not_taken() {
        let stream = reqwest::Body::wrap(Watched::new(Bytes::from_static(b"x"), Departure::default()));
        assert!(take(Some(stream)).is_err());
    }
}
