//! Paths in code, macro bodies included.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::modules::{Import, flatten, only_in_tests};

/// What a piece of code mentions.
#[derive(Default)]
pub(super) struct References {
    /// Paths of two segments and more, and single names that can only be items.
    pub(super) paths: Vec<Vec<String>>,
    /// Imports inside functions.
    pub(super) imports: Vec<Import>,
}

impl References {
    pub(super) fn of(code: &TokenStream) -> Self {
        let mut references = Self::default();
        references.scan(code.clone());
        references
    }

    fn scan(&mut self, code: TokenStream) {
        let tokens: Vec<_> = code.into_iter().collect();
        let mut index = 0;
        while index < tokens.len() {
            index = self.step(&tokens, index);
        }
    }

    /// Reads what begins at `index`; returns where the next thing begins.
    fn step(&mut self, tokens: &[TokenTree], index: usize) -> usize {
        match &tokens[index] {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Group(group)) = tokens.get(index + 1)
                    && only_in_tests(&group.stream().to_string())
                {
                    return after_item(tokens, index + 2);
                }
                index + 1
            }
            TokenTree::Ident(word) if word == "use" => self.import(tokens, index),
            // Code for another crate.
            TokenTree::Ident(word) if ["quote", "parse_quote"].iter().any(|quoted| word == quoted) => {
                index + 3
            }
            TokenTree::Ident(_) => self.path(tokens, index),
            TokenTree::Group(group) => {
                self.scan(group.stream());
                index + 1
            }
            TokenTree::Literal(literal) => {
                self.quoted(&literal.to_string());
                index + 1
            }
            TokenTree::Punct(_) => index + 1,
        }
    }

    fn import(&mut self, tokens: &[TokenTree], index: usize) -> usize {
        let end = (index..tokens.len()).find(|at| is_punct(tokens.get(*at), ';'));
        let end = end.map_or(tokens.len(), |at| at + 1);
        let text: TokenStream = tokens[index..end].iter().cloned().collect();
        match syn::parse2::<syn::ItemUse>(text) {
            Ok(import) => {
                self.imports.extend(flatten(&import.tree, false));
                end
            }
            Err(_) => index + 1, // `use<'a>` of a return type, or a macro's own word.
        }
    }

    fn path(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        let mut path = Vec::new();
        let mut index = start;
        while let Some(TokenTree::Ident(segment)) = tokens.get(index) {
            path.push(segment.to_string());
            index += 1;
            if !(is_punct(tokens.get(index), ':') && is_punct(tokens.get(index + 1), ':')) {
                break;
            }
            if !matches!(tokens.get(index + 2), Some(TokenTree::Ident(_))) {
                break;
            }
            index += 2;
        }
        let before = start.checked_sub(1).and_then(|at| tokens.get(at));
        let global = is_punct(before, ':')
            && start
                .checked_sub(2)
                .is_some_and(|at| is_punct(tokens.get(at), ':'));
        if !global && (path.len() > 1 || is_item(&path[0], before, tokens.get(index))) {
            self.paths.push(path);
        }
        index
    }

    /// Paths in attributes: `#[serde(with = "crate::wire")]`.
    fn quoted(&mut self, literal: &str) {
        let text = literal.trim_matches('"');
        let path: Vec<_> = text.split("::").map(str::to_owned).collect();
        let local = ["crate", "self", "super"].contains(&path[0].as_str());
        let names = path
            .iter()
            .all(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'));
        if local && names && path.len() > 1 {
            self.paths.push(path);
        }
    }
}

/// Whether a single name is an item's: a type's or constant's, or a function's or macro's that is called. Variables,
/// fields and methods are not.
fn is_item(name: &str, before: Option<&TokenTree>, after: Option<&TokenTree>) -> bool {
    if is_punct(before, '.') || matches!(before, Some(TokenTree::Ident(word)) if word == "fn") {
        return false;
    }
    let called = is_punct(after, '!')
        || matches!(after, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
    called || name.starts_with(char::is_uppercase)
}

/// Where an item ends: after its first block or semicolon.
fn after_item(tokens: &[TokenTree], start: usize) -> usize {
    let ends = |token: &TokenTree| {
        is_punct(Some(token), ';')
            || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    };
    let end = (start..tokens.len()).find(|at| ends(&tokens[*at]));
    end.map_or(tokens.len(), |at| at + 1)
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}
