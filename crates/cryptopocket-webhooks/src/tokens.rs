//! Splits JSON text into tokens.
//!
//! By hand: a body printed again has to keep the spelling of its numbers and the order of its members, and no parser of
//! ours hands both out token by token.

use std::borrow::Cow;

/// The tokens of `text` without the white space between them. Text that is no JSON gives tokens too, up to a string that
/// does not end.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let length = match rest.as_bytes().first()? {
            b'"' => string_length(rest)?,
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => rest
                .find(|c: char| {
                    matches!(c, '"' | '{' | '}' | '[' | ']' | ',' | ':') || c.is_ascii_whitespace()
                })
                .unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        Some(token)
    })
}

/// Length of the string literal at the start of `text`, quotation marks included.
fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map(|at| at + 2)
}

/// The text without white space between tokens; strings and numbers keep their spelling.
pub(crate) fn compact(text: &str) -> Cow<'_, str> {
    // White space between tokens is only in objects and lists.
    if text.starts_with(['{', '[']) {
        Cow::Owned(tokens(text).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The deepest nesting of objects and lists.
pub(crate) fn depth(text: &str) -> usize {
    let depths = tokens(text).scan(0_usize, |depth, token| {
        match token {
            "{" | "[" => *depth += 1,
            "}" | "]" => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_keeps_strings_and_numbers() {
        let text = "{ \"a b\" : [ 1.50 , \"x \\\" y\\\\\" , \"\\u0020 \" ] }";
        assert_eq!(compact(text), r#"{"a b":[1.50,"x \" y\\","\u0020 "]}"#);
    }

    #[test]
    fn brackets_in_strings_are_not_nesting() {
        assert_eq!(depth(r#"{"a":"[[\"[{","b":[{}]}"#), 3);
    }

    #[test]
    fn malformed_text_ends_the_tokens() {
        assert_eq!(tokens("nul\"a").collect::<Vec<_>>(), ["nul"]);
        assert_eq!(tokens("\"\\\"").count(), 0);
    }
}
