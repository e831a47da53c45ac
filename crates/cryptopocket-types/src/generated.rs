//! What `cargo xtask regen` writes from the specification.

pub(crate) mod enums;
