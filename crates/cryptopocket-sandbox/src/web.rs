//! The frame of every page: banner, style, and a content policy that allows only this crate's own style and script.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cryptopocket_emulator::server::wrong_method;
use cryptopocket_emulator::{Reply, Request};
use sha2::{Digest as _, Sha256};

/// The refusal of a request whose method is not in `allowed`, such as `GET, HEAD`.
pub(crate) fn refused_method(request: &Request, allowed: &str) -> Option<Reply> {
    let method = request.method.as_str();
    let is_allowed = allowed.split(", ").any(|name| name == method);
    (!is_allowed).then(|| wrong_method(method, allowed, &request.path))
}

pub(crate) const STYLE: &str = include_str!("web/emulator.css");

/// A page. `content` is the part below the banner: `main`, and what is beside it.
#[derive(Debug, Template)]
#[template(path = "page.html")]
struct Page<'a, T: Template> {
    title: &'a str,
    content: T,
    style: &'static str,
    script: Option<&'static str>,
}

/// The text of a template.
pub(crate) fn rendered(template: impl Template) -> String {
    // Only a value that cannot be written fails, and no value here is such a one.
    template.render().unwrap_or_default()
}

/// How the content policy names an inline style or script: by its hash.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// A page below the banner, with style and script in addition to those of all pages.
pub(crate) fn page(
    status: u16,
    title: &str,
    content: impl Template,
    style: &'static str,
    script: Option<&'static str>,
) -> Reply {
    let policy = format!(
        "default-src 'none'; style-src {} {}; script-src {}; connect-src {}; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
        source(STYLE),
        source(style),
        script.map_or_else(|| "'none'".to_owned(), source),
        script.map_or("'none'", |_| "'self'"),
    );
    let page = Page {
        title,
        content,
        style,
        script,
    };
    let mut reply = Reply::with_type(status, "text/html; charset=utf-8", rendered(page));
    reply.headers.extend([
        ("cache-control", "no-store".to_owned()),
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff".to_owned()),
        // Links hold tokens. Not `no-referrer`, under which forms would come from an origin of `null`.
        ("referrer-policy", "same-origin".to_owned()),
    ]);
    reply
}

/// Indents JSON without parsing its values. Invalid JSON loses nothing but white space.
pub(crate) fn pretty(json: impl AsRef<str>) -> String {
    let (mut out, mut depth) = (String::new(), 0_usize);
    let (mut in_text, mut escaped, mut opened) = (false, false, false);
    for c in json.as_ref().chars() {
        if in_text {
            out.push(c);
            in_text = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        if c.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        depth = depth.saturating_sub(usize::from(closes));
        // No line between the brackets of an empty list or object.
        if opened != closes {
            line(&mut out, depth);
        }
        out.push(c);
        opened = matches!(c, '{' | '[');
        match c {
            '{' | '[' => depth += 1,
            ',' => line(&mut out, depth),
            ':' => out.push(' '),
            '"' => in_text = true,
            _ => {}
        }
    }
    out
}

/// The deepest indentation, so that a small body of brackets cannot grow without bound.
const DEEPEST: usize = 32;

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::{page, pretty};

    const SCRIPT: &str = "alert(1)";

    #[derive(Template)]
    #[template(source = "<main title=\"{{ text }}\">{{ text }}</main>", ext = "html")]
    struct Content {
        text: &'static str,
    }

    #[test]
    fn inserted_text_never_becomes_markup() {
        let hostile = "<img src=x onerror=alert(1)>\"'&</title><script>";
        let body = page(200, hostile, Content { text: hostile }, "", None).body;
        let text = std::str::from_utf8(&body).unwrap();
        assert!(!text.contains("<img") && !text.contains("<script"), "{text}");
        assert!(
            text.contains("title=\"&#60;img src=x onerror=alert(1)&#62;&#34;"),
            "{text}"
        );
    }

    #[test]
    fn policy_allows_scripts_by_hash_only() {
        let policy = |script| {
            let reply = page(200, "t", Content { text: "" }, "", script);
            let policy = reply
                .headers
                .iter()
                .find(|(name, _)| *name == "content-security-policy");
            policy.unwrap().1.clone()
        };
        assert!(policy(None).contains("script-src 'none'"));
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert!(
            policy(Some(SCRIPT)).contains("script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"),
            "{}",
            policy(Some(SCRIPT))
        );
    }

    #[test]
    fn numbers_and_texts_stay_as_written() {
        let json = r#"{"a":0.10000000000000000000001,"b":[],"c":["x, {y}: \"z\\",1.0],"d":{}}"#;
        let shown = pretty(json);
        assert_eq!(
            shown,
            "{\n  \"a\": 0.10000000000000000000001,\n  \"b\": [],\n  \"c\": [\n    \"x, {y}: \\\"z\\\\\",\n    1.0\n  ],\n  \"d\": {}\n}"
        );
    }

    #[test]
    fn truncated_json_is_indented_to_its_end() {
        assert_eq!(pretty("{\"a\":[1,"), "{\n  \"a\": [\n    1,\n    ");
        assert_eq!(pretty("]]}\""), "\n]\n]\n}\"");
    }
}
