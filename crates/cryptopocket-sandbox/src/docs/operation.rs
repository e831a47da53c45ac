//! One call: what is known of it, and a form that makes it.

use maud::{Markup, html};
use yaml_serde::Value;

use super::badge;
use super::model::{Body, Media, Operation, Parameter, Schema, Spec};

/// The receiver that subscription forms propose: on this machine, unlike the specification's example.
const RECEIVER: &str = "http://127.0.0.1:9000/hook";
/// How deep fields within fields are shown.
const DEEPEST: usize = 3;

pub(super) fn show(spec: &Spec, method: &str, path: &str, one: &Operation) -> Markup {
    let reply = one
        .responses
        .0
        .iter()
        .find(|(status, _)| status == "200")
        .and_then(|(_, response)| response.content.0.first());
    let body = one.body.as_ref().and_then(|body| body.content.0.first());
    html! {
        article id=(one.id) aria-labelledby={ (one.id) "-title" } {
            h3 id={ (one.id) "-title" } {
                span .method .(method.to_lowercase()) { (method) } " " code { (path) } " " (badge(&one.grade))
            }
            p { strong { (one.summary) } }
            (prose(&one.description))
            p.dim {
                code { (one.id) } ". Page “" (one.source) "” of the provider. To repeat it is "
                @match one.repeat.as_str() {
                    "safe" => "safe.",
                    "keyed" => "the same as to do it once.",
                    _ => "not safe: a second call may act a second time.",
                }
            }
            @if !one.parameters.is_empty() || body.is_some() {
                details {
                    summary { "What it takes" }
                    table {
                        (headings())
                        tbody {
                            @for parameter in &one.parameters { (parameter_row(spec, parameter)) }
                            @if let Some((_, media)) = body { (rows(spec, &media.schema, "", 0)) }
                        }
                    }
                }
            }
            @if let Some((_, media)) = reply {
                details {
                    summary { "What it answers" }
                    table { (headings()) tbody { (rows(spec, &media.schema, "", 0)) } }
                    (samples(media))
                }
            }
            (form(method, path, one))
        }
    }
}

fn headings() -> Markup {
    html! {
        thead {
            tr { th scope="col" { "Name" } th scope="col" { "Kind" } th scope="col" { "Known" } th scope="col" { "Meaning" } }
        }
    }
}

fn row(name: &str, required: bool, schema: &Schema, grade: Option<&str>, meaning: Option<&str>) -> Markup {
    html! {
        tr {
            td data-label="Name" { code { (name) } @if required { " " span.dim { "required" } } }
            td data-label="Kind" {
                (schema.kind.as_deref().unwrap_or("any"))
                @if let Some(format) = &schema.format { ", " (format) }
                @if let Some(unit) = &schema.unit { br; span.dim { (unit) } }
            }
            td data-label="Known" { @if let Some(grade) = grade { (badge(grade)) } }
            td data-label="Meaning" {
                @if let Some(meaning) = meaning { (prose(meaning)) }
                @if !schema.values.is_empty() {
                    p.dim { @for value in &schema.values { code { (value) } " " } "or another" }
                }
            }
        }
    }
}

fn parameter_row(spec: &Spec, one: &Parameter) -> Markup {
    let (schema, meaning) = (one.schema.resolved(spec), Some(one.description.as_str()));
    let name = format!("{} ({})", one.name, one.place);
    row(&name, one.required, schema, Some(&one.grade), meaning)
}

/// The fields of an object, and the fields within them.
fn rows(spec: &Spec, schema: &Schema, prefix: &str, depth: usize) -> Markup {
    let schema = schema.resolved(spec);
    html! {
        @for (name, field) in &schema.properties.0 {
            @let inner = field.resolved(spec);
            @let full_name = format!("{prefix}{name}");
            @let meaning = field.description.as_deref().or(inner.description.as_deref());
            (row(&full_name, schema.required.contains(name), inner, field.grade.as_deref(), meaning))
            @if depth < DEEPEST {
                @if let Some(items) = &inner.items {
                    (rows(spec, items, &format!("{full_name}[]."), depth + 1))
                } @else {
                    (rows(spec, inner, &format!("{full_name}."), depth + 1))
                }
            }
        }
    }
}

fn samples(media: &Media) -> Markup {
    html! {
        @for (name, sample) in &media.examples.0 {
            details.sample {
                summary { (name) @if let Some(grade) = &sample.grade { " " (badge(grade)) } }
                @if !sample.summary.is_empty() { p { (sample.summary) } }
                pre tabindex="0" { (json(&sample.value)) }
            }
        }
    }
}

fn json(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => json(other),
    }
}

/// The form that makes the call; the script reads where everything goes from the fields' names.
fn form(method: &str, path: &str, one: &Operation) -> Markup {
    let id = |name: &str| format!("{}-{name}", one.id);
    // Samples of everything that is optional, together, find nothing; but a search needs one of them.
    let search = !one
        .parameters
        .iter()
        .any(|parameter| parameter.required || parameter.name == "page");
    html! {
        details.try {
            summary { "Make this call" }
            form data-run=(one.id) data-method=(method) data-path=(path) {
                @if !one.parameters.is_empty() {
                    div.fields {
                        @for (place, parameter) in one.parameters.iter().enumerate() {
                            @let sample = parameter.example.as_ref().map(plain);
                            @let filled = parameter.required || (search && place == 0);
                            @let value = sample.as_deref().filter(|_| filled).unwrap_or_default();
                            div {
                                label for=(id(&parameter.name)) {
                                    (parameter.name) @if !parameter.required { span.dim { " (optional)" } }
                                }
                                input id=(id(&parameter.name)) name={ (parameter.place) ":" (parameter.name) } value=(value)
                                    placeholder=[sample.as_deref()] autocomplete="off" spellcheck="false";
                            }
                        }
                    }
                }
                @if let Some(body) = &one.body { (body_fields(body, &one.id)) }
                button type="submit" { "Call " (one.id) }
                div.answer role="status" {}
            }
        }
    }
}

fn body_fields(body: &Body, operation: &str) -> Markup {
    let Some((media_type, media)) = body.content.0.first() else {
        return html! {};
    };
    let sample = media.sample();
    html! {
        @if media_type == "application/json" {
            @let text = sample.map(json).unwrap_or_default();
            div {
                label for={ (operation) "-body" } { "JSON body" }
                textarea id={ (operation) "-body" } name="body" rows=(text.lines().count().clamp(3, 16)) spellcheck="false" {
                    (text)
                }
            }
        } @else if let Some(Value::Mapping(fields)) = sample {
            div.fields {
                @for (name, value) in fields {
                    @let name = plain(name);
                    @let value = if name == "url" { RECEIVER.to_owned() } else { plain(value) };
                    div {
                        label for={ (operation) "-" (name) } { (name) }
                        input id={ (operation) "-" (name) } name={ "form:" (name) } value=(value) autocomplete="off";
                    }
                }
            }
        }
    }
}

/// Paragraphs with words in backquotes as code.
fn prose(text: &str) -> Markup {
    html! {
        @for paragraph in text.trim().split("\n\n") {
            p {
                @for (place, part) in paragraph.split('`').enumerate() {
                    @if place % 2 == 1 { code { (part) } } @else { (part) }
                }
            }
        }
    }
}
