//! Shared data of the cross-crate tests: every operation with a call of its feature crate, canaries for secrets and
//! personal data in each request and reply, and a provider that differs from the spec.

pub mod canary;
pub mod catalogue;
pub mod other_provider;
pub mod scripted;

/// The README's example, which runs as a documentation test.
#[doc = include_str!("../../README.md")]
#[allow(
    clippy::doc_markdown,
    reason = "the README is written for people who read Markdown"
)]
pub mod readme {}
