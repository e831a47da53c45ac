/// Values nested deeper have no renderings: indenting costs the depth anew in every line, and events are flat.
const MAX_DEPTH: usize = 16;
/// What every indentation is cut from.
const MARGIN: &str = "\n                                                                ";
const _: () = assert!(MARGIN.len() == 1 + MAX_DEPTH * WIDEST);
const WIDEST: usize = 4;

/// What an encoder puts between the parts of a value.
#[derive(Debug, Clone, Copy)]
enum Layout {
    /// `{"a":1,"b":2}`: PHP, JavaScript, Rust, Go.
    Compact,
    /// `{"a": 1, "b": 2}`: Python.
    Spaced,
    /// One member a line, indented by this much, at most [`WIDEST`].
    Indented(usize),
}

/// What an encoder escapes beyond what it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Least,
    /// Everything outside ASCII: Python.
    Unicode,
    /// The same, and the slash: PHP.
    UnicodeAndSlash,
    /// The slash alone: PHP with `JSON_UNESCAPED_UNICODE`.
    Slash,
}

/// One way in which the usual encoders would print a body, order of members and spelling of numbers kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style<'b> {
    text: &'b str,
    layout: Layout,
    escapes: Escapes,
}

/// How `body` could be printed. Nothing if it is no JSON, or nested deeper than [`MAX_DEPTH`].
pub(crate) fn styles(body: &[u8]) -> impl Iterator<Item = Style<'_>> {
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|text| depth(text) <= MAX_DEPTH)
        .filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
    // Where nothing would be escaped, the styles of escaping do not differ.
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

/// How deep objects and lists are nested in `text`, if it is JSON.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if quoted => (quoted, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\'),
            b'"' => quoted = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The JSON of `text` without the white space between its parts, strings and numbers as they are spelt.
pub(crate) fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if quoted {
            (quoted, escaped) = (escaped || c != '"', !escaped && c == '\\');
        } else if c == '"' {
            quoted = true;
        } else if c.is_ascii_whitespace() {
            continue;
        }
        out.push(c);
    }
    out
}

/// Takes a rendering piece by piece, so that none is ever held as a whole.
struct Pieces<'o> {
    take: &'o mut dyn FnMut(&[u8]),
    left: usize,
}

impl Pieces<'_> {
    /// Hands `text` on; nothing once the limit is reached.
    fn put(&mut self, text: impl AsRef<[u8]>) -> Option<()> {
        let text = text.as_ref();
        self.left = self.left.checked_sub(text.len())?;
        (self.take)(text);
        Some(())
    }
}

impl Style<'_> {
    /// Hands the rendering to `take`, piece by piece. Nothing if it would be longer than four times the body and
    /// 1 KiB, which no rendering of an event is; then the pieces handed on are no more than that either.
    pub(crate) fn write(self, take: &mut dyn FnMut(&[u8])) -> Option<()> {
        let left = 4 * self.text.len() + 1024;
        let mut out = Pieces { take, left };
        let mut depth = 0;
        let mut rest = self.text;
        while let Some(c) = rest.chars().next() {
            let mut used = c.len_utf8();
            match c {
                '"' => {
                    used = string_len(rest)?;
                    let decoded: String = serde_json::from_str(&rest[..used]).ok()?;
                    quote(&mut out, &decoded, self.escapes)?;
                }
                '{' | '[' => {
                    out.put(&rest[..used])?;
                    let after = rest[1..].trim_start();
                    if after.starts_with(['}', ']']) {
                        out.put(&after[..1])?;
                        used = rest.len() - after.len() + 1;
                    } else {
                        depth += 1;
                        self.line(&mut out, depth)?;
                    }
                }
                '}' | ']' => {
                    depth = depth.checked_sub(1)?;
                    self.line(&mut out, depth)?;
                    out.put(&rest[..used])?;
                }
                ',' => {
                    out.put(if matches!(self.layout, Layout::Spaced) {
                        ", "
                    } else {
                        ","
                    })?;
                    self.line(&mut out, depth)?;
                }
                ':' => out.put(if matches!(self.layout, Layout::Compact) {
                    ":"
                } else {
                    ": "
                })?,
                ' ' | '\t' | '\r' | '\n' => {}
                _ => {
                    used = rest
                        .find([',', '}', ']', ' ', '\t', '\r', '\n'])
                        .unwrap_or(rest.len());
                    out.put(&rest[..used])?;
                }
            }
            rest = &rest[used..];
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

/// Length of the string literal at the start of `text`, quotation marks included.
fn string_len(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

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

    /// What each style of `body` hands on, and whether it came to its end.
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
    fn the_styles_of_php_python_and_javascript_are_among_the_renderings() {
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
    fn compacting_leaves_strings_and_numbers_as_they_are_spelt() {
        let text = "{ \"a b\" : [ 1.50 , \"x \\\" y\\\\\" , \"\\u0020 \" ] }";
        assert_eq!(compact(text), r#"{"a b":[1.50,"x \" y\\","\u0020 "]}"#);
    }

    #[test]
    fn what_is_no_json_has_no_styles() {
        for body in [b"{".as_slice(), b"", b"\xff", b"{}}"] {
            assert_eq!(styles(body).count(), 0);
        }
        assert!(written(b"\"\\ud800\"").iter().all(|(_, whole)| !whole));
    }

    fn nested(depth: usize) -> String {
        format!("{}\"é/\"{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn nesting_is_followed_to_a_limit_and_brackets_in_strings_do_not_count() {
        assert!(
            written(nested(MAX_DEPTH).as_bytes())
                .iter()
                .all(|(_, whole)| *whole)
        );
        for depth in [MAX_DEPTH + 1, 4090] {
            assert_eq!(styles(nested(depth).as_bytes()).count(), 0);
        }
        assert_eq!(depth(r#"{"a":"[[\"[{","b":[{}]}"#), 3);
    }

    #[test]
    fn no_rendering_grows_beyond_four_times_the_body_and_a_kibibyte() {
        let wide = "[],".repeat(2000);
        let bodies = [
            // Lines of one character each, indented as deep as is followed.
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
