//! Shared ground of the cross-crate tests: every operation as its feature crate calls it, with secrets and personal
//! data planted in each request and each reply.

pub mod canary;
pub mod catalogue;
pub mod scripted;
