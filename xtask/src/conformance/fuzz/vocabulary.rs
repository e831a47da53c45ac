//! The words that requests are made of: `judges/fuzz.yaml`.

use serde::Deserialize;

/// The file.
#[derive(Debug, Deserialize)]
pub(crate) struct Vocabulary {
    /// JSON texts, one on each line.
    pub(crate) values: String,
    pub(crate) methods: Vec<String>,
    pub(crate) media: Vec<String>,
    /// Method and path.
    pub(crate) paths: Vec<String>,
    pub(crate) fields: Vec<String>,
}

impl Vocabulary {
    pub(crate) fn read() -> Result<Self, String> {
        yaml_serde::from_str(include_str!("../../../judges/fuzz.yaml")).map_err(|e| format!("fuzz.yaml: {e}"))
    }
}
