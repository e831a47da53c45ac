//! An invariant that does not hold.

pub(crate) const JOURNALLED: &str = "no created payment without a journal row";
pub(crate) const TWICE: &str = "no effect twice";
pub(crate) const AGREEMENT: &str = "the journal's final word agrees with the provider";
pub(crate) const FENCED: &str = "no effect of a handler whose lease was lost";
pub(crate) const BACKWARDS: &str = "no state backwards";
pub(crate) const LOST: &str = "nothing acknowledged is lost";
pub(crate) const EVENTS: &str = "every event has its effect once";
pub(crate) const SEEN: &str = "every settled payment is seen as settled once";
pub(crate) const CENTS: &str = "every bank cent is explained";
pub(crate) const SETTLES: &str = "the system settles";

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) invariant: &'static str,
    /// The objects that it is about.
    pub(crate) subjects: Vec<String>,
    pub(crate) text: String,
}

impl Finding {
    pub(crate) fn new(invariant: &'static str, subjects: &[&str], text: impl Into<String>) -> Self {
        Self {
            invariant,
            subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
            text: text.into(),
        }
    }
}
