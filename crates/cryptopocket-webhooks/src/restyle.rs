//! Prints a JSON body again in the styles of the usual encoders, to explain a signature that does not match.
//!
//! By hand: `serde_json` would print numbers in its own spelling.

use std::fmt::Write as _;

use crate::tokens::{depth, tokens};

/// Limit of nesting: an indented line costs its depth, and events are flat.
const MAX_DEPTH: usize = 16;

/// A comma, a colon, and by how many spaces a member on a line of its own is indented.
type Layout = (&'static str, &'static str, Option<usize>);

/// PHP, JavaScript, Rust and Go; Python; and both with lines. Order of members and spelling of numbers stay.
const LAYOUTS: [Layout; 4] = [
    (",", ":", None),
    (", ", ": ", None),
    (",", ": ", Some(2)),
    (",", ": ", Some(4)),
];

/// Whether characters outside ASCII and the slash are escaped. Python escapes the former, PHP both, and only the slash with
/// `JSON_UNESCAPED_UNICODE`.
const ESCAPES: [(bool, bool); 4] = [(false, false), (true, false), (true, true), (false, true)];

/// The renderings of `body` in each style; none if it is not JSON or is nested deeper than [`MAX_DEPTH`].
///
/// `None` stands for a rendering longer than four times the body plus 1 KiB, which no rendering of an event is.
pub(crate) fn renderings(body: &[u8]) -> impl Iterator<Item = Option<String>> {
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|text| depth(text) <= MAX_DEPTH)
        .filter(|text| serde_json::from_str::<serde_core::de::IgnoredAny>(text).is_ok());
    // Without a character to escape, the escapes do not differ.
    let foreign = body.windows(2).any(|pair| pair == b"\\u") || !body.is_ascii();
    let slashed = body.contains(&b'/');
    let differs = move |(unicode, slash): &(bool, bool)| (foreign || !unicode) && (slashed || !slash);
    text.into_iter().flat_map(move |text| {
        LAYOUTS.into_iter().flat_map(move |layout| {
            let escapes = ESCAPES.into_iter().filter(differs);
            escapes.map(move |escapes| print(text, layout, escapes))
        })
    })
}

fn print(text: &str, (comma, colon, indent): Layout, escapes: (bool, bool)) -> Option<String> {
    let limit = 4 * text.len() + 1024;
    let line = |out: &mut String, depth: usize| {
        if let Some(width) = indent {
            let _ = write!(out, "\n{:1$}", "", width * depth);
        }
    };
    let mut out = String::new();
    let mut depth = 0;
    let mut tokens = tokens(text).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                out.push_str(token);
                // No encoder breaks the line inside an empty object or list.
                if let Some(end) = tokens.next_if(|next| matches!(*next, "}" | "]")) {
                    out.push_str(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            "}" | "]" => {
                depth = depth.checked_sub(1)?;
                line(&mut out, depth);
                out.push_str(token);
            }
            "," => {
                out.push_str(comma);
                line(&mut out, depth);
            }
            ":" => out.push_str(colon),
            string if string.starts_with('"') => quote(&mut out, string, escapes)?,
            word => out.push_str(word),
        }
        // Checked at each token, so that a hostile body costs little memory beyond the limit.
        if out.len() > limit {
            return None;
        }
    }
    Some(out)
}

fn quote(out: &mut String, literal: &str, (unicode, slash): (bool, bool)) -> Option<()> {
    let text: String = serde_json::from_str(literal).ok()?;
    for c in serde_json::to_string(&text).ok()?.chars() {
        match c {
            '/' if slash => out.push_str("\\/"),
            c if unicode && !c.is_ascii() => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str =
        r#"{"a" :[1.50, {}, [ ]],"url":"https:\/\/x\/é","t":"\u00e9\ud83d\ude00\n","n":null}"#;

    fn has(expected: &str) -> bool {
        renderings(VALUE.as_bytes()).any(|text| text.as_deref() == Some(expected))
    }

    #[test]
    fn php_python_and_javascript_styles_are_rendered() {
        assert!(has(
            r#"{"a":[1.50,{},[]],"url":"https:\/\/x\/\u00e9","t":"\u00e9\ud83d\ude00\n","n":null}"#
        ));
        assert!(has(
            r#"{"a": [1.50, {}, []], "url": "https://x/\u00e9", "t": "\u00e9\ud83d\ude00\n", "n": null}"#
        ));
        assert!(has(
            r#"{"a":[1.50,{},[]],"url":"https://x/é","t":"é😀\n","n":null}"#
        ));
    }

    #[test]
    fn indentation_follows_the_nesting() {
        let expected = "{\n  \"a\": [\n    1.50,\n    {},\n    []\n  ],\n  \"url\": \"https://x/é\",\n  \"t\": \"é😀\\n\",\n  \"n\": null\n}";
        assert!(has(expected));
    }

    #[test]
    fn malformed_bodies_have_no_styles() {
        for body in [b"{".as_slice(), b"", b"\xff", b"{}}"] {
            assert_eq!(renderings(body).count(), 0);
        }
        assert!(renderings(b"\"\\ud800\"").all(|text| text.is_none()));
    }

    fn nested(depth: usize) -> String {
        format!("{}\"é/\"{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn nesting_is_limited() {
        assert!(renderings(nested(MAX_DEPTH).as_bytes()).all(|text| text.is_some()));
        for depth in [MAX_DEPTH + 1, 4090] {
            assert_eq!(renderings(nested(depth).as_bytes()).count(), 0);
        }
    }

    #[test]
    fn renderings_stay_within_four_bodies_and_a_kibibyte() {
        let wide = "[],".repeat(2000);
        let bodies = [
            // Lines of one character each at the deepest indentation.
            format!(
                "{}{}{}",
                "[".repeat(15),
                "[1".to_owned() + &",1".repeat(4000) + "]",
                "]".repeat(15)
            ),
            format!("{}{wide}1{}", "[".repeat(15), "]".repeat(15)),
            format!("\"{}\"", "é/".repeat(2700)),
            "[]".to_owned(),
        ];
        for body in bodies {
            let written: Vec<_> = renderings(body.as_bytes()).collect();
            assert!(!written.is_empty() && written.len() <= 16);
            for text in written.into_iter().flatten() {
                assert!(
                    text.len() <= 4 * body.len() + 1024,
                    "{} of {}",
                    text.len(),
                    body.len()
                );
            }
        }
    }
}
