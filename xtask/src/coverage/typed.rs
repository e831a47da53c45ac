//! Typed calls: public methods whose documentation names an operation.

use super::sources::rust_files;
use std::fs;
use std::path::Path;
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, Visibility};

/// The crates that have typed calls.
const CRATES: [&str; 6] = [
    "cryptopocket",
    "cryptopocket-users",
    "cryptopocket-onramp",
    "cryptopocket-offramp",
    "cryptopocket-banking",
    "cryptopocket-webhooks",
];

/// A method that makes a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TypedCall {
    pub(super) operation: String,
    /// `OnRamp::payment`.
    pub(super) name: String,
    /// Whether its documentation has an example that runs.
    pub(super) example: bool,
}

/// Every typed call of the workspace; for each operation the calls named nearest to it come first.
pub(super) fn calls(root: &Path) -> Result<Vec<TypedCall>, String> {
    let mut found = Vec::new();
    for name in CRATES {
        for file in rust_files(&root.join("crates").join(name).join("src")) {
            let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
            if text.contains("Operation: `") {
                let parsed = syn::parse_file(&text).map_err(|e| format!("{}: {e}", file.display()))?;
                collect(&parsed.items, &mut found);
            }
        }
    }
    found.sort_by_key(|call| (call.operation.clone(), name_distance(call), call.name.clone()));
    Ok(found)
}

/// How many words of the operation's id the method lacks, then how long it is.
fn name_distance(call: &TypedCall) -> (usize, usize) {
    let words = call
        .operation
        .split('_')
        .filter(|word| !call.name.to_lowercase().contains(word.trim_end_matches('s')));
    (words.count(), call.name.len())
}

fn collect(items: &[Item], found: &mut Vec<TypedCall>) {
    for item in items {
        match item {
            Item::Impl(block) if block.trait_.is_none() => {
                let syn::Type::Path(path) = &*block.self_ty else {
                    continue;
                };
                let owner = path
                    .path
                    .segments
                    .last()
                    .map(|s| s.ident.to_string())
                    .unwrap_or_default();
                for item in &block.items {
                    if let ImplItem::Fn(function) = item
                        && matches!(function.vis, Visibility::Public(_))
                    {
                        note(
                            &function.attrs,
                            &format!("{owner}::{}", function.sig.ident),
                            found,
                        );
                    }
                }
            }
            Item::Fn(function) if matches!(function.vis, Visibility::Public(_)) => {
                note(&function.attrs, &function.sig.ident.to_string(), found);
            }
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    collect(items, found);
                }
            }
            _ => {}
        }
    }
}

fn note(attrs: &[Attribute], name: &str, found: &mut Vec<TypedCall>) {
    let lines = doc_lines(attrs);
    let operation = |line: &str| Some(line.strip_prefix("Operation: `")?.split('`').next()?.to_owned());
    for operation in lines.iter().filter_map(|line| operation(line)) {
        found.push(TypedCall {
            operation,
            name: name.to_owned(),
            example: has_example(&lines),
        });
    }
}

/// An `# Examples` heading with a code block under it that rustdoc runs.
fn has_example(lines: &[String]) -> bool {
    let below = lines
        .iter()
        .skip_while(|line| *line != "# Examples" && *line != "# Example");
    let fence = below.skip(1).find_map(|line| line.strip_prefix("```"));
    fence.is_some_and(|kind| !kind.contains("ignore") && !kind.contains("text"))
}

fn doc_lines(attrs: &[Attribute]) -> Vec<String> {
    let texts = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    texts
        .flat_map(|text| {
            text.lines()
                .map(|line| line.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}
