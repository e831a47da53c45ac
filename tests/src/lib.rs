//! Shared ground of the cross-crate tests.
