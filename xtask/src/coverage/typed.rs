//! Typed calls: public methods whose documentation names an operation.

use super::sources::rust_files;
use crate::doc_comment::doc_lines;
use quote::ToTokens as _;
use std::fs;
use std::path::Path;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, ItemFn, ItemImpl, Signature, Visibility};

/// A method that makes a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TypedCall {
    pub(super) operation: String,
    /// `OnRamp::payment`.
    pub(super) name: String,
    /// Whether its documentation has an example that runs.
    pub(super) example: bool,
}

/// Every typed call of the workspace; for each operation the most similar name comes first.
pub(super) fn calls(root: &Path) -> Result<Vec<TypedCall>, String> {
    let mut calls = Calls::default();
    for file in rust_files(&root.join("crates")) {
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        if text.contains("Operation: `") {
            let parsed = syn::parse_file(&text).map_err(|e| format!("{}: {e}", file.display()))?;
            calls.visit_file(&parsed);
        }
    }
    let mut found = calls.found;
    found.sort_by_key(|call| (call.operation.clone(), name_distance(call), call.name.clone()));
    Ok(found)
}

/// The number of words of the operation's id that the method lacks, then the length of its name.
fn name_distance(call: &TypedCall) -> (usize, usize) {
    let words = call
        .operation
        .split('_')
        .filter(|word| !call.name.to_lowercase().contains(word.trim_end_matches('s')));
    (words.count(), call.name.len())
}

#[derive(Default)]
struct Calls {
    /// The type whose methods are visited, followed by `::`.
    owner: String,
    found: Vec<TypedCall>,
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        if block.trait_.is_none() {
            self.owner = format!("{}::", block.self_ty.to_token_stream());
            visit::visit_item_impl(self, block);
            self.owner.clear();
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.note(&function.vis, &function.sig, &function.attrs);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.note(&function.vis, &function.sig, &function.attrs);
    }
}

impl Calls {
    fn note(&mut self, vis: &Visibility, signature: &Signature, attrs: &[Attribute]) {
        if !matches!(vis, Visibility::Public(_)) {
            return;
        }
        let lines = doc_lines(attrs);
        for line in &lines {
            let id = line
                .strip_prefix("Operation: `")
                .and_then(|rest| rest.split('`').next());
            self.found.extend(id.map(|id| TypedCall {
                operation: id.to_owned(),
                name: format!("{}{}", self.owner, signature.ident),
                example: has_example(&lines),
            }));
        }
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
