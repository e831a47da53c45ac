//! The pages below `/docs`: the specification with the grade of every fact and a form for each call, and the guide.

mod guide;
mod node;
mod operation;

use std::sync::OnceLock;

use cryptopocket_emulator::server::not_found;
use cryptopocket_emulator::{Engine, Reply, Request};
use maud::{Markup, PreEscaped, html};

use crate::access::{Access, allows};
use crate::web::{Page, refused_method};

use node::Node;

/// A copy of `spec/openapi.yaml`, for the published crate.
const DOCUMENT: &str = include_str!("docs/openapi.yaml");

const STYLE: &str = include_str!("docs/docs.css");
const SCRIPT: &str = include_str!("docs/docs.js");
/// The parts that do not depend on the request: the list of operations, and the operations.
static PARTS: OnceLock<(String, String)> = OnceLock::new();

pub(crate) const GRADES: &[(&str, &str)] = &[
    ("documented", "on the provider’s current reference page"),
    ("guide", "in the provider’s integration guide only"),
    ("observed", "not documented, but seen in replies"),
    ("older", "in an older edition of the page only"),
    ("assumed", "not documented; the shape is this project’s proposal"),
];

/// Answers a request below `/docs`; `path` is what follows it.
pub(crate) fn answer(engine: &Engine, access: Access, request: &Request, path: &[&str]) -> Reply {
    if let Some(reply) = refused_method(request, "GET, HEAD") {
        return reply;
    }
    match path {
        [] | [""] => api_page(engine, access, request),
        ["openapi.yaml"] => file("application/yaml", "openapi.yaml", DOCUMENT),
        ["scenario.schema.json"] => file(
            "application/schema+json",
            "scenario.schema.json",
            guide::SCENARIO_SCHEMA,
        ),
        [name] => match guide::page(name) {
            Some((title, content)) => page(title, &html! {}, &content, None),
            None => not_found(&request.path),
        },
        _ => not_found(&request.path),
    }
}

fn file(content_type: &'static str, name: &str, text: &'static str) -> Reply {
    let mut reply = Reply::with_type(200, content_type, text);
    reply.headers.extend([
        ("content-disposition", format!("attachment; filename=\"{name}\"")),
        ("x-content-type-options", "nosniff".to_owned()),
    ]);
    reply
}

fn api_page(engine: &Engine, access: Access, request: &Request) -> Reply {
    let (list, calls) = PARTS.get_or_init(parts);
    let content = html! {
        h1 { "The API, call by call" }
        div.calls {
            (introduction())
            (login(engine, access, request))
            (PreEscaped(calls))
        }
    };
    page("API", &html! { (PreEscaped(list)) }, &content, Some(SCRIPT))
}

/// A page beside the list of pages, which ends with `list`.
fn page(title: &str, list: &Markup, content: &Markup, script: Option<&'static str>) -> Reply {
    let content = html! {
        div.columns {
            nav.list aria-label="Pages and calls" {
                p { a href="/" { "Dashboard" } }
                (guide::list())
                p.tag { a href="/docs" { "API page" } }
                (list)
            }
            main #main { (content) }
        }
    };
    let page = Page {
        title,
        content,
        style: STYLE,
        script,
    };
    page.reply(200)
}

fn introduction() -> Markup {
    html! {
        p { "The API as it is publicly documented. The description is this project’s, not the provider’s. It grades every call \
             and field by its evidence:" }
        dl.grades { @for (grade, meaning) in GRADES { dt { (badge(grade)) } dd { (meaning) } } }
        p {
            a href="/docs/openapi.yaml" download="openapi.yaml" { "openapi.yaml" }
            " is this description as an OpenAPI 3.0.3 document, with the grades as " code { "x-evidence" } "."
        }
        p { "The forms make calls to this emulator. Ids of an answer are filled into the other forms." }
        noscript { p.note { "The forms need script." } }
    }
}

/// The form that requests a token. Key and secret are filled in for requests that may see the dashboard.
fn login(engine: &Engine, access: Access, request: &Request) -> Markup {
    let first = engine.integrations().first().filter(|_| allows(access, request));
    let (key, secret) = first.map_or(("", ""), |integration| {
        (integration.key.as_str(), integration.secret.as_str())
    });
    html! {
        form #login.card {
            h2 { "Token" }
            div.fields {
                div { label for="key" { "API key" } input #key value=(key) autocomplete="off" spellcheck="false" required; }
                div {
                    label for="secret" { "API secret" }
                    input #secret type="password" value=(secret) autocomplete="off" required;
                }
                button type="submit" { "Get a token" }
            }
            label for="token" { "Token for the header " code { "auth" } }
            input #token autocomplete="off" spellcheck="false";
            p #token-state.dim role="status" {}
        }
    }
}

pub(super) fn badge(grade: &str) -> Markup {
    html! { span .badge .(grade) { (grade) } }
}

/// The list of operations, and the operations, by tag.
fn parts() -> (String, String) {
    let Ok(document) = yaml_serde::from_str(DOCUMENT) else {
        return (String::new(), "<p>The description cannot be read.</p>".to_owned());
    };
    let root = Node(&document);
    let list = html! {
        @for tag in root.items("tags").map(|tag| tag.text("name")) {
            p.tag { (tag) }
            ul {
                @for id in of_tag(root, tag).map(|(_, _, operation)| operation.text("operationId")) {
                    li { a href={ "#" (id) } { (id) } }
                }
            }
        }
    };
    let calls = html! {
        p.dim { "Version " (root.get("info").text("version")) "." }
        @for tag in root.items("tags") {
            @let name = tag.text("name");
            section aria-labelledby={ "tag-" (name) } {
                h2 id={ "tag-" (name) } { (name) }
                p { (tag.text("description")) }
                @for (path, method, operation) in of_tag(root, name) { (operation::show(root, method, path, operation)) }
            }
        }
    };
    (list.into_string(), calls.into_string())
}

/// The operations of a tag, each with its path and method.
fn of_tag<'a>(root: Node<'a>, tag: &'a str) -> impl Iterator<Item = (&'a str, &'static str, Node<'a>)> {
    let operations = root.entries("paths").flat_map(|(path, item)| {
        let methods = [("GET", item.get("get")), ("POST", item.get("post"))];
        methods.map(|(method, operation)| (path, method, operation))
    });
    operations.filter(move |(_, _, operation)| operation.texts("tags").any(|name| name == tag))
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENT, PARTS, parts};
    use cryptopocket_emulator::ROUTES;

    #[test]
    fn page_shows_every_operation_once() {
        let (list, calls) = PARTS.get_or_init(parts);
        for route in ROUTES {
            assert!(
                list.contains(&format!("#{}\"", route.operation)),
                "{}",
                route.operation
            );
            assert!(
                calls.contains(&format!(
                    "data-method=\"{}\" data-path=\"{}\"",
                    route.method, route.path
                )),
                "{}",
                route.operation
            );
        }
        assert_eq!(calls.matches("<article").count(), ROUTES.len());
    }

    #[test]
    fn specification_is_the_workspace_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/openapi.yaml");
        // A published crate has no workspace around it.
        let Ok(document) = std::fs::read_to_string(path) else {
            return;
        };
        assert!(
            document == DOCUMENT,
            "src/docs/openapi.yaml is out of date. Cure: cargo xtask regen"
        );
    }
}
