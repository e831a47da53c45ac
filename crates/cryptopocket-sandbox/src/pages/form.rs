//! Submitted forms, and the errors to show at their fields.

use std::collections::BTreeMap;

use cryptopocket_emulator::server::{Failure, Fields};

/// The values of a submitted form and the errors found in it; both empty for a new form.
#[derive(Debug, Default)]
pub(super) struct Answers<'a> {
    form: Fields<'a>,
    pub(super) errors: BTreeMap<String, Vec<String>>,
    /// The field that gets the focus: the first from the top with an error.
    focus: Option<&'static str>,
}

impl<'a> Answers<'a> {
    /// A submitted form with the errors that its readers recorded. `order` is the names of its fields from top to bottom.
    pub(super) fn refused(form: Fields<'a>, order: &[&'static str]) -> Self {
        let errors = match form.check() {
            Err(Failure::Invalid(errors)) => errors,
            _ => BTreeMap::new(),
        };
        let focus = order.iter().find(|name| errors.contains_key(**name)).copied();
        Self { form, errors, focus }
    }

    pub(super) fn value(&self, name: &str) -> &str {
        self.form.raw_text(name).unwrap_or_default()
    }

    /// The value of a field, or `default` if it is empty.
    pub(super) fn value_or<'v>(&'v self, name: &str, default: &'v str) -> &'v str {
        self.form.raw_text(name).unwrap_or(default)
    }

    /// The first error of a field.
    pub(super) fn error(&self, name: &str) -> Option<&String> {
        self.errors.get(name)?.first()
    }

    pub(super) fn has_focus(&self, name: &str) -> bool {
        self.focus == Some(name)
    }
}
