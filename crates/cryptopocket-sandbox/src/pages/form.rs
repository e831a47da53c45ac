//! Forms that work by keyboard and without script, and show each error at its field.

use std::collections::BTreeMap;

use cryptopocket_emulator::server::{Failure, Fields};
use maud::{Markup, html};

/// The values of a submitted form and the errors found in it; both empty for a new form.
#[derive(Debug, Default)]
pub(super) struct Answers<'a> {
    form: Fields<'a>,
    errors: BTreeMap<String, Vec<String>>,
}

impl<'a> Answers<'a> {
    /// A submitted form with the errors that its readers recorded.
    pub(super) fn refused(form: Fields<'a>) -> Self {
        let errors = match form.check() {
            Err(Failure::Invalid(errors)) => errors,
            _ => BTreeMap::new(),
        };
        Self { form, errors }
    }

    pub(super) fn value(&self, name: &str) -> &str {
        self.form.raw_text(name).unwrap_or_default()
    }

    /// The element with the first error of a field, and its id.
    fn error(&self, name: &str) -> (Markup, Option<String>) {
        let error = self.errors.get(name).and_then(|errors| errors.first());
        let id = error.map(|_| format!("{name}-error"));
        let element =
            html! { @if let (Some(error), Some(id)) = (error, &id) { span.wrong id=(id) { (error) } } };
        (element, id)
    }

    /// All errors, each linked to its field.
    pub(super) fn summary(&self) -> Markup {
        html! {
            @if !self.errors.is_empty() {
                div #errors.note.bad role="alert" {
                    p { strong { "Not submitted yet." } }
                    ul {
                        @for (name, texts) in &self.errors {
                            @for text in texts { li { a href={ "#" (name) } { (text) } } }
                        }
                    }
                }
            }
        }
    }
}

/// A labelled field of one line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) name: &'static str,
    label: &'a str,
    autocomplete: &'static str,
    kind: &'static str,
    hint: &'a str,
}

impl<'a> Line<'a> {
    /// A text field.
    pub(super) const fn new(name: &'static str, label: &'a str, autocomplete: &'static str) -> Self {
        Self {
            name,
            label,
            autocomplete,
            kind: "text",
            hint: "",
        }
    }

    /// The same with another `type`.
    pub(super) const fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    pub(super) const fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// `order` is the names of the form's fields from top to bottom: the first with an error gets the focus.
    pub(super) fn show(&self, answers: &Answers<'_>, order: &[&str]) -> Markup {
        let name = self.name;
        let (error, error_id) = answers.error(name);
        let has_focus = order.iter().find(|field| answers.errors.contains_key(**field)) == Some(&name);
        let hint_id = (!self.hint.is_empty()).then(|| format!("{name}-hint"));
        let described: Vec<&str> = error_id.iter().chain(&hint_id).map(String::as_str).collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let value = if self.kind == "password" {
            ""
        } else {
            answers.value(name)
        };
        html! {
            div.field {
                label for=(name) { (self.label) }
                @if let Some(id) = &hint_id { span.hint id=(id) { (self.hint) } }
                input id=(name) name=(name) type=(self.kind) autocomplete=(self.autocomplete) value=(value) required
                    aria-invalid=[error_id.as_ref().map(|_| "true")] aria-describedby=[described] autofocus[has_focus];
                (error)
            }
        }
    }
}

/// A radio button: its value, its label, and a text at the end of its line.
pub(super) type Choice<'a> = (&'a str, &'a str, String);

/// A group of radio buttons. The first button's id is the field's name.
pub(super) fn choices(
    name: &str,
    legend: &str,
    choices: &[Choice<'_>],
    chosen: &str,
    answers: &Answers<'_>,
) -> Markup {
    let (error, error_id) = answers.error(name);
    html! {
        fieldset aria-describedby=[error_id.as_ref()] {
            legend { (legend) }
            @for (index, (value, label, end)) in choices.iter().enumerate() {
                label.choice {
                    input id=[(index == 0).then_some(name)] type="radio" name=(name) value=(value)
                        checked[*value == chosen] required aria-invalid=[error_id.as_ref().map(|_| "true")];
                    span { (label) }
                    @if !end.is_empty() { span.end { (end) } }
                }
            }
            (error)
        }
    }
}

/// A checkbox.
pub(super) fn tick(name: &str, legend: &str, label: &str, answers: &Answers<'_>) -> Markup {
    let (error, error_id) = answers.error(name);
    html! {
        fieldset {
            legend { (legend) }
            label.choice {
                input id=(name) type="checkbox" name=(name) value="yes" required checked[!answers.value(name).is_empty()]
                    aria-invalid=[error_id.as_ref().map(|_| "true")] aria-describedby=[error_id.as_ref()];
                span { (label) }
            }
            (error)
        }
    }
}
