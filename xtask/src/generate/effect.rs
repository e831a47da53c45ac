//! Whether the generator did what it was told. It ignores a setting that names nothing.

use crate::copy::{self, Slices};
use serde_json::{Map, Value};

/// Looks for the effect of each setting, replacement and injected type in a generated module.
pub(super) fn check(slice: &Value, file: &syn::File, slices: &Slices) -> Result<(), String> {
    let text: String = prettyplease::unparse(file).split_whitespace().collect();
    let schemas = slice.pointer("/components/schemas").and_then(Value::as_object);
    for name in schemas.into_iter().flat_map(Map::keys) {
        let replacement = if slices.enums.contains(name) {
            format!("::cryptopocket_types::{name}")
        } else {
            continue;
        };
        let made = [
            format!("pubenum{name}{{"),
            format!("pubstruct{name}("),
            format!("pubstruct{name}{{"),
        ];
        if made.iter().any(|declaration| text.contains(declaration)) {
            return Err(format!("`{name}` should have been replaced, but was generated"));
        }
        if !text.contains(&replacement) {
            return Err(format!("the replacement `{replacement}` does not appear"));
        }
    }
    for path in copy::injected(slice) {
        if !text.contains(&format!("::{path}")) {
            return Err(format!("the injected type `{path}` does not appear"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Document;
    use crate::workspace;
    use std::collections::BTreeMap;

    /// What the check says of the on-ramp, generated with these replacements.
    #[track_caller]
    fn checked(change: impl FnOnce(&mut BTreeMap<String, String>), slice: impl FnOnce(&mut Value)) -> String {
        let document = Document::read(&workspace::root().join(workspace::SPEC)).unwrap();
        let slices = copy::slices(&document);
        let mut replacements = super::super::replacements(&slices);
        change(&mut replacements);
        let file = super::super::client::module(&slices.tags["onramp"], &replacements).unwrap();
        let mut expected = slices.tags["onramp"].clone();
        slice(&mut expected);
        check(&expected, &file, &slices).err().unwrap_or_default()
    }

    #[test]
    fn effective_settings_pass() {
        assert_eq!(checked(|_| {}, |_| {}), "");
    }

    #[test]
    fn unused_replacement_is_reported() {
        let misspelt = |map: &mut BTreeMap<String, String>| {
            let path = map.remove("PaymentStatus").unwrap();
            map.insert("PaymentState".to_owned(), path);
        };
        assert_eq!(
            checked(misspelt, |_| {}),
            "`PaymentStatus` should have been replaced, but was generated"
        );
    }

    #[test]
    fn ignored_injected_type_is_reported() {
        let asked = |slice: &mut Value| {
            slice["components"]["schemas"]["Payment"]["properties"]["id"]["x-rust-type"]["path"] =
                Value::from("cryptopocket_types::Ignored");
        };
        assert_eq!(
            checked(|_| {}, asked),
            "the injected type `cryptopocket_types::Ignored` does not appear"
        );
    }
}
