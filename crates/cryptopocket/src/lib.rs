#![doc = include_str!("../README.md")]

mod builder;
mod client;
#[cfg(feature = "market")]
pub mod market;
#[cfg(test)]
mod tests;

#[cfg(feature = "banking")]
#[doc(inline)]
pub use cryptopocket_banking as banking;
#[cfg(feature = "offramp")]
#[doc(inline)]
pub use cryptopocket_offramp as offramp;
#[cfg(feature = "onramp")]
#[doc(inline)]
pub use cryptopocket_onramp as onramp;
#[cfg(feature = "users")]
#[doc(inline)]
pub use cryptopocket_users as users;
#[cfg(feature = "webhooks")]
#[doc(inline)]
pub use cryptopocket_webhooks as webhooks;

#[cfg(feature = "testing")]
#[doc(inline)]
pub use cryptopocket_core::testing;
#[doc(no_inline)]
pub use cryptopocket_core::{
    Advice, BoxFuture, Bytes, Credentials, Effect, Error, ErrorKind, FieldError, HeaderMap, HeaderName,
    HeaderValue, HttpTransport, HttpTransportBuilder, Items, Method, Page, PageRequest, Pager, Pages,
    PagesEnd, Progress, Request, Result, RetryPolicy, Runtime, SANDBOX_BASE_URL, Schedule, Sent, Session,
    SessionBuilder, Stage, TokioRuntime, Transport, TransportError, TransportErrorKind, Wait, Waiter,
    WakeHandle, WireRequest, WireResponse, input,
};
#[doc(no_inline)]
pub use cryptopocket_types::*;

pub use builder::ClientBuilder;
pub use client::Client;
