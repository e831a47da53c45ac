//! Why a command, a fault or a scenario is refused, with spelling suggestions for unknown words.

use std::collections::BTreeMap;
use std::fmt;

use strsim::osa_distance;

use crate::fields::invalid;
use crate::wire::{Failure, Reply, object, summary};

/// A value that is not valid: its place, the rule that it breaks, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The place of the error: a field, the path of one, or a line and a column.
    pub place: String,
    /// The rule that it breaks.
    pub rule: String,
    /// The remedy: what to write instead.
    pub cure: String,
}

impl Misfit {
    /// An error with the place, the rule it breaks, and what to write instead.
    pub fn new(place: impl Into<String>, rule: impl Into<String>, cure: impl Into<String>) -> Self {
        let (place, rule, cure) = (place.into(), rule.into(), cure.into());
        Self { place, rule, cure }
    }

    /// The same error with the path of what surrounds its place.
    pub(crate) fn within(mut self, path: &str) -> Self {
        let dot = if self.place.is_empty() { "" } else { "." };
        self.place = format!("{path}{dot}{}", self.place);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.rule, self.cure)
    }
}

impl std::error::Error for Misfit {}

/// A field breaks a rule; with an empty `field`, the entry that holds it.
pub(crate) fn wrong<T, E: From<Misfit>>(
    field: &str,
    rule: impl Into<String>,
    cure: impl Into<String>,
) -> Result<T, E> {
    Err(Misfit::new(field, rule, cure).into())
}

/// Refuses a word that is not one of the known ones: a fault or a bar for it would never apply.
pub(crate) fn known(field: &str, what: &str, word: &str, words: &[&str]) -> Result<(), Misfit> {
    if words.contains(&word) {
        return Ok(());
    }
    let rule = format!("`{}` is not a known {what}", shortened(word));
    wrong(field, rule, use_one_of(word, words))
}

/// The error of parsing a word of a closed set. Its text lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord(pub(crate) &'static str);

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for UnknownWord {}

/// Why a command is refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// No object of this kind has the given id.
    NotFound(&'static str),
    /// The object's state does not allow the step.
    WrongState(String),
    /// An argument is not valid: the errors of each field, each with the rule and what to write instead.
    Invalid(BTreeMap<String, Vec<String>>),
    /// The emulated provider refuses with this code, as it refuses the API call.
    Refused(String),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "there is no such {what} in this emulator"),
            Self::WrongState(why) => write!(f, "not possible now: {why}"),
            Self::Invalid(errors) => f.write_str(&summary(errors)),
            Self::Refused(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for CommandError {}

impl CommandError {
    /// The HTTP status with which the control plane answers it: 404 for no such object, 409 for a step that the state or
    /// the provider refuses, 422 for an argument that is not valid.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) => 404,
            Self::WrongState(_) | Self::Refused(_) => 409,
            Self::Invalid(_) => 422,
        }
    }
}

/// Every error of a field is a sentence.
impl From<Misfit> for Failure {
    fn from(misfit: Misfit) -> Self {
        invalid(&misfit.place, &format!("{misfit}."))
    }
}

impl From<Misfit> for CommandError {
    fn from(misfit: Misfit) -> Self {
        Failure::from(misfit).into()
    }
}

/// A refusal of the emulated provider, as the control plane answers it.
impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Invalid(errors) => Self::Invalid(errors),
            Failure::Code(code) => Self::Refused(code.to_owned()),
            _ => Self::Refused("unexpected_error".to_owned()),
        }
    }
}

pub(crate) fn wrong_state<T>(why: impl Into<String>) -> Result<T, CommandError> {
    Err(CommandError::WrongState(why.into()))
}

/// The control plane's answer to a command that is refused.
impl From<CommandError> for Reply {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Invalid(errors) => Failure::Invalid(errors).reply(),
            error => Self::json(error.status(), &object! { error: error.to_string() }),
        }
    }
}

/// Longer texts are shortened in messages, and get no suggestion.
const LONGEST: usize = 64;

/// `known` with the words nearest to `text` first; the others keep their order.
fn nearest_first<'a>(text: &str, known: &[&'a str]) -> Vec<&'a str> {
    let mut known = known.to_vec();
    if text.len() <= LONGEST {
        let text = text.to_lowercase();
        known.sort_by_key(|word| {
            let word = word.to_lowercase();
            let distance = osa_distance(&text, &word);
            let near = distance <= text.len().max(word.len()) / 3;
            if near { distance } else { usize::MAX }
        });
    }
    known
}

/// The cure for a word that is not one of `known`, likely ones first.
pub fn use_one_of(text: &str, known: &[&str]) -> String {
    format!("use one of {}", nearest_first(text, known).join(", "))
}

/// A text of any length, shortened for a message.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest_first, shortened};

    #[test]
    fn near_words_come_first() {
        let known = ["event", "fault", "operation", "times"];
        assert_eq!(nearest_first("operatoin", &known)[0], "operation");
        assert_eq!(
            nearest_first("Faults", &known),
            ["fault", "event", "operation", "times"]
        );
        assert_eq!(nearest_first("gremlin", &known), known);
        assert_eq!(nearest_first("", &known), known);
        assert_eq!(nearest_first(&"x".repeat(1 << 20), &known), known);
    }

    #[test]
    fn long_text_is_shortened() {
        assert_eq!(shortened("ñ"), "ñ");
        assert_eq!(shortened(&"ñ".repeat(1_000)).chars().count(), 65);
    }
}
