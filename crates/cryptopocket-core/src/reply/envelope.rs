use std::borrow::Cow;

use bytes::Bytes;
use cryptopocket_types::reading::Fields;
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
    let inner = fields.object("data");
    let mut answer = Vec::with_capacity(length);
    match (fields.get("data"), &inner) {
        (Some(raw), None) => answer.extend_from_slice(raw.get().as_bytes()),
        (_, Some(inner)) => {
            let beside = fields
                .iter()
                .filter(|(name, _)| !is_envelope(name, true))
                .filter_map(|(name, raw)| match inner.get(name) {
                    Some(same) if same.get() == raw.get() => None,
                    _ if inner.contains(name) => Some((Cow::Owned(format!("envelope_{name}")), raw)),
                    _ => Some((Cow::Borrowed(name), raw)),
                });
            write(&mut answer, named(inner).chain(beside));
        }
        // Without an envelope `status` belongs to the answer, as that of a flat payment does.
        (None, None) => write(
            &mut answer,
            named(fields).filter(|(name, _)| !is_envelope(name, succeeded)),
        ),
    }
    wiped(answer)
}

/// What says no more than that there is an envelope. Everything else is handed on, so that no part of a reply is lost.
fn is_envelope(name: &str, enveloped: bool) -> bool {
    name == "data" || enveloped && name == "status"
}

fn named<'a>(fields: &'a Fields<'a>) -> impl Iterator<Item = (Cow<'a, str>, &'a RawValue)> {
    fields.iter().map(|(name, raw)| (Cow::Borrowed(name), raw))
}

fn write<'a>(out: &mut Vec<u8>, fields: impl Iterator<Item = (Cow<'a, str>, &'a RawValue)>) {
    out.push(b'{');
    for (index, (name, raw)) in fields.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        // Writing a string into memory cannot fail.
        let _ = serde_json::to_writer(&mut *out, &*name);
        out.push(b':');
        out.extend_from_slice(raw.get().as_bytes());
    }
    out.push(b'}');
}
