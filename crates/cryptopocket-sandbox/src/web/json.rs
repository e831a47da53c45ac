//! Indented JSON, with every number and text as it was written.

/// Indents JSON without parsing its values. Invalid JSON loses nothing but white space.
pub(crate) fn pretty(json: impl AsRef<str>) -> String {
    let json = json.as_ref();
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                out.push(c);
                let mut escaped = false;
                for c in chars.by_ref() {
                    out.push(c);
                    if c == '"' && !escaped {
                        break;
                    }
                    escaped = c == '\\' && !escaped;
                }
            }
            '{' | '[' => {
                out.push(c);
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
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
    use super::pretty;

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
