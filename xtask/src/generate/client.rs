//! Running the generator on one slice of the document.

use crate::copy;
use crate::spec::Document;
use openapiv3::OpenAPI;
use progenitor::{CrateVers, GenerationSettings, Generator};
use serde_json::Value;
use std::panic::{self, AssertUnwindSafe};

/// Half of what the generator cannot do panics, and nothing names the operation.
const PANICKED: &str = "the generator panicked, see above: the rules of `cargo xtask lint` lack one";

/// Generates the client and types of one slice.
pub(super) fn module(slice: &Document) -> Result<syn::File, String> {
    let spec: OpenAPI = serde_json::from_value(slice.root().clone()).map_err(|e| e.to_string())?;
    let mut settings = GenerationSettings::new();
    settings.with_map_type("::std::collections::BTreeMap").with_crate(
        "cryptopocket-types",
        CrateVers::Any,
        None,
    );
    let generated = panic::catch_unwind(AssertUnwindSafe(|| {
        Generator::new(&settings).generate_tokens(&spec)
    }));
    let tokens = generated.map_err(|_| PANICKED)?.map_err(|e| e.to_string())?;
    let file = syn::parse2(tokens).map_err(|e| e.to_string())?;
    check(slice.root(), &file).map(|()| file)
}

/// Looks for each injected type: the generator ignores a setting that it cannot follow.
fn check(slice: &Value, file: &syn::File) -> Result<(), String> {
    let text: String = prettyplease::unparse(file).split_whitespace().collect();
    let mut injected = copy::injected(slice).into_iter();
    match injected.find(|path| !text.contains(&format!("::{path}"))) {
        Some(path) => Err(format!("the injected type `{path}` does not appear")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn ignored_injected_type_is_reported() {
        let document = Document::read(&workspace::root().join(workspace::SPEC)).unwrap();
        let slice = copy::slices(&document).remove("onramp").unwrap();
        let file = module(&slice).unwrap();
        let mut slice = slice.root().clone();
        for (property, ignored) in [("id", "Ignored"), ("status", "PaymentState")] {
            assert_eq!(check(&slice, &file), Ok(()));
            let property = format!("/components/schemas/Payment/properties/{property}/x-rust-type/path");
            let path = slice.pointer_mut(&property).unwrap();
            let known = std::mem::replace(path, format!("cryptopocket_types::{ignored}").into());
            assert_eq!(
                check(&slice, &file).unwrap_err(),
                format!("the injected type `cryptopocket_types::{ignored}` does not appear")
            );
            *slice.pointer_mut(&property).unwrap() = known;
        }
    }
}
