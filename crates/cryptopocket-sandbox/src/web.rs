//! The frame around everything that a person sees: one look, no outside assets, and a content policy under which nothing
//! runs but what this crate brings.

mod json;

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cryptopocket_emulator::server::wrong_method;
use cryptopocket_emulator::{Reply, Request};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

pub(crate) use json::pretty;

/// A style or a script that stands in the page itself and that the page's policy names by its hash.
#[derive(Debug)]
pub(crate) struct Inline {
    text: &'static str,
    source: OnceLock<String>,
}

impl Inline {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            source: OnceLock::new(),
        }
    }

    /// How the policy names it.
    fn source(&self) -> &str {
        self.source
            .get_or_init(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(self.text))))
    }
}

/// The refusal of a request whose method is not in `allowed`, such as `GET, HEAD`.
pub(crate) fn refused_method(request: &Request, allowed: &str) -> Option<Reply> {
    let method = request.method.as_str();
    let is_allowed = allowed.split(", ").any(|one| one == method);
    (!is_allowed).then(|| wrong_method(method, allowed, &request.path))
}

static LOOK: Inline = Inline::new(include_str!("web/emulator.css"));

/// A whole page to be.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    /// What follows the banner: `main`, and what stands beside it.
    pub(crate) content: Markup,
    pub(crate) style: Option<&'static Inline>,
    pub(crate) script: Option<&'static Inline>,
}

impl Page<'_> {
    pub(crate) fn reply(self, status: u16) -> Reply {
        let (style, script) = (self.style, self.script);
        let hash = |inline: Option<&'static Inline>| inline.map_or("", Inline::source);
        let policy = format!(
            "default-src 'none'; style-src {} {}; script-src {}; connect-src {}; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'",
            LOOK.source(),
            hash(style),
            script.map_or("'none'", Inline::source),
            script.map_or("'none'", |_| "'self'"),
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
                    style { (PreEscaped(LOOK.text)) }
                    @if let Some(style) = style { style { (PreEscaped(style.text)) } }
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
                    @if let Some(script) = script { script { (PreEscaped(script.text)) } }
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

    use super::{Inline, Page};

    static SCRIPT: Inline = Inline::new("alert(1)");

    #[test]
    fn inserted_text_never_becomes_markup() {
        let hostile = "<img src=x onerror=alert(1)>\"'&</title><script>";
        let content = html! { main title=(hostile) { (hostile) } };
        let page = Page {
            title: hostile,
            content,
            style: None,
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
            style: None,
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
            policy(Some(&SCRIPT))
                .contains("script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"),
            "{}",
            policy(Some(&SCRIPT))
        );
    }
}
