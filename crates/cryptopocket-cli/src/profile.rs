//! Profiles: base URL and credentials, kept in a file that only its owner can read.

mod file;
mod folder;

pub(crate) use self::file::{ConfigFile, Profile};
pub(crate) use self::folder::config_file;

/// The profile to use when none is named.
pub(crate) const DEFAULT: &str = "default";
