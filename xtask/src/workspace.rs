//! Paths of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The OpenAPI document.
pub(crate) const SPEC: &str = "spec/openapi.yaml";

/// The event catalogue.
pub(crate) const EVENTS: &str = "spec/events.yaml";

/// The workspace root.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

/// Cargo, in the workspace root.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).env("CARGO_TERM_COLOR", "never");
    command
}
