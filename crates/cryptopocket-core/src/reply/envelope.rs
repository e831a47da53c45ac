use bytes::Bytes;
use cryptopocket_types::reading::Fields;

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
                .filter(|(name, _)| !inner.contains(name) && !is_envelope(name, true));
            write(&mut answer, inner.iter().chain(beside));
        }
        // Without an envelope `status` and `message` belong to the answer, as the status of a flat payment does.
        (None, None) => write(
            &mut answer,
            fields.iter().filter(|(name, _)| !is_envelope(name, succeeded)),
        ),
    }
    wiped(answer)
}

fn is_envelope(name: &str, enveloped: bool) -> bool {
    name == "data" || enveloped && matches!(name, "status" | "message")
}

fn write<'a>(out: &mut Vec<u8>, fields: impl Iterator<Item = (&'a str, &'a serde_json::value::RawValue)>) {
    out.push(b'{');
    for (index, (name, raw)) in fields.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        // Writing a string into memory cannot fail.
        let _ = serde_json::to_writer(&mut *out, name);
        out.push(b':');
        out.extend_from_slice(raw.get().as_bytes());
    }
    out.push(b'}');
}
