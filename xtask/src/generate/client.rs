//! Running the generator on one slice of the document.

use openapiv3::OpenAPI;
use progenitor::{CrateVers, GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use serde_json::Value;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};

/// Half of what the generator cannot do panics, and nothing names the operation.
const PANICKED: &str = "the generator panicked, see above: the rules of `cargo xtask lint` lack one";

/// Generates the client and types of one slice. `replacements` maps schema names to existing Rust types.
pub(crate) fn module(slice: &Value, replacements: &BTreeMap<String, String>) -> Result<syn::File, String> {
    let spec: OpenAPI = serde_json::from_value(slice.clone()).map_err(|e| e.to_string())?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap")
        .with_crate("cryptopocket-types", CrateVers::Any, None);
    for (name, path) in replacements {
        settings.with_replacement(name, path, [TypeImpl::Display].into_iter());
    }
    let generated = panic::catch_unwind(AssertUnwindSafe(|| {
        Generator::new(&settings).generate_tokens(&spec)
    }));
    let tokens = generated.map_err(|_| PANICKED)?.map_err(|e| e.to_string())?;
    syn::parse2(tokens).map_err(|e| e.to_string())
}
