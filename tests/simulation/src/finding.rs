//! An invariant that does not hold.

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
