//! Forms that work by keyboard, without script, and say at the field what is wrong with it.

use std::collections::BTreeMap;

use cryptopocket_emulator::server::{Failure, Fields};
use maud::{Markup, html};

/// What was written into a form, and what was wrong with it.
#[derive(Debug, Default)]
pub(super) struct Answers<'a> {
    form: Fields<'a>,
    errors: BTreeMap<String, Vec<String>>,
}

impl<'a> Answers<'a> {
    /// A form that was sent, with what its readers noted.
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

    fn error(&self, name: &str) -> Option<&str> {
        self.errors.get(name)?.first().map(String::as_str)
    }

    /// Whether the page should put the keyboard here: into the first field that is wrong.
    fn comes_first(&self, name: &str, order: &[&str]) -> bool {
        order.iter().find(|one| self.errors.contains_key(**one)) == Some(&name)
    }

    /// What is wrong, all of it, with a link to each field.
    pub(super) fn summary(&self) -> Markup {
        html! {
            @if !self.errors.is_empty() {
                div #errors.note.bad role="alert" {
                    p { strong { "Not handed in yet." } }
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
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) name: &'static str,
    pub(super) label: &'a str,
    pub(super) kind: &'static str,
    pub(super) autocomplete: &'static str,
    pub(super) hint: &'a str,
}

impl Line<'_> {
    /// `order` is the names of the form's fields from top to bottom.
    pub(super) fn show(&self, answers: &Answers<'_>, order: &[&str]) -> Markup {
        let Self {
            name,
            label,
            kind,
            autocomplete,
            hint,
        } = self;
        let error = answers.error(name);
        let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
        let described: Vec<&str> = [
            error.map(|_| error_id.as_str()),
            (!hint.is_empty()).then_some(hint_id.as_str()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let value = if *kind == "password" {
            ""
        } else {
            answers.value(name)
        };
        html! {
            div.field {
                label for=(name) { (label) }
                @if !hint.is_empty() { span.hint id=(hint_id) { (hint) } }
                input id=(name) name=(name) type=(kind) autocomplete=(autocomplete) value=(value) required
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[described]
                    autofocus[answers.comes_first(name, order)];
                (wrong(error, &error_id))
            }
        }
    }
}

/// One of several ways, as radio buttons.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    pub(super) value: &'a str,
    pub(super) label: &'a str,
    /// What stands at the end of its line.
    pub(super) end: String,
}

/// A group of radio buttons; the field's name is also the id of the first button.
pub(super) fn choices(
    name: &str,
    legend: &str,
    ways: &[Choice<'_>],
    chosen: &str,
    answers: &Answers<'_>,
) -> Markup {
    let error = answers.error(name);
    let error_id = format!("{name}-error");
    html! {
        fieldset aria-describedby=[error.map(|_| error_id.as_str())] {
            legend { (legend) }
            @for (place, way) in ways.iter().enumerate() {
                label.choice {
                    input id=[(place == 0).then_some(name)] type="radio" name=(name) value=(way.value)
                        checked[way.value == chosen] required aria-invalid=[error.map(|_| "true")];
                    span { (way.label) }
                    @if !way.end.is_empty() { span.end { (way.end) } }
                }
            }
            (wrong(error, &error_id))
        }
    }
}

/// A box to tick.
pub(super) fn tick(name: &str, legend: &str, label: &str, answers: &Answers<'_>) -> Markup {
    let error = answers.error(name);
    let error_id = format!("{name}-error");
    html! {
        fieldset {
            legend { (legend) }
            label.choice {
                input id=(name) type="checkbox" name=(name) value="yes" required checked[!answers.value(name).is_empty()]
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| error_id.as_str())];
                span { (label) }
            }
            (wrong(error, &error_id))
        }
    }
}

fn wrong(error: Option<&str>, id: &str) -> Markup {
    html! { @if let Some(error) = error { span.wrong id=(id) { (error) } } }
}
