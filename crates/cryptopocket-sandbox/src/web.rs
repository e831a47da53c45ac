//! The frame of every page: banner, style, and a content policy that allows only this crate's own style and script.

mod json;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cryptopocket_emulator::server::wrong_method;
use cryptopocket_emulator::{Reply, Request};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

pub(crate) use json::pretty;

/// The refusal of a request whose method is not in `allowed`, such as `GET, HEAD`.
pub(crate) fn refused_method(request: &Request, allowed: &str) -> Option<Reply> {
    let method = request.method.as_str();
    let is_allowed = allowed.split(", ").any(|name| name == method);
    (!is_allowed).then(|| wrong_method(method, allowed, &request.path))
}

const STYLE: &str = include_str!("web/emulator.css");

/// A page.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    /// The part below the banner: `main`, and what is beside it.
    pub(crate) content: Markup,
    /// Style in addition to that of all pages.
    pub(crate) style: &'static str,
    pub(crate) script: Option<&'static str>,
}

/// How the content policy names an inline style or script: by its hash.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

impl Page<'_> {
    pub(crate) fn reply(self, status: u16) -> Reply {
        let policy = format!(
            "default-src 'none'; style-src {} {}; script-src {}; connect-src {}; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'",
            source(STYLE),
            source(self.style),
            self.script.map_or_else(|| "'none'".to_owned(), source),
            self.script.map_or("'none'", |_| "'self'"),
        );
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width,initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " – sandbox emulator" }
                    style { (PreEscaped(STYLE)) }
                    @if !self.style.is_empty() { style { (PreEscaped(self.style)) } }
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    header.banner {
                        p {
                            strong { "Sandbox emulator." }
                            " This page is not the provider’s: no real data, no real money."
                        }
                    }
                    (self.content)
                    @if let Some(script) = self.script { script { (PreEscaped(script)) } }
                }
            }
        };
        let mut reply = Reply::with_type(status, "text/html; charset=utf-8", page.into_string());
        reply.headers.extend([
            ("cache-control", "no-store".to_owned()),
            ("content-security-policy", policy),
            ("x-content-type-options", "nosniff".to_owned()),
            // Links hold tokens. Not `no-referrer`, under which forms would come from an origin of `null`.
            ("referrer-policy", "same-origin".to_owned()),
        ]);
        reply
    }
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::Page;

    const SCRIPT: &str = "alert(1)";

    #[test]
    fn inserted_text_never_becomes_markup() {
        let hostile = "<img src=x onerror=alert(1)>\"'&</title><script>";
        let content = html! { main title=(hostile) { (hostile) } };
        let page = Page {
            title: hostile,
            content,
            style: "",
            script: None,
        };
        let body = page.reply(200).body;
        let text = std::str::from_utf8(&body).unwrap();
        assert!(!text.contains("<img") && !text.contains("<script"), "{text}");
        assert!(
            text.contains("title=\"&lt;img src=x onerror=alert(1)&gt;&quot;"),
            "{text}"
        );
    }

    #[test]
    fn policy_allows_scripts_by_hash_only() {
        let page = |script| Page {
            title: "t",
            content: html! { main {} },
            style: "",
            script,
        };
        let policy = |script| {
            let reply = page(script).reply(200);
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
}
