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
    if envelope != Envelope::Data {
        return body.slice_ref(without_mark(body));
    }
    let data = fields.get("data");
    // Without an envelope `status` belongs to the answer, as that of a flat payment does.
    let is_status_dropped = data.is_some() || succeeded;
    // Everything else is handed on, so that no part of a reply is lost.
    let mut beside = named(fields)
        .filter(|(name, _)| name != "data" && !(is_status_dropped && name == "status"))
        .peekable();
    let object = |fields: &mut dyn Iterator<Item = Named<'_>>| {
        let mut json = Vec::with_capacity(body.len());
        // Writing into memory cannot fail.
        let _ = serde_json::Serializer::new(&mut json).collect_map(fields);
        json
    };
    let Some(raw) = data else {
        return wiped(object(&mut beside));
    };
    let json = raw.get();
    wiped(if let Some(inner) = fields.object("data") {
        object(&mut merged(&inner, beside))
    } else if beside.peek().is_none() {
        json.into()
    } else if let Ok([only]) = serde_json::from_str::<[Fields<'_>; 1]>(json) {
        let mut list = object(&mut merged(&only, beside));
        list.insert(0, b'[');
        list.push(b']');
        list
    } else if JsonKind::of(json) == JsonKind::Text {
        // A text has no room for what stands beside it.
        object(&mut iter::once((Cow::Borrowed("data"), raw)).chain(beside))
    } else {
        json.into()
    })
}

/// A field, and its value as it is written.
type Named<'a> = (Cow<'a, str>, &'a RawValue);

/// The fields of the object in `data`, and those beside it that say something else.
fn merged<'a>(
    inner: &'a Fields<'a>,
    beside: impl Iterator<Item = Named<'a>>,
) -> impl Iterator<Item = Named<'a>> {
    let beside = beside.filter_map(|(name, raw)| match inner.get(&name) {
        Some(same) if same.get() == raw.get() => None,
        _ if inner.contains(&name) => Some((Cow::Owned(format!("envelope_{name}")), raw)),
        _ => Some((name, raw)),
    });
    named(inner).chain(beside)
}

fn named<'a>(fields: &'a Fields<'a>) -> impl Iterator<Item = Named<'a>> {
    fields.iter().map(|(name, raw)| (Cow::Borrowed(name), raw))
}
