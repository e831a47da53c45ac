use cryptopocket_types::reading::{Fields, text_of};
use serde_json::value::RawValue;

use crate::operation::{Envelope, Idempotency, Operation};

/// `sucess` is how the provider spells it for payments by transfer.
const SUCCESS_WORDS: [&str; 3] = ["ok", "success", "sucess"];

/// The word of the reply about its outcome, from `status` or `success`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Word {
    #[default]
    Absent,
    Success,
    Error,
    /// Another word: a refusal, or the state of the object in a flat reply.
    Other,
}

impl Word {
    pub(super) fn of(fields: &Fields<'_>) -> Self {
        if fields.get("success").is_some_and(is_false) {
            return Self::Error;
        }
        let Some(raw) = fields.get("status") else {
            return Self::Absent;
        };
        let Some(word) = text_of(raw) else {
            return if raw.get() == "\"\"" {
                Self::Absent
            } else {
                Self::Other
            };
        };
        match word.trim().to_lowercase().as_str() {
            word if SUCCESS_WORDS.contains(&word) => Self::Success,
            "error" => Self::Error,
            _ => Self::Other,
        }
    }

    /// Whether the word means that the call was refused.
    ///
    /// An unknown word is a refusal, unless the reply is flat and the word can be the state of its object. The reply to a
    /// call that writes must name that object: without an id, `"status":"failed"` is no payment.
    pub(super) fn refuses(self, operation: &Operation, fields: &Fields<'_>) -> bool {
        // The shape of a login is not documented, and its token is looked for wherever it may be.
        let has_envelope =
            operation.auth && (operation.envelope != Envelope::Data || fields.contains("data"));
        let reads = operation.idempotency == Idempotency::Safe;
        match self {
            Self::Absent | Self::Success => false,
            Self::Error => true,
            Self::Other => has_envelope || is_bare(fields) || !reads && !names_object(fields),
        }
    }

    /// Whether the reply can be taken for a success: it says so, or has data in place of a word.
    pub(super) fn is_vouched_for(self, operation: &Operation, fields: &Fields<'_>) -> bool {
        self == Self::Success
            || !operation.auth
            || shows_data(operation, fields)
            || fields.get("data").is_none() && operation.envelope != Envelope::Whole && !is_bare(fields)
    }
}

/// Whether `data` can stand for a word of success.
///
/// For a call that writes, a bare word such as `"failed"` cannot: only an object or a list shows what was created.
fn shows_data(operation: &Operation, fields: &Fields<'_>) -> bool {
    let reads = operation.idempotency == Idempotency::Safe;
    fields
        .get("data")
        .is_some_and(|data| reads || operation.is_raw() || data.get().starts_with(['{', '[']))
}

/// Whether the reply has no field but those of an envelope.
fn is_bare(fields: &Fields<'_>) -> bool {
    fields
        .iter()
        .all(|(name, _)| matches!(name, "status" | "success" | "message" | "error" | "errors"))
}

/// Whether a value is `false` in one of the forms that PHP gives it.
fn is_false(raw: &RawValue) -> bool {
    let text = raw.get().trim_matches('"');
    text == "0" || text.eq_ignore_ascii_case("false")
}

fn names_object(fields: &Fields<'_>) -> bool {
    fields
        .iter()
        .any(|(name, _)| name == "id" || name.ends_with("_id"))
}
