use std::borrow::Cow;
use std::iter;

use bytes::Bytes;
use cryptopocket_types::reading::{Fields, JsonKind};
use serde::Serializer;
use serde_json::value::RawValue;

use super::without_mark;
use crate::operation::Envelope;
use crate::transport::wiped;

/// The answer inside the envelope. Every value keeps its exact text.
pub(super) fn open(envelope: Envelope, fields: &Fields<'_>, succeeded: bool, body: &Bytes) -> Bytes {
    match envelope {
        Envelope::Whole | Envelope::List => body.slice_ref(without_mark(body)),
        Envelope::Data => data(fields, succeeded, body.len()),
    }
}

/// `length` is that of the whole reply.
fn data(fields: &Fields<'_>, succeeded: bool, length: usize) -> Bytes {
    let mut answer = Vec::with_capacity(length);
    let mut beside = named(fields)
        .filter(|(name, _)| !is_envelope(name, true))
        .peekable();
    let Some(raw) = fields.get("data") else {
        // Without an envelope `status` belongs to the answer, as that of a flat payment does.
        let flat = named(fields).filter(|(name, _)| !is_envelope(name, succeeded));
        write(&mut answer, flat);
        return wiped(answer);
    };
    let json = raw.get();
    if let Some(inner) = fields.object("data") {
        write(&mut answer, merged(&inner, beside));
    } else if beside.peek().is_none() {
        answer.extend_from_slice(json.as_bytes());
    } else if let Ok([only]) = serde_json::from_str::<[Fields<'_>; 1]>(json) {
        answer.push(b'[');
        write(&mut answer, merged(&only, beside));
        answer.push(b']');
    } else if JsonKind::of(json) == JsonKind::Text {
        // A text has no room for what stands beside it.
        write(
            &mut answer,
            iter::once((Cow::Borrowed("data"), raw)).chain(beside),
        );
    } else {
        answer.extend_from_slice(json.as_bytes());
    }
    wiped(answer)
}

/// The fields of the object in `data`, and those beside it that say something else.
fn merged<'a>(
    inner: &'a Fields<'a>,
    beside: impl Iterator<Item = (Cow<'a, str>, &'a RawValue)>,
) -> impl Iterator<Item = (Cow<'a, str>, &'a RawValue)> {
    let beside = beside.filter_map(|(name, raw)| match inner.get(&name) {
        Some(same) if same.get() == raw.get() => None,
        _ if inner.contains(&name) => Some((Cow::Owned(format!("envelope_{name}")), raw)),
        _ => Some((name, raw)),
    });
    named(inner).chain(beside)
}

/// What says no more than that there is an envelope. Everything else is handed on, so that no part of a reply is lost.
fn is_envelope(name: &str, enveloped: bool) -> bool {
    name == "data" || enveloped && name == "status"
}

fn named<'a>(fields: &'a Fields<'a>) -> impl Iterator<Item = (Cow<'a, str>, &'a RawValue)> {
    fields.iter().map(|(name, raw)| (Cow::Borrowed(name), raw))
}

fn write<'a>(out: &mut Vec<u8>, fields: impl Iterator<Item = (Cow<'a, str>, &'a RawValue)>) {
    // Writing into memory cannot fail.
    let _ = serde_json::Serializer::new(out).collect_map(fields);
}
