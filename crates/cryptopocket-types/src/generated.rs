//! What `cargo xtask regen` writes from the specification.

#[allow(clippy::doc_markdown, reason = "the prose is the specification's")]
pub(crate) mod enums;
