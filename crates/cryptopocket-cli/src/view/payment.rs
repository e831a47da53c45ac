use cryptopocket::onramp::Payment;
use cryptopocket::{
    CoinAmount, ExternalId, Extra, Money, PaymentId, PaymentStatus, Personal, Timestamp, TxId, UserId,
};
use serde::Serialize;

use super::field::{cell, coin, known};
use crate::output::{People, Row};

/// A payment, as `payments get` prints it.
#[derive(Serialize)]
pub(crate) struct PaymentView {
    id: PaymentId,
    external_id: Option<ExternalId>,
    #[serde(serialize_with = "cryptopocket::id::serialize_text")]
    user_id: UserId,
    status: PaymentStatus,
    r#final: bool,
    fiat: Money,
    #[serde(serialize_with = "coin")]
    coin: CoinAmount,
    created_at: Timestamp,
    holder: Option<Personal>,
    txid: Option<TxId>,
    extra: Extra,
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        Self {
            r#final: payment.is_final(),
            id: payment.id,
            external_id: payment.external_id,
            user_id: payment.user_id,
            status: payment.status,
            fiat: payment.fiat,
            coin: payment.coin,
            created_at: payment.created_at,
            holder: payment.holder,
            txid: payment.txid,
            extra: payment.extra,
        }
    }
}

impl PaymentView {
    /// One line of a wait.
    pub(crate) fn state(&self) -> String {
        let txid = self
            .txid
            .as_ref()
            .map_or_else(String::new, |txid| format!("  txid {txid}"));
        format!("{}  {} → {}{txid}", self.status, self.fiat, self.coin)
    }
}

impl People for PaymentView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let state = if self.r#final {
            format!("{} (final)", self.status)
        } else {
            self.status.to_string()
        };
        [
            known("payment", Some(&self.id)),
            known("external id", self.external_id.as_ref()),
            known("customer", Some(&self.user_id)),
            known("status", Some(state)),
            known("pays", Some(self.fiat)),
            known("receives", Some(&self.coin)),
            known("created", Some(&self.created_at)),
            known("holder", self.holder.as_ref().map(Personal::reveal)),
            known("txid", self.txid.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Row for PaymentView {
    const HEADINGS: &'static [&'static str] = &[
        "PAYMENT",
        "STATUS",
        ">PAYS",
        ">RECEIVES",
        "CUSTOMER",
        "EXTERNAL ID",
        "CREATED",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.status.to_string(),
            self.fiat.to_string(),
            self.coin.to_string(),
            self.user_id.to_string(),
            cell(self.external_id.as_ref()),
            self.created_at.to_string(),
        ]
    }
}
