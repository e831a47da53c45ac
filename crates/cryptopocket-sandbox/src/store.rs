//! The state file: what happened is in it before anybody hears of it.

mod file;
mod progress;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use file::Broken;
pub(crate) use writer::{Mark, Store, Stuck};
