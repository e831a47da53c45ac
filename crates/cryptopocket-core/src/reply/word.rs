use cryptopocket_types::reading::{Fields, text_of};

use crate::operation::{Envelope, Idempotency, Operation};

/// `sucess` is how the provider spells it for payments by transfer.
const SUCCESS_WORDS: [&str; 3] = ["ok", "success", "sucess"];

/// What `status` says about the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Word {
    #[default]
    Absent,
    Success,
    Error,
    /// Neither: a refusal in other words, or the state of the object that the reply is.
    Other,
}

impl Word {
    pub(super) fn of(fields: &Fields<'_>) -> Self {
        if fields.get("success").is_some_and(|raw| raw.get() == "false") {
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

    /// Whether a word that is not one of success means that the call was refused. It is the state of an object only in a
    /// flat answer, which names its object where the call was to do something.
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

    /// Whether a reply without any word of success has something else to show for it.
    pub(super) fn is_vouched_for(self, operation: &Operation, fields: &Fields<'_>) -> bool {
        self == Self::Success
            || !operation.auth
            || shows_data(operation, fields)
            || fields.get("data").is_none() && operation.envelope != Envelope::Whole && !is_bare(fields)
    }
}

/// Whether `data` can stand for a word of success.
///
/// Of a call that writes, a bare word such as `"failed"` cannot: only an object or a list shows what was made.
fn shows_data(operation: &Operation, fields: &Fields<'_>) -> bool {
    let reads = operation.idempotency == Idempotency::Safe;
    fields
        .get("data")
        .is_some_and(|data| reads || operation.is_raw() || data.get().starts_with(['{', '[']))
}

/// Nothing but an envelope, and that without content.
fn is_bare(fields: &Fields<'_>) -> bool {
    fields
        .iter()
        .all(|(name, _)| matches!(name, "status" | "success" | "message" | "error" | "errors"))
}

fn names_object(fields: &Fields<'_>) -> bool {
    fields
        .iter()
        .any(|(name, _)| name == "id" || name.ends_with("_id"))
}
