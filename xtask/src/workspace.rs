//! Where things stand in the workspace.

use std::path::PathBuf;

/// The OpenAPI document.
pub(crate) const SPEC: &str = "spec/openapi.yaml";

/// The event catalogue.
pub(crate) const EVENTS: &str = "spec/events.yaml";

/// The workspace root, wherever the task was started from.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}
