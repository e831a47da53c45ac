//! JSON arrays and JSON lines.

use serde_json::value::RawValue;

use super::fields::Fields;

/// Takes a row: its line and its fields.
type Take<'t> = &'t mut dyn FnMut(u64, Result<Fields<'_>, String>);

/// Reads the elements of an array.
pub(super) fn array(bytes: &[u8], take: Take<'_>) {
    let (mut counted, mut line) = (0, 1);
    let mut line_at = |place: usize| {
        line += bytes[counted..place].split(|byte| *byte == b'\n').count() as u64 - 1;
        counted = place;
        line
    };
    let skip = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let mut at = skip(skip(0) + 1);
    let mut end = bytes.get(at) == Some(&b']');
    while !end {
        let mut values = serde_json::Deserializer::from_slice(&bytes[at..]).into_iter::<&RawValue>();
        let broken = match values.next() {
            Some(Ok(raw)) => {
                take(line_at(at), Fields::from_json(raw));
                at = skip(at + values.byte_offset());
                end = bytes.get(at) == Some(&b']');
                if bytes.get(at) == Some(&b',') {
                    at = skip(at + 1);
                    continue;
                }
                (!end).then_some("the array is cut off or broken here; nothing after this line was read")
            }
            Some(Err(error)) if !error.is_syntax() && !error.is_eof() => {
                Some("not UTF-8 or not JSON; nothing after this line was read")
            }
            _ => Some("broken JSON; nothing after this line was read"),
        };
        if let Some(reason) = broken {
            return take(line_at(at), Err(reason.to_owned()));
        }
    }
    at = skip(at + 1);
    if at < bytes.len() {
        let reason = "text after the end of the array; it was not read";
        take(line_at(at), Err(reason.to_owned()));
    }
}

/// Reads one object a line.
pub(super) fn lines(bytes: &[u8], take: Take<'_>) {
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let raw = std::str::from_utf8(line).map_err(|_| "not UTF-8");
        let raw =
            raw.and_then(|text| serde_json::from_str::<&RawValue>(text).map_err(|_| "not one JSON object"));
        take(number, raw.map_err(str::to_owned).and_then(Fields::from_json));
    }
}
