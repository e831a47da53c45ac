//! The frame around every page.

use crate::wire::Reply;

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#f3f4f6;--line:#6b7280;--act:#0b57d0;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#17191c;--soft:#23262b;--line:#9aa0a6;--act:#a8c7fa;--bad:#f2b8b5}}
*{box-sizing:border-box}body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{background:var(--soft);padding:.75rem 1rem;border-bottom:1px solid var(--line)}
main{max-width:34rem;margin:0 auto;padding:1rem}label,legend{display:block;font-weight:600;margin-top:1rem}
input,select{width:100%;padding:.6rem;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:.4rem}
input[type=checkbox],input[type=radio]{width:auto;margin-right:.5rem}fieldset{border:1px solid var(--line);border-radius:.4rem;margin-top:1rem}
fieldset label{font-weight:400;margin-top:.25rem}button{font:inherit;font-weight:600;padding:.7rem 1.2rem;margin:1.25rem .5rem 0 0;border-radius:.4rem;border:1px solid var(--act);background:var(--act);color:var(--paper)}
button.plain{background:var(--paper);color:var(--act)}a{color:var(--act)}:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.bad{border:2px solid var(--bad);border-radius:.4rem;padding:.5rem .75rem}dt{font-weight:600}dd{margin:0 0 .5rem;overflow-wrap:anywhere}
code{overflow-wrap:anywhere}";

/// Text made safe to stand in HTML, in an attribute too.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A whole page. `title` and `content` are HTML.
pub(crate) fn page(status: u16, title: &str, content: &str) -> Reply {
    Reply::html(
        status,
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
             <title>{title} – sandbox emulator</title><style>{STYLE}</style></head><body>\
             <header role=\"banner\"><strong>Sandbox emulator.</strong> This page is not the provider’s; no real data, no real \
             money.</header><main><h1>{title}</h1>{content}</main></body></html>"
        ),
    )
}

/// What went wrong with a form, announced to whoever does not see it.
pub(crate) fn alert(text: &str) -> String {
    format!("<p class=\"bad\" role=\"alert\">{}</p>", escape(text))
}

/// A labelled text field.
pub(crate) fn field(name: &str, label: &str, kind: &str, autocomplete: &str, required: bool) -> String {
    let required = if required { " required" } else { "" };
    format!(
        "<label for=\"{name}\">{label}</label>\
         <input id=\"{name}\" name=\"{name}\" type=\"{kind}\" autocomplete=\"{autocomplete}\"{required}>"
    )
}

/// The way back to where the customer came from, if that is known.
pub(crate) fn way_back(url: Option<&str>) -> String {
    url.map_or_else(String::new, |url| {
        format!(
            "<p><a id=\"back\" rel=\"noreferrer\" href=\"{}\">Go back to the shop</a></p>",
            escape(url)
        )
    })
}

pub(crate) fn gone() -> Reply {
    page(
        404,
        "No such link",
        "<p>This link was never given out by this emulator, or it has run out.</p>",
    )
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_a_customer_wrote_becomes_markup() {
        assert_eq!(escape("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
    }
}
