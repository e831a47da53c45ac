//! Prints a JSON body again in the styles of the usual encoders, to explain a signature that does not match.
//!
//! By hand: `serde_json` would print numbers in its own spelling, and holds each rendering in memory.

use crate::tokens::{depth, tokens};

/// Limit of nesting: an indented line costs its depth, and events are flat.
const MAX_DEPTH: usize = 16;
/// The longest indentation; every other is a part of it.
const MARGIN: &str = "\n                                                                ";
const _: () = assert!(MARGIN.len() == 1 + MAX_DEPTH * WIDEST);
const WIDEST: usize = 4;

/// White space between the tokens.
#[derive(Debug, Clone, Copy)]
enum Layout {
    /// `{"a":1,"b":2}`: PHP, JavaScript, Rust, Go.
    Compact,
    /// `{"a": 1, "b": 2}`: Python.
    Spaced,
    /// One member per line, indented by this many spaces, at most [`WIDEST`].
    Indented(usize),
}

/// Escapes beyond the required ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Least,
    /// All characters outside ASCII: Python.
    Unicode,
    /// All characters outside ASCII, and the slash: PHP.
    UnicodeAndSlash,
    /// The slash only: PHP with `JSON_UNESCAPED_UNICODE`.
    Slash,
}

/// One style of printing a body. Order of members and spelling of numbers stay.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style<'b> {
    text: &'b str,
    layout: Layout,
    escapes: Escapes,
}

/// The styles of `body`; none if it is not JSON or is nested deeper than [`MAX_DEPTH`].
pub(crate) fn styles(body: &[u8]) -> impl Iterator<Item = Style<'_>> {
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|text| depth(text) <= MAX_DEPTH)
        .filter(|text| serde_json::from_str::<serde_core::de::IgnoredAny>(text).is_ok());
    // Without a character to escape, the escapes do not differ.
    let foreign = body.windows(2).any(|pair| pair == b"\\u") || !body.is_ascii();
    let slashed = body.contains(&b'/');
    let layouts = [
        Layout::Compact,
        Layout::Spaced,
        Layout::Indented(2),
        Layout::Indented(WIDEST),
    ];
    let escapes = [
        Escapes::Least,
        Escapes::Unicode,
        Escapes::UnicodeAndSlash,
        Escapes::Slash,
    ];
    let differs = move |escapes: &Escapes| match escapes {
        Escapes::Least => true,
        Escapes::Unicode => foreign,
        Escapes::Slash => slashed,
        Escapes::UnicodeAndSlash => foreign && slashed,
    };
    text.into_iter().flat_map(move |text| {
        layouts.into_iter().flat_map(move |layout| {
            let escapes = escapes.into_iter().filter(differs);
            escapes.map(move |escapes| Style {
                text,
                layout,
                escapes,
            })
        })
    })
}

/// Consumes a rendering in pieces, so that none is held in memory.
struct Pieces<'o> {
    take: &'o mut dyn FnMut(&[u8]),
    left: usize,
}

impl Pieces<'_> {
    /// Passes `text` on; `None` once the limit is reached.
    fn put(&mut self, text: impl AsRef<[u8]>) -> Option<()> {
        let text = text.as_ref();
        self.left = self.left.checked_sub(text.len())?;
        (self.take)(text);
        Some(())
    }
}

impl Style<'_> {
    /// Passes the rendering to `take` in pieces. `None` if it would be longer than four times the body plus 1 KiB, which
    /// no rendering of an event is; the pieces passed on until then stay within that limit.
    pub(crate) fn write(self, take: &mut dyn FnMut(&[u8])) -> Option<()> {
        let left = 4 * self.text.len() + 1024;
        let mut out = Pieces { take, left };
        let mut depth = 0;
        let mut tokens = tokens(self.text).peekable();
        while let Some(token) = tokens.next() {
            match token {
                "{" | "[" => {
                    out.put(token)?;
                    // No encoder breaks the line inside an empty object or list.
                    if let Some(end) = tokens.next_if(|next| matches!(*next, "}" | "]")) {
                        out.put(end)?;
                    } else {
                        depth += 1;
                        self.line(&mut out, depth)?;
                    }
                }
                "}" | "]" => {
                    depth = depth.checked_sub(1)?;
                    self.line(&mut out, depth)?;
                    out.put(token)?;
                }
                "," => {
                    let spaced = matches!(self.layout, Layout::Spaced);
                    out.put(if spaced { ", " } else { "," })?;
                    self.line(&mut out, depth)?;
                }
                ":" => {
                    let compact = matches!(self.layout, Layout::Compact);
                    out.put(if compact { ":" } else { ": " })?;
                }
                string if string.starts_with('"') => {
                    let decoded: String = serde_json::from_str(string).ok()?;
                    quote(&mut out, &decoded, self.escapes)?;
                }
                word => out.put(word)?,
            }
        }
        Some(())
    }

    fn line(self, out: &mut Pieces<'_>, depth: usize) -> Option<()> {
        match self.layout {
            Layout::Indented(width) => out.put(MARGIN.get(..=width * depth)?),
            Layout::Compact | Layout::Spaced => Some(()),
        }
    }
}

/// Writes a string literal with the escapes of `escapes`. By hand: `serde_json` has one way of escaping.
fn quote(out: &mut Pieces<'_>, text: &str, escapes: Escapes) -> Option<()> {
    let unicode = matches!(escapes, Escapes::Unicode | Escapes::UnicodeAndSlash);
    let slash = matches!(escapes, Escapes::Slash | Escapes::UnicodeAndSlash);
    let is_special =
        |c: char| matches!(c, '"' | '\\') || c < ' ' || (slash && c == '/') || (unicode && !c.is_ascii());
    out.put("\"")?;
    let mut rest = text;
    while let Some(at) = rest.find(is_special) {
        out.put(&rest[..at])?;
        let c = rest[at..].chars().next()?;
        match c {
            '"' => out.put("\\\"")?,
            '\\' => out.put("\\\\")?,
            '/' => out.put("\\/")?,
            '\u{8}' => out.put("\\b")?,
            '\u{c}' => out.put("\\f")?,
            '\n' => out.put("\\n")?,
            '\r' => out.put("\\r")?,
            '\t' => out.put("\\t")?,
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let digit = |shift: u32| b"0123456789abcdef"[usize::from(*unit >> shift & 0xf)];
                    out.put([b'\\', b'u', digit(12), digit(8), digit(4), digit(0)])?;
                }
            }
        }
        rest = &rest[at + c.len_utf8()..];
    }
    out.put(rest)?;
    out.put("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str =
        r#"{"a" :[1.50, {}, [ ]],"url":"https:\/\/x\/é","t":"\u00e9\ud83d\ude00\n","n":null}"#;

    /// The output of each style of `body`, and whether it is complete.
    fn written(body: &[u8]) -> Vec<(Vec<u8>, bool)> {
        let write = |style: Style<'_>| {
            let mut text = Vec::new();
            let whole = style.write(&mut |piece| text.extend_from_slice(piece));
            (text, whole.is_some())
        };
        styles(body).map(write).collect()
    }

    fn has(expected: &str) -> bool {
        written(VALUE.as_bytes()).contains(&(expected.as_bytes().to_vec(), true))
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
            assert_eq!(styles(body).count(), 0);
        }
        assert!(written(b"\"\\ud800\"").iter().all(|(_, whole)| !whole));
    }

    fn nested(depth: usize) -> String {
        format!("{}\"é/\"{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn nesting_is_limited() {
        assert!(
            written(nested(MAX_DEPTH).as_bytes())
                .iter()
                .all(|(_, whole)| *whole)
        );
        for depth in [MAX_DEPTH + 1, 4090] {
            assert_eq!(styles(nested(depth).as_bytes()).count(), 0);
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
            let written = written(body.as_bytes());
            assert!(!written.is_empty() && written.len() <= 16);
            for (text, _) in written {
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
