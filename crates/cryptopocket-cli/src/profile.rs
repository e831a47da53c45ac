//! Profiles: what a person would otherwise type every time, in a file that only they can read.

mod file;
mod folder;

pub(crate) use self::file::{ConfigFile, Profile};
pub(crate) use self::folder::config_file;

/// The profile that is read when nothing else says where to go.
pub(crate) const DEFAULT: &str = "default";
