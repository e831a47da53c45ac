use cryptopocket::onramp::{CreatedPayment, NextStep};
use cryptopocket::{Concept, ExternalId, Extra, PaymentId, Personal, Secret};
use serde::Serialize;

use super::{known, text};
use crate::output::People;

/// A new payment, and what the payer does next.
#[derive(Serialize)]
pub(crate) struct CreatedView {
    payment_id: PaymentId,
    next: NextView,
    external_id: Option<ExternalId>,
    extra: Extra,
}

/// What the payer does next.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum NextView {
    BankTransfer {
        iban: Personal,
        bic: Option<String>,
        #[serde(serialize_with = "text")]
        concept: Concept,
        beneficiary: Option<Personal>,
    },
    Redirect {
        url: Secret,
    },
    /// The reply said neither: `extra` has what it said.
    Unknown,
}

impl From<NextStep> for NextView {
    fn from(next: NextStep) -> Self {
        match next {
            NextStep::BankTransfer(transfer) => Self::BankTransfer {
                iban: transfer.iban,
                bic: transfer.bic,
                concept: transfer.concept,
                beneficiary: transfer.beneficiary,
            },
            NextStep::Redirect { url } => Self::Redirect { url },
            _ => Self::Unknown,
        }
    }
}

impl From<CreatedPayment> for CreatedView {
    fn from(created: CreatedPayment) -> Self {
        Self {
            payment_id: created.payment_id,
            next: created.next.into(),
            external_id: created.external_id,
            extra: created.extra,
        }
    }
}

impl People for CreatedView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            known("payment", Some(&self.payment_id)),
            known("external id", self.external_id.as_ref()),
        ];
        match &self.next {
            NextView::BankTransfer {
                iban,
                bic,
                concept,
                beneficiary,
            } => lines.extend([
                known("next", Some("the customer makes this bank transfer")),
                known("IBAN", Some(iban.reveal())),
                known("BIC", bic.as_ref()),
                known("beneficiary", beneficiary.as_ref().map(Personal::reveal)),
                known(
                    "concept",
                    Some(format!("{concept} (keep it: no later call repeats it)")),
                ),
            ]),
            NextView::Redirect { url } => lines.extend([
                known("next", Some("the customer opens this page")),
                known("page", Some(url.expose())),
            ]),
            NextView::Unknown => lines.push(known(
                "next",
                Some("not known; `--json` shows the reply under extra"),
            )),
        }
        lines.into_iter().flatten().collect()
    }
}
