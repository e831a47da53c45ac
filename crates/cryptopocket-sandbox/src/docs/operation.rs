//! One operation: its description, and a form that calls it.

use maud::{Markup, html};

use super::badge;
use super::guide::render;
use super::node::Node;

/// The receiver that subscription forms propose: on this machine, unlike the example of the specification.
const RECEIVER: &str = "http://127.0.0.1:9000/hook";
/// How deep nested fields are shown.
const MAX_DEPTH: usize = 3;

pub(super) fn show(root: Node<'_>, method: &str, path: &str, operation: Node<'_>) -> Markup {
    let id = operation.text("operationId");
    let body = operation.get("requestBody").content();
    let reply = operation.get("responses").get("200").content();
    html! {
        article id=(id) aria-labelledby={ (id) "-title" } {
            h3 id={ (id) "-title" } {
                span .method .(method.to_lowercase()) { (method) } " " code { (path) } " " (badge(operation.text("x-evidence")))
            }
            p { strong { (operation.text("summary")) } }
            (render(operation.text("description")))
            p.dim {
                code { (id) } ". Page “" (operation.text("x-source")) "” of the provider. "
                @match operation.text("x-idempotency") {
                    "safe" => "Safe to repeat.",
                    "keyed" => "Repeating it has no further effect.",
                    _ => "Not safe to repeat: a second call may act a second time.",
                }
            }
            @if body.is_some() || operation.get("parameters").exists() {
                details {
                    summary { "Request" }
                    table {
                        (headings())
                        tbody {
                            @for parameter in operation.items("parameters") {
                                @let name = format!("{} ({})", parameter.text("name"), parameter.text("in"));
                                (row(&name, parameter.is_true("required"), parameter.get("schema").schema(root), parameter))
                            }
                            @if let Some((_, media)) = body { (rows(root, media.get("schema"), "", 0)) }
                        }
                    }
                }
            }
            @if let Some((_, media)) = reply {
                details {
                    summary { "Answer" }
                    table { (headings()) tbody { (rows(root, media.get("schema"), "", 0)) } }
                    @for (name, sample) in media.entries("examples") {
                        details.sample {
                            summary { (name) @if sample.get("x-evidence").exists() { " " (badge(sample.text("x-evidence"))) } }
                            @if sample.get("summary").exists() { p { (sample.text("summary")) } }
                            pre tabindex="0" { (sample.get("value").json()) }
                        }
                    }
                }
            }
            (form(method, path, operation))
        }
    }
}

fn headings() -> Markup {
    html! {
        thead {
            tr { th scope="col" { "Name" } th scope="col" { "Type" } th scope="col" { "Grade" } th scope="col" { "Meaning" } }
        }
    }
}

/// The fields of an object, and the fields within them.
fn rows(root: Node<'_>, schema: Node<'_>, prefix: &str, depth: usize) -> Markup {
    let schema = schema.schema(root);
    html! {
        @for (name, field) in schema.entries("properties") {
            @let inner = field.schema(root);
            @let full_name = format!("{prefix}{name}");
            @let required = schema.texts("required").any(|required| required == name);
            (row(&full_name, required, inner, field))
            @if depth < MAX_DEPTH {
                @if inner.get("items").exists() {
                    (rows(root, inner.get("items"), &format!("{full_name}[]."), depth + 1))
                } @else {
                    (rows(root, inner, &format!("{full_name}."), depth + 1))
                }
            }
        }
    }
}

/// `stated` carries grade and description: a parameter, or a field as its object states it.
fn row(name: &str, required: bool, schema: Node<'_>, stated: Node<'_>) -> Markup {
    let kind = Some(schema.text("type")).filter(|kind| !kind.is_empty());
    let description = [stated, schema].map(|node| node.text("description"));
    let description = description.into_iter().find(|text| !text.is_empty());
    html! {
        tr {
            td data-label="Name" { code { (name) } @if required { " " span.dim { "required" } } }
            td data-label="Type" {
                (kind.unwrap_or("any"))
                @if schema.get("format").exists() { ", " (schema.text("format")) }
                @if schema.get("x-unit").exists() { br; span.dim { (schema.text("x-unit")) } }
            }
            td data-label="Grade" { @if stated.get("x-evidence").exists() { (badge(stated.text("x-evidence"))) } }
            td data-label="Meaning" {
                @if let Some(description) = description { (render(description)) }
                @if schema.get("enum").exists() {
                    p.dim { @for value in schema.texts("enum") { code { (value) } " " } "or another" }
                }
            }
        }
    }
}

/// The form that calls the operation. The names of its fields tell the script where each value goes.
fn form(method: &str, path: &str, operation: Node<'_>) -> Markup {
    let id = operation.text("operationId");
    // All optional filters together match nothing, but a search needs one of them.
    let is_search = !operation
        .items("parameters")
        .any(|parameter| parameter.is_true("required") || parameter.text("name") == "page");
    html! {
        details.try {
            summary { "Make this call" }
            form data-run=(id) data-method=(method) data-path=(path) {
                @if operation.get("parameters").exists() {
                    div.fields {
                        @for (index, parameter) in operation.items("parameters").enumerate() {
                            @let name = parameter.text("name");
                            @let required = parameter.is_true("required");
                            @let sample = Some(parameter.get("example")).filter(|sample| sample.exists()).map(Node::plain);
                            @let filled = required || (is_search && index == 0);
                            @let value = sample.as_deref().filter(|_| filled).unwrap_or_default();
                            div {
                                label for={ (id) "-" (name) } { (name) @if !required { span.dim { " (optional)" } } }
                                input id={ (id) "-" (name) } name={ (parameter.text("in")) ":" (name) } value=(value)
                                    placeholder=[sample.as_deref()] autocomplete="off" spellcheck="false";
                            }
                        }
                    }
                }
                @if let Some((media_type, media)) = operation.get("requestBody").content() {
                    (body_fields(id, media_type, media))
                }
                button type="submit" { "Call " (id) }
                div.answer role="status" {}
            }
        }
    }
}

fn body_fields(id: &str, media_type: &str, media: Node<'_>) -> Markup {
    let first = media.entries("examples").next();
    let sample = first.map_or(media.get("example"), |(_, sample)| sample.get("value"));
    html! {
        @if media_type == "application/json" {
            @let text = if sample.exists() { sample.json() } else { String::new() };
            div {
                label for={ (id) "-body" } { "JSON body" }
                textarea id={ (id) "-body" } name="body" rows=(text.lines().count().clamp(3, 16)) spellcheck="false" {
                    (text)
                }
            }
        } @else {
            div.fields {
                @for (name, value) in sample.0.as_mapping().into_iter().flatten() {
                    @let name = Node(name).plain();
                    @let value = if name == "url" { RECEIVER.to_owned() } else { Node(value).plain() };
                    div {
                        label for={ (id) "-" (name) } { (name) }
                        input id={ (id) "-" (name) } name={ "form:" (name) } value=(value) autocomplete="off";
                    }
                }
            }
        }
    }
}
