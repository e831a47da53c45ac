//! Tests of all generated files together.

pub(crate) mod outline;
