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
    let read = reader.deserialize_seq(Rows { bytes, take });
    let (error, reason) = match (read, reader.end()) {
        (Ok(()), Ok(())) => return,
        (Ok(()), Err(error)) => (error, "text after the end of the array; it was not read"),
        (Err(error), _) if std::str::from_utf8(bytes).is_ok() => {
            (error, "broken JSON; nothing after this line was read")
        }
        (Err(error), _) => (error, "not UTF-8 or not JSON; nothing after this line was read"),
    };
    take(error.line() as u64, Err(reason.to_owned()));
}

/// Hands on each element with the line on which it begins.
struct Rows<'b, 't> {
    bytes: &'b [u8],
    take: Take<'t>,
}

impl<'b> Visitor<'b> for Rows<'b, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut rows: A) -> Result<(), A::Error> {
        let (mut counted, mut line) = (0, 1);
        while let Some(raw) = rows.next_element::<&'b RawValue>()? {
            let place = raw.get().as_ptr() as usize - self.bytes.as_ptr() as usize;
            line += self.bytes[counted..place].split(|byte| *byte == b'\n').count() as u64 - 1;
            counted = place;
            (self.take)(line, Fields::from_json(raw));
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
