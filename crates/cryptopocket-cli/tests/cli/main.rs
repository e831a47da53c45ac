//! Runs the real program against an emulator in this process.

#![allow(clippy::unwrap_used, reason = "in a test, a missing value is a failure")]

mod api;
mod bad_input;
mod ca_file;
#[allow(
    dead_code,
    clippy::duration_suboptimal_units,
    reason = "the sandbox's tests use the rest of it, with an older Rust"
)]
#[path = "../../../cryptopocket-sandbox/tests/behaviour/browser/chrome.rs"]
mod chrome;
#[cfg(feature = "store")]
#[path = "../../../cryptopocket-inbox/tests/stores/cluster.rs"]
mod cluster;
mod demo;
mod doctor;
mod effects;
mod exit_codes;
mod help;
#[cfg(feature = "store")]
mod inbox;
mod json_forms;
mod listen;
mod matching;
mod matching_apply;
mod matching_files;
mod matching_page;
mod messages;
mod open_words;
mod people;
mod probe;
mod profiles;
mod program;
mod receiving;
mod reconcile;
mod recovery;
mod sandbox;
mod secrets;
#[cfg(feature = "store")]
mod stored;
mod unreadable;
mod verify;
#[cfg(feature = "store")]
mod views;
