//! Shared ground of the cross-crate tests: every operation as its feature crate calls it, with secrets and personal
//! data planted in each request and each reply.

pub mod canary;
pub mod catalogue;
pub mod scripted;

/// The README's example, which runs as a documentation test.
#[doc = include_str!("../../README.md")]
#[allow(
    clippy::doc_markdown,
    reason = "the README is written for people who read Markdown"
)]
pub mod readme {}
