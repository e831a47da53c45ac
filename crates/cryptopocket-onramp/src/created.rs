use cryptopocket_api::onramp::types;
use cryptopocket_types::{Concept, ExternalId, Extra, PaymentId, PaymentType, Personal, RawJson, Secret};
use serde::Serialize;

/// A payment that the provider has created, and what the payer does next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedPayment {
    /// The payment's id. Keep it: everything that follows goes by it.
    pub payment_id: PaymentId,
    /// Your own reference, as it was given; for guided payments as the provider repeats it.
    pub external_id: Option<ExternalId>,
    /// What the payer does next.
    pub next: NextStep,
    /// Fields of the reply that this SDK does not know, or that do not belong to [`next`](Self::next).
    pub extra: Extra,
}

/// What the payer does next. It follows from the reply, not from the method that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextStep {
    /// Make this bank transfer.
    BankTransfer(BankTransfer),
    /// Open this page, where the payment is completed.
    Redirect {
        /// The page. Its host varies; whoever has the address can open it, so keep it from logs.
        url: Secret,
    },
    /// The reply holds neither an account with a concept nor a page: see [`CreatedPayment::extra`], and follow the
    /// payment by its id.
    Unknown,
}

/// The transfer that the payer makes. Show all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BankTransfer {
    /// The account to pay into.
    pub iban: Personal,
    /// The BIC of its bank.
    pub bic: Option<String>,
    /// The reference that the payer must write on the transfer. It ties the credit to the payment, and **no later call
    /// repeats it**: keep it.
    pub concept: Concept,
    /// The holder of the account.
    pub beneficiary: Option<Personal>,
}

impl NextStep {
    /// The transfer to make, if that comes next.
    pub const fn bank_transfer(&self) -> Option<&BankTransfer> {
        match self {
            Self::BankTransfer(transfer) => Some(transfer),
            _ => None,
        }
    }

    /// The page to open, if that comes next.
    pub const fn redirect_url(&self) -> Option<&Secret> {
        match self {
            Self::Redirect { url } => Some(url),
            _ => None,
        }
    }
}

impl CreatedPayment {
    pub(crate) fn from_wire(
        reply: types::CreatedPayment,
        external_id: Option<ExternalId>,
        asked_for: &PaymentType,
    ) -> Self {
        let types::CreatedPayment {
            payment_id,
            iban,
            bic,
            concept,
            destination_name,
            url_payment,
            mut extra,
            ..
        } = reply;
        let prefers_page = *asked_for != PaymentType::Transfer;
        let next = match (iban, concept, url_payment) {
            (Some(iban), Some(concept), url) if url.is_none() || !prefers_page => {
                keep(&mut extra, "url_payment", url);
                NextStep::BankTransfer(BankTransfer {
                    iban,
                    bic,
                    concept,
                    beneficiary: destination_name,
                })
            }
            (iban, concept, url) => {
                keep(&mut extra, "iban", iban);
                keep(&mut extra, "concept", concept);
                keep(&mut extra, "bic", bic);
                keep(&mut extra, "destination_name", destination_name);
                url.map_or(NextStep::Unknown, |url| NextStep::Redirect { url })
            }
        };
        Self {
            payment_id,
            external_id,
            next,
            extra,
        }
    }

    pub(crate) fn from_guided(reply: types::GuidedPayment, asked_with: Option<ExternalId>) -> Self {
        Self {
            payment_id: reply.payment_id,
            external_id: reply.external_id.or(asked_with),
            next: NextStep::Redirect {
                url: reply.gateway_url,
            },
            extra: reply.extra,
        }
    }
}

/// Keeps a value that has no other place, under the name it came with.
pub(crate) fn keep<T: Serialize>(extra: &mut Extra, name: &str, value: Option<T>) {
    if let Some(raw) = value.and_then(|value| RawJson::encode(&value).ok()) {
        extra.insert(name, raw);
    }
}
