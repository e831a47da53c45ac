//! The conformance suite: the SDK over real HTTP against a provider.
//!
//! The provider is the emulator, in process. For a live run against the real provider set
//! `CRYPTOPOCKET_CONFORMANCE=live`, `CRYPTOPOCKET_API_KEY`, `CRYPTOPOCKET_API_SECRET` and, if it is not the default,
//! `CRYPTOPOCKET_BASE_URL`. Steps that only the emulator can do are then skipped with a notice.
//!
//! For a proxy between SDK and emulator set `CRYPTOPOCKET_CONFORMANCE_PORT`, the port of the emulator of each test, and
//! `CRYPTOPOCKET_CONFORMANCE_PROXY`, the address for the SDK, and run one test at a time: `--test-threads 1`. Leave out
//! replies that are broken on purpose (`--skip faults::`) and, if the proxy reads JSON numbers as floats like Prism, long
//! numbers (`--skip eighteen_decimals`).

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
mod target;
mod transfers;
mod units;
mod webhooks;
