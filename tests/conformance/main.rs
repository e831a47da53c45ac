//! One suite of behaviour: the SDK as a user calls it, over real HTTP, against a provider.
//!
//! The provider is the emulator, in process. With `CRYPTOPOCKET_CONFORMANCE=live` and `CRYPTOPOCKET_API_KEY`,
//! `CRYPTOPOCKET_API_SECRET` and, where it is not the default, `CRYPTOPOCKET_BASE_URL` in the environment it is the
//! provider itself; what only the emulator can be made to do is skipped then, and each test says so.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part has failed the test it is in"
)]

mod faults;
mod flows;
mod isolation;
mod login;
mod operations;
mod paging;
mod receiver;
mod refusals;
mod stage;
mod transfers;
mod units;
mod webhooks;
