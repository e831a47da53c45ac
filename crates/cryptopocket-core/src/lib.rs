#![doc = include_str!("../README.md")]

mod attempt;
mod base_url;
mod call;
mod choice;
mod client;
mod credentials;
mod detached;
mod error;
mod getters;
pub mod input;
mod login;
mod operation;
mod pager;
mod raw;
mod reply;
mod request;
mod retry;
mod runtime;
mod session;
pub mod shape;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod token;
mod transport;
mod wait;

pub use bytes::Bytes;
pub use call::RawReply;
pub use choice::{Choice, Choices, WireNames};
pub use credentials::Credentials;
pub use detached::Detached;
pub use error::{Advice, Effect, Error, ErrorKind, FieldError, Sent};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method};
pub use operation::{Envelope, Idempotency, Operation};
pub use pager::{Items, Page, PageRequest, Pager, Pages, PagesEnd};
pub use raw::{Raw, RawRequest};
pub use request::{Known, Request};
pub use retry::RetryPolicy;
pub use runtime::{BoxFuture, Runtime, TokioRuntime};
pub use session::{SANDBOX_BASE_URL, Session, SessionBuilder};
#[cfg(feature = "custom-reqwest")]
pub use transport::ReqwestTransport;
pub use transport::{
    HttpTransport, HttpTransportBuilder, Transport, TransportError, TransportErrorKind, WireRequest,
    WireResponse,
};
pub use wait::{Progress, Schedule, Wait, Waiter, WakeHandle};

/// The result of every fallible call of the SDK.
pub type Result<T, E = Error> = std::result::Result<T, E>;
