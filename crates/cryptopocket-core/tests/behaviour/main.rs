//! Behaviour of sessions: over a scripted transport, and over HTTP on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod departure;
mod detached;
mod login;
mod matrix;
mod over_http;
mod raw;
mod server;
mod silence;
mod texts;
#[cfg(any(feature = "ring", feature = "aws-lc", feature = "native-tls"))]
mod tls;
