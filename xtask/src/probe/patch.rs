//! The patch that a probe proposes.

use crate::spec;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Changes to operations and schemas, by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    version: u32,
    #[serde(default)]
    pub(super) operations: BTreeMap<String, Operation>,
    #[serde(default)]
    pub(super) schemas: BTreeMap<String, BTreeMap<String, Change>>,
}

/// A change to an operation.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Operation {
    pub(super) path: Option<String>,
    pub(super) grade: Option<String>,
    pub(super) first_page: Option<u32>,
    pub(super) parameters: BTreeMap<String, Change>,
}

/// A change to a parameter or property.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Change {
    /// Its name on the wire.
    pub(super) name: Option<String>,
    /// Other kinds of values that come.
    pub(super) form: Vec<String>,
    /// Its unit on the wire.
    pub(super) unit: Option<String>,
    pub(super) grade: Option<String>,
}

impl Patch {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let patch: Self = serde_json::from_value(spec::yaml(text)?)
            .map_err(|e| format!("this is no patch of a probe: {e}"))?;
        if patch.version == 1 {
            Ok(patch)
        } else {
            Err(format!(
                "a patch of version {}, and this tool knows version 1",
                patch.version
            ))
        }
    }
}
