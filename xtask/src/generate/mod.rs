//! From the document to generated files.

mod client;
mod edit;
mod enums;
mod events;
mod operations;
mod schemas;

use crate::copy::{self, Slices};
use crate::spec::Document;
use edit::Context;
use std::collections::BTreeMap;

/// Path below the workspace root, and content.
#[cfg(test)]
pub(crate) use edit::pascal;
pub(crate) use enums::{values, variant};

/// Path below the workspace root, and content.
pub(crate) type Files = BTreeMap<String, String>;

/// The folder of the generated client.
pub(crate) const API: &str = "crates/cryptopocket-api/src/generated";
const TYPES: &str = "crates/cryptopocket-types/src/generated";

/// Folders that hold generated files only.
pub(crate) fn folders() -> impl Iterator<Item = &'static str> {
    [API, TYPES].into_iter().chain(events::FOLDERS)
}

const SOURCE: &str = "spec/openapi.yaml";

/// Every generated file.
pub(crate) fn files(document: &Document, events: &serde_json::Value) -> Result<Files, String> {
    let mut files = client_files(document)?;
    files.extend(events::files(events)?);
    Ok(files)
}

fn client_files(document: &Document) -> Result<Files, String> {
    let slices = copy::slices(document);
    let context = Context {
        document,
        roles: &slices.roles,
    };
    let mut files = Files::new();
    let mut modules = Vec::new();
    for (tag, slice) in &slices.tags {
        let mut file =
            client::module(slice, &replacements(&slices, true)).map_err(|e| format!("tag `{tag}`: {e}"))?;
        edit::apply(&mut file, context).map_err(|e| format!("tag `{tag}`: {e}"))?;
        check_settings(tag, slice, &file, &slices)?;
        files.insert(
            format!("{API}/{tag}.rs"),
            print(&file, &format!("Calls and types of the tag `{tag}`.")),
        );
        modules.push(*tag);
    }
    let shared =
        client::module(&slices.shared, &replacements(&slices, false)).map_err(|e| format!("shared: {e}"))?;
    let shared = edit::types_only(shared, context).map_err(|e| format!("shared: {e}"))?;
    files.insert(
        format!("{API}/shared.rs"),
        print(&shared, "Types that several tags use."),
    );
    let table = operations::file(document)?;
    files.insert(
        format!("{API}/operations.rs"),
        print(&table, "What the core must know of each call."),
    );
    let schemas = schemas::file(&slices)?;
    files.insert(
        format!("{API}/schemas.rs"),
        print(&schemas, "JSON Schemas of the types."),
    );
    files.insert(format!("{API}/mod.rs"), module_list(&modules));
    let enums = header("The named values of the API, one open enum each.", SOURCE) + &enums::file(document)?;
    files.insert(format!("{TYPES}/enums.rs"), enums);
    Ok(files)
}

fn replacements(slices: &Slices, shared: bool) -> BTreeMap<String, String> {
    let enums = slices
        .enums
        .iter()
        .map(|name| (name.clone(), format!("::cryptopocket_types::{name}")));
    let types = slices
        .shared_names
        .iter()
        .map(|name| (name.clone(), format!("crate::shared::{name}")));
    enums.chain(types.filter(|_| shared)).collect()
}

/// The generator ignores a setting that names nothing; so each is looked for in what it wrote.
fn check_settings(
    tag: &str,
    slice: &serde_json::Value,
    file: &syn::File,
    slices: &Slices,
) -> Result<(), String> {
    let text = prettyplease::unparse(file);
    let squeezed: String = text.split_whitespace().collect();
    let schemas = slice
        .pointer("/components/schemas")
        .and_then(serde_json::Value::as_object);
    for name in schemas.into_iter().flat_map(serde_json::Map::keys) {
        if squeezed.contains(&format!("pubenum{name}{{")) || squeezed.contains(&format!("pubstruct{name}(")) {
            return Err(format!(
                "tag `{tag}`: `{name}` should have been replaced, but was generated"
            ));
        }
        if slices.shared_names.contains(name) && squeezed.contains(&format!("pubstruct{name}{{")) {
            return Err(format!("tag `{tag}`: `{name}` is shared, but was generated"));
        }
    }
    for path in copy::injected(slice) {
        if !squeezed.contains(&format!("::{path}")) {
            return Err(format!("tag `{tag}`: the injected type `{path}` does not appear"));
        }
    }
    Ok(())
}

fn module_list(tags: &[&str]) -> String {
    let steps = copy::STEPS
        .iter()
        .map(|step| format!("- `{}`: {}.", step.name, step.reason));
    let said = [
        "The generated modules.",
        "",
        "The generator sees a copy of the document, changed in these steps:",
        "",
    ];
    let doc: Vec<String> = said.into_iter().map(str::to_owned).chain(steps).collect();
    let modules = tags
        .iter()
        .map(|tag| format!("#[cfg(feature = \"{tag}\")]\npub mod {tag};\n"));
    let modules: Vec<String> = modules.collect();
    header(&doc.join("\n"), SOURCE)
        + &modules.concat()
        + "pub mod operations;\n#[cfg(feature = \"schemars\")]\npub mod schemas;\npub mod shared;\n"
}

fn print(file: &syn::File, doc: &str) -> String {
    header(doc, SOURCE) + &prettyplease::unparse(file)
}

fn header(doc: &str, source: &str) -> String {
    let lines: Vec<String> = doc
        .lines()
        .map(|line| format!("//! {line}").trim_end().to_owned())
        .collect();
    let doc = lines.join("\n");
    format!("// @generated by `cargo xtask regen` from {source}. Change that, not this.\n\n{doc}\n\n")
}
