//! Why a call was refused.

use cryptopocket_core::Advice;
use cryptopocket_inbox::journal::{Journal, JournalStore, StoredAnswer};
use cryptopocket_inbox::{Error, ErrorKind};
use cryptopocket_types::sensitive::Secret;
use cryptopocket_types::{ErrorCode, debug_fields};

/// What the advice of the same error says nothing of, since a call that has no key can simply be made again.
const NEW_KEY: &str = "If you make the call again once the cause is gone, use a new key: this one is spent.";

/// Why a call was refused, now or before.
///
/// All but `reason` is read from the answer that the journal keeps, also after a restart. It is `None` once that answer was
/// [erased](Journal::erase) or cannot be opened, and if not the provider but a person said that the call is not to be done.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The error's text, which holds no secret and no personal data, or the words of the person.
    pub reason: String,
    /// The provider's code, such as `require_kyc`. One that this SDK does not know keeps its text, which `Debug` hides.
    pub code: Option<ErrorCode>,
    /// What to do about it. Where it can help to make the call again, it says that this takes a new key.
    pub advice: Option<Advice>,
    /// Page on which the customer continues: the identity check that comes with `require_kyc`, or the declaration that
    /// comes with `kyc_reinforced_required`. It opens the customer's own page, so treat it as a secret.
    pub verification_url: Option<Secret>,
}

impl Refusal {
    /// The refusal under `key`, with what the kept answers say of it.
    pub(super) async fn read<J: JournalStore>(
        journal: &Journal<J>,
        key: &str,
        operation: &str,
        reason: String,
    ) -> Result<Self, Error> {
        let entry = journal.entry(key).await?;
        let answers = if entry.is_some_and(|entry| entry.settled_by.is_some()) {
            Vec::new()
        } else {
            match journal.raw_answers(key).await {
                // Without its key nobody can open it; that the call was refused is known all the same.
                Err(error) if error.kind() == ErrorKind::Sealed => Vec::new(),
                answers => answers?,
            }
        };
        // The latest may be that of another worker, and no refusal.
        let error = cryptopocket_api::operation(operation).and_then(|operation| {
            let refusal =
                |answer: &StoredAnswer| cryptopocket_core::Error::kept_refusal(operation, &answer.body.bytes);
            answers.iter().rev().find_map(refusal)
        });
        Ok(Self {
            reason,
            code: error.as_ref().and_then(|error| error.code().cloned()),
            advice: error.as_ref().map(advised),
            verification_url: error.as_ref().and_then(|error| error.verification_url().cloned()),
        })
    }
}

fn advised(error: &cryptopocket_core::Error) -> Advice {
    let advice = error.advice().clone();
    match error.code() {
        // What such a pair needs is a look at both: made again, it is refused again, or ties what it should not.
        Some(ErrorCode::AlreadyReconciled | ErrorCode::PaymentNotPending) => advice,
        _ => advice.and(NEW_KEY),
    }
}

debug_fields! {
    Refusal => |refusal|
        reason: refusal.reason,
        // What is no known code may be a value in the wrong place.
        code: refusal.code.as_ref().filter(|code| code.is_known()),
        verification_url: refusal.verification_url,
}
