//! JSON arrays and JSON lines.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::Fields;

/// Takes a row: its line and its fields.
type Take<'t> = &'t mut dyn FnMut(u64, Result<Fields<'_>, String>);

/// Reads the elements of an array.
pub(super) fn array(bytes: &[u8], take: Take<'_>) {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut rows = Rows {
        bytes,
        // After the bracket.
        end: skipped(bytes, 0) + 1,
        counted: 0,
        line: 1,
        take,
    };
    let first = rows.end;
    let read = reader.deserialize_seq(&mut rows);
    let mut at = skipped(bytes, rows.end);
    let reason = match (read, bytes.get(at)) {
        (Ok(()), _) => {
            at = skipped(bytes, at + 1);
            if at == bytes.len() {
                return;
            }
            "text after the end of the array; it was not read"
        }
        (Err(_), next) if rows.end != first && next != Some(&b',') => {
            "the array is cut off or broken here; nothing after this line was read"
        }
        (Err(_), next) => {
            if next == Some(&b',') {
                at = skipped(bytes, at + 1);
            }
            if std::str::from_utf8(bytes).is_ok() {
                "broken JSON; nothing after this line was read"
            } else {
                "not UTF-8 or not JSON; nothing after this line was read"
            }
        }
    };
    rows.take(at, Err(reason.to_owned()));
}

/// The place of the next byte that is no space.
fn skipped(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Hands on each element with the line on which it begins.
struct Rows<'b, 't> {
    bytes: &'b [u8],
    /// Where the last element ends.
    end: usize,
    /// The place up to which lines are counted, and the line there.
    counted: usize,
    line: u64,
    take: Take<'t>,
}

impl Rows<'_, '_> {
    fn take(&mut self, place: usize, fields: Result<Fields<'_>, String>) {
        let before = &self.bytes[self.counted..place];
        self.line += before.split(|byte| *byte == b'\n').count() as u64 - 1;
        self.counted = place;
        (self.take)(self.line, fields);
    }
}

impl<'b> Visitor<'b> for &mut Rows<'b, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(raw) = rows.next_element::<&'b RawValue>()? {
            let place = raw.get().as_ptr() as usize - self.bytes.as_ptr() as usize;
            self.end = place + raw.get().len();
            self.take(place, Fields::from_json(raw));
        }
        Ok(())
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
