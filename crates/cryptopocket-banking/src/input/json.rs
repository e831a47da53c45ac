//! JSON arrays and JSON lines.

use serde_json::value::RawValue;

use super::fields::Fields;

/// Takes a row: its line and its fields.
type Take<'t> = &'t mut dyn FnMut(u64, Result<Fields<'_>, String>);

/// Counts the lines of a text up to a place that only moves on.
struct Lines<'t> {
    bytes: &'t [u8],
    counted: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn new(bytes: &'t [u8]) -> Self {
        Self {
            bytes,
            counted: 0,
            line: 1,
        }
    }

    fn at(&mut self, place: usize) -> u64 {
        let between = &self.bytes[self.counted.min(place)..place];
        self.line += between.split(|byte| *byte == b'\n').count() as u64 - 1;
        self.counted = place;
        self.line
    }
}

/// Reads the elements of an array.
pub(super) fn array(bytes: &[u8], take: Take<'_>) {
    let mut lines = Lines::new(bytes);
    let skip = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let mut at = skip(skip(0) + 1);
    if bytes.get(at) == Some(&b']') {
        return trailing(bytes, skip(at + 1), &mut lines, take);
    }
    loop {
        let rest = &bytes[at..];
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(raw)) => {
                take(lines.at(at), Fields::from_json(raw));
                at = skip(at + values.byte_offset());
            }
            Some(Err(error)) if !error.is_syntax() && !error.is_eof() => {
                let reason = "not UTF-8 or not JSON; nothing after this line was read";
                return take(lines.at(at), Err(reason.to_owned()));
            }
            _ => {
                let reason = "broken JSON; nothing after this line was read";
                return take(lines.at(at), Err(reason.to_owned()));
            }
        }
        match bytes.get(at) {
            Some(b',') => at = skip(at + 1),
            Some(b']') => return trailing(bytes, skip(at + 1), &mut lines, take),
            _ => {
                let reason = "the array is cut off or broken here; nothing after this line was read";
                return take(lines.at(at), Err(reason.to_owned()));
            }
        }
    }
}

fn trailing(bytes: &[u8], at: usize, lines: &mut Lines<'_>, take: Take<'_>) {
    if at < bytes.len() {
        let reason = "text after the end of the array; it was not read";
        take(lines.at(at), Err(reason.to_owned()));
    }
}

/// Reads one object a line.
pub(super) fn lines(bytes: &[u8], take: Take<'_>) {
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let Ok(text) = std::str::from_utf8(line) else {
            take(number, Err("not UTF-8".to_owned()));
            continue;
        };
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => take(number, Fields::from_json(raw)),
            Err(_) => take(number, Err("not one JSON object".to_owned())),
        }
    }
}
