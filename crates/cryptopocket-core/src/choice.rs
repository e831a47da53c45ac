//! Choices between the forms that an undocumented part of the API may have.
//!
//! Much of the API is undocumented, so the SDK's paths and names are partly guesses. A choice corrects a guess without a new
//! release: another path, other names of parameters and fields, another number of the first page.
//! `cryptopocket probe` proposes a file of choices.

mod translate;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use self::translate::{at, renamed, translated};
use crate::error::Error;
use crate::getters::getters;

/// The version of the form that this SDK reads and writes.
const VERSION: u32 = 1;

/// How one operation is called and read, where that differs from what this SDK knows.
///
/// Names are those of the OpenAPI document, each with the one that the provider uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Choice {
    /// Path below the base URL, with the same parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Parameters of the query.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// Fields of the request body.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub request: BTreeMap<String, String>,
    /// Fields of the object that the reply is about, or of each row of a list. `holder.name` is the field `name` of the
    /// object `holder`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub reply: BTreeMap<String, String>,
    /// Units of amounts in the reply, by name: `cent` for an amount that the document has in currency units, or
    /// `currency-unit` for one that it has in cents.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, String>,
    /// Number of the first page: 1 unless chosen, or 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_page: Option<u32>,
}

/// The choices of a session, by operation.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::{Choices, Credentials, Session};
///
/// # fn main() -> cryptopocket_core::Result<()> {
/// let choices = Choices::parse(
///     r#"{"version": 1, "operations": {"get_token_price": {"path": "/token-price", "reply": {"price": "rate"}}}}"#,
/// )?;
/// let session = Session::builder()
///     .credentials(Credentials::new("key", "secret"))
///     .choices(choices.clone())
///     .build()?;
/// assert_eq!(choices.of("get_token_price").unwrap().path.as_deref(), Some("/token-price"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    version: u32,
    operations: BTreeMap<String, Choice>,
}

impl Choices {
    /// No choices: everything is called and read as the SDK knows it.
    pub const fn new() -> Self {
        Self {
            version: VERSION,
            operations: BTreeMap::new(),
        }
    }

    /// Reads the text of a file of choices.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) for text that is none, and for a path or name that cannot be
    /// one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let choices: Self = serde_json::from_str(text).map_err(|error| {
            // The texts of the file are names of the API, yet a file of another kind may hold anything.
            let (line, column) = (error.line(), error.column());
            wrong(&format!("they cannot be read at line {line}, column {column}"))
        })?;
        if choices.version != VERSION {
            return Err(wrong(&format!("their version is not {VERSION}")));
        }
        choices.check()?;
        Ok(choices)
    }

    /// The text of a file of choices.
    pub fn to_text(&self) -> String {
        // Writing texts into memory cannot fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The choice of an operation.
    pub fn of(&self, operation: &str) -> Option<&Choice> {
        self.operations.get(operation)
    }

    /// The choice of an operation, to be changed.
    pub fn of_mut(&mut self, operation: &str) -> &mut Choice {
        self.operations.entry(operation.to_owned()).or_default()
    }

    /// Whether there are no choices.
    pub fn is_empty(&self) -> bool {
        self.operations
            .values()
            .all(|choice| *choice == Choice::default())
    }

    /// Checks everything that does not depend on the operation.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (operation, choice) in &self.operations {
            let mut names = [&choice.parameters, &choice.request, &choice.reply]
                .into_iter()
                .flatten();
            let problem = if choice.path.as_deref().is_some_and(|path| !is_path(path)) {
                format!("the path of {operation} cannot be one")
            } else if names.any(|(_, name)| !is_name(name)) {
                format!("a name of {operation} cannot be one")
            } else if choice.units.values().any(|unit| places(unit).is_none()) {
                format!("a unit of {operation} is neither cent nor currency-unit")
            } else if choice.first_page.is_some_and(|page| page > 1) {
                format!("the first page of {operation} is neither 0 nor 1")
            } else {
                continue;
            };
            return Err(wrong(&problem));
        }
        Ok(())
    }
}

impl Default for Choices {
    fn default() -> Self {
        Self::new()
    }
}

/// The names on the wire that the OpenAPI document states besides its own; the generated calls give them to
/// [`Request::names`](crate::Request::names).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WireNames {
    /// Parameters of the query.
    pub parameters: &'static [(&'static str, &'static str)],
    /// Fields of the request body.
    pub request: &'static [(&'static str, &'static str)],
    /// Fields of the reply.
    pub reply: &'static [(&'static str, &'static str)],
    /// Units of amounts in the reply; see [`Choice::units`].
    pub units: &'static [(&'static str, &'static str)],
    /// Number of the first page.
    pub first_page: u32,
}

impl WireNames {
    /// The document's own names, and pages that count from 1.
    pub(crate) const NONE: Self = Self {
        parameters: &[],
        request: &[],
        reply: &[],
        units: &[],
        first_page: 1,
    };
}

/// Own names, each with the one on the wire.
type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// What an operation is called with: the session's choice, then the document's names on the wire.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) choice: Option<&'a Choice>,
    pub(crate) wire: WireNames,
}

impl<'a> Names<'a> {
    pub(crate) fn parameter<'n>(&self, name: &'n str) -> &'n str
    where
        'a: 'n,
    {
        let names = pairs(self.choice.map(|choice| &choice.parameters), self.wire.parameters);
        let found = names.iter().find(|(own, _)| *own == name);
        found.map_or(name, |(_, wire)| wire)
    }

    pub(crate) fn first_page(&self) -> u32 {
        let chosen = self.choice.and_then(|choice| choice.first_page);
        chosen.unwrap_or(self.wire.first_page)
    }

    getters! { |names|
        pub(crate) request: Pairs<'a> = pairs(names.choice.map(|choice| &choice.request), names.wire.request);
        pub(crate) reply: Pairs<'a> = pairs(names.choice.map(|choice| &choice.reply), names.wire.reply);
        pub(crate) units: Pairs<'a> = pairs(names.choice.map(|choice| &choice.units), names.wire.units);
    }
}

fn pairs<'a>(
    chosen: Option<&'a BTreeMap<String, String>>,
    stated: &'static [(&'static str, &'static str)],
) -> Pairs<'a> {
    let is_chosen = |name: &str| chosen.is_some_and(|chosen| chosen.contains_key(name));
    let stated = stated.iter().copied().filter(|(name, _)| !is_chosen(name));
    let chosen = chosen.into_iter().flatten();
    chosen
        .map(|(name, wire)| (name.as_str(), wire.as_str()))
        .chain(stated)
        .collect()
}

/// By how many places the point of an amount in this unit moves, to become that of the document.
fn places(unit: &str) -> Option<i32> {
    match unit {
        "cent" => Some(-2),
        "currency-unit" => Some(2),
        _ => None,
    }
}

/// The names of the parameters in a path, in their order.
pub(crate) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| segment.starts_with('{'))
}

fn is_path(path: &str) -> bool {
    let is_segment = |segment: &str| {
        let bare = segment
            .strip_prefix('{')
            .and_then(|segment| segment.strip_suffix('}'))
            .unwrap_or(segment);
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~');
        !bare.is_empty() && bare != "." && bare != ".." && bare.bytes().all(is_word)
    };
    path.strip_prefix('/')
        .is_some_and(|path| path.split('/').all(is_segment))
}

fn is_name(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    name.split('.')
        .all(|part| !part.is_empty() && part.bytes().all(is_word))
}

fn wrong(detail: &str) -> Error {
    Error::configuration(
        format!("the choices are wrong: {detail}"),
        "Correct the file, or let `cryptopocket probe` write a new one.",
    )
}

#[cfg(test)]
mod tests;
