//! One suite of behaviour: the SDK as a user calls it, over real HTTP, against a provider.
//!
//! The provider is the emulator, in process. With `CRYPTOPOCKET_CONFORMANCE=live` and `CRYPTOPOCKET_API_KEY`,
//! `CRYPTOPOCKET_API_SECRET` and, where it is not the default, `CRYPTOPOCKET_BASE_URL` in the environment it is the
//! provider itself; what only the emulator can be made to do is skipped then, and each test says so.
//!
//! For a judge between the two: `CRYPTOPOCKET_CONFORMANCE_PORT` is where the emulator of each test listens, and
//! `CRYPTOPOCKET_CONFORMANCE_PROXY` where the SDK is told that it does. One test at a time then: `--test-threads 1`.
//! What is broken on purpose is no violation, so leave it out: `--skip faults::`. A judge that reads JSON numbers as
//! floats, as Prism does, changes long ones on their way: `--skip eighteen_decimals`.

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
