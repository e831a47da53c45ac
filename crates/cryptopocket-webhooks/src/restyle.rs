use std::fmt::Write as _;

/// What an encoder puts between the parts of a value.
#[derive(Clone, Copy)]
enum Layout {
    /// `{"a":1,"b":2}`: PHP, JavaScript, Rust, Go.
    Compact,
    /// `{"a": 1, "b": 2}`: Python.
    Spaced,
    /// One member a line, indented by this much.
    Indented(usize),
}

/// What an encoder escapes beyond what it must.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Least,
    /// Everything outside ASCII: Python.
    Unicode,
    /// The same, and the slash: PHP.
    UnicodeAndSlash,
    /// The slash alone: PHP with `JSON_UNESCAPED_UNICODE`.
    Slash,
}

/// The JSON of `body` as the usual encoders would print it, order of members and spelling of numbers kept.
/// Nothing if it is no JSON.
pub(crate) fn renderings(body: &[u8]) -> impl Iterator<Item = String> {
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
        .map(str::to_owned);
    // Where nothing would be escaped, the styles of escaping do not differ.
    let foreign = body.windows(2).any(|pair| pair == b"\\u") || !body.is_ascii();
    let slashed = body.contains(&b'/');
    let layouts = [
        Layout::Compact,
        Layout::Spaced,
        Layout::Indented(2),
        Layout::Indented(4),
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
        layouts
            .into_iter()
            .flat_map(move |layout| {
                escapes
                    .into_iter()
                    .filter(differs)
                    .map(move |escapes| (layout, escapes))
            })
            .filter_map(move |(layout, escapes)| render(&text, layout, escapes))
    })
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

fn render(text: &str, layout: Layout, escapes: Escapes) -> Option<String> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0usize;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut used = c.len_utf8();
        match c {
            '"' => {
                used = string_len(rest)?;
                let decoded: String = serde_json::from_str(&rest[..used]).ok()?;
                quote(&mut out, &decoded, escapes);
            }
            '{' | '[' => {
                out.push(c);
                let after = rest[1..].trim_start();
                if after.starts_with(['}', ']']) {
                    out.push(after.chars().next()?);
                    used = rest.len() - after.len() + 1;
                } else {
                    depth += 1;
                    line(&mut out, layout, depth);
                }
            }
            '}' | ']' => {
                depth = depth.checked_sub(1)?;
                line(&mut out, layout, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                if matches!(layout, Layout::Spaced) {
                    out.push(' ');
                }
                line(&mut out, layout, depth);
            }
            ':' => {
                out.push(c);
                if !matches!(layout, Layout::Compact) {
                    out.push(' ');
                }
            }
            ' ' | '\t' | '\r' | '\n' => {}
            _ => out.push(c),
        }
        rest = &rest[used..];
    }
    Some(out)
}

fn line(out: &mut String, layout: Layout, depth: usize) {
    if let Layout::Indented(width) = layout {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', width * depth));
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

fn quote(out: &mut String, text: &str, escapes: Escapes) {
    let unicode = matches!(escapes, Escapes::Unicode | Escapes::UnicodeAndSlash);
    let slash = matches!(escapes, Escapes::Slash | Escapes::UnicodeAndSlash);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if slash => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || (unicode && !c.is_ascii()) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str =
        r#"{"a" :[1.50, {}, [ ]],"url":"https:\/\/x\/é","t":"\u00e9\ud83d\ude00\n","n":null}"#;

    fn has(expected: &str) -> bool {
        renderings(VALUE.as_bytes()).any(|text| text == expected)
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
    fn what_is_no_json_has_no_renderings() {
        for body in [b"{".as_slice(), b"", b"\xff", b"{}}", b"\"\\ud800\""] {
            assert_eq!(renderings(body).count(), 0);
        }
    }
}
