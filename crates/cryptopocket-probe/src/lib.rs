#![doc = include_str!("../README.md")]

mod ask;
mod compare;
mod files;
mod form;
mod locate;
mod outline;
mod patch;
mod report;
mod walk;

pub use report::{Cure, Finding, Report, Verdict};
pub use walk::Probe;
