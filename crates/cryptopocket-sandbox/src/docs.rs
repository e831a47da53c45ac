//! The pages below `/docs`: the specification with the grade of every fact and a form for each call, and the guide.

pub(crate) mod guide;
mod node;

use std::sync::OnceLock;

use askama::Template;
use cryptopocket_emulator::server::not_found;
use cryptopocket_emulator::{Engine, Reply, Request};

use crate::access::{Access, allows};
use crate::web::{self, refused_method, rendered};

use node::Node;

/// A copy of `spec/openapi.yaml`, for the published crate.
const DOCUMENT: &str = include_str!("docs/openapi.yaml");

const STYLE: &str = include_str!("docs/docs.css");
const SCRIPT: &str = include_str!("docs/docs.js");
/// The parts that do not depend on the request: the list of operations, and the operations.
static PARTS: OnceLock<(String, String)> = OnceLock::new();

/// A page beside the list of pages, which ends with `list`.
#[derive(Debug, Template)]
#[template(path = "docs/page.html")]
struct Columns<'a> {
    list: &'a str,
    content: String,
}

/// The page of the API. Key and secret are filled in for requests that may see the dashboard.
#[derive(Debug, Template)]
#[template(path = "docs/api.html")]
struct Api<'a> {
    key: &'a str,
    secret: &'a str,
    calls: &'a str,
}

#[derive(Debug, Template)]
#[template(path = "docs/list.html")]
struct List<'a> {
    root: Node<'a>,
}

#[derive(Debug, Template)]
#[template(path = "docs/calls.html")]
struct Calls<'a> {
    root: Node<'a>,
}

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
            Some((title, content)) => page(title, "", content, None),
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
    let first = engine.integrations().first().filter(|_| allows(access, request));
    let (key, secret) = first.map_or(("", ""), |first| (&first.key, &first.secret));
    page("API", list, rendered(Api { key, secret, calls }), Some(SCRIPT))
}

fn page(title: &str, list: &str, content: String, script: Option<&'static str>) -> Reply {
    web::page(200, title, Columns { list, content }, STYLE, script)
}

/// The list of operations, and the operations, by tag.
fn parts() -> (String, String) {
    let Ok(document) = yaml_serde::from_str(DOCUMENT) else {
        return (String::new(), "<p>The description cannot be read.</p>".to_owned());
    };
    let root = Node(&document);
    (rendered(List { root }), rendered(Calls { root }))
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
