//! Indented JSON, with every number and text as it was written.

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
