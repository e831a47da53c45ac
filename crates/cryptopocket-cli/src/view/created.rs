use cryptopocket::onramp::{CreatedPayment, NextStep};
use cryptopocket::{Chain, Concept, ExternalId, Extra, Money, PaymentId, Personal, Secret, Symbol};
use serde::Serialize;

use super::field::known;
use crate::output::People;

/// A new payment, and what the payer does next.
#[derive(Serialize)]
pub(crate) struct CreatedView {
    payment_id: PaymentId,
    next: NextView,
    external_id: Option<ExternalId>,
    extra: Extra,
    /// For people only: a program knows what it asked for.
    #[serde(skip)]
    order: Order,
}

/// What was asked for. The provider's answer does not repeat it.
pub(crate) struct Order {
    pub(crate) pays: Money,
    pub(crate) symbol: Symbol,
    pub(crate) chain: Option<Chain>,
    /// Nothing where the customer names it on the provider's page.
    pub(crate) wallet: Option<Personal>,
}

impl Order {
    fn coin(&self) -> String {
        match &self.chain {
            Some(chain) => format!("{} on {chain}", self.symbol),
            None => self.symbol.to_string(),
        }
    }
}

/// What the payer does next.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum NextView {
    BankTransfer {
        iban: Personal,
        bic: Option<String>,
        #[serde(serialize_with = "cryptopocket::id::serialize_text")]
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

impl CreatedView {
    pub(crate) fn new(created: CreatedPayment, order: Order) -> Self {
        Self {
            payment_id: created.payment_id,
            next: created.next.into(),
            external_id: created.external_id,
            extra: created.extra,
            order,
        }
    }
}

impl People for CreatedView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            known("payment", Some(&self.payment_id)),
            known("external id", self.external_id.as_ref()),
            known("pays", Some(self.order.pays)),
            known("buys", Some(self.order.coin())),
            known(
                "wallet",
                Some(match &self.order.wallet {
                    Some(wallet) => wallet.reveal(),
                    None => "the customer names it on the page",
                }),
            ),
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
