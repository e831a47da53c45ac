use cryptopocket_api::onramp::{get_payment, types};
use cryptopocket_api::operations::GET_PAYMENT;
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::{
    CoinAmount, ExternalId, Extra, Field, Money, PaymentId, PaymentStatus, Personal, Symbol, Timestamp, TxId,
    UserId,
};
use serde::{Deserialize, Serialize};

use crate::OnRamp;

/// A payment in its current state.
///
/// Its JSON reads back as the same value, so a test can build one from JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// Your own reference.
    pub external_id: Field<ExternalId>,
    /// The customer who pays.
    #[serde(serialize_with = "cryptopocket_types::id::serialize_field_text")]
    pub user_id: Field<UserId>,
    /// Its status. A status that this SDK does not know keeps its text.
    pub status: PaymentStatus,
    /// The money to pay.
    ///
    /// The provider sends hundredths, whatever the currency (documented for EUR).
    pub fiat: Field<Money>,
    /// The coins to receive, in coin units. The reply names no chain.
    pub coin: Field<CoinAmount>,
    /// When it was created.
    ///
    /// A time without a zone is unreadable; its text is in [`extra`](Self::extra).
    pub created_at: Field<Timestamp>,
    /// The name of the person who paid, when it is known.
    pub holder: Field<Personal>,
    /// The transaction that sent the coins. Only at `coins_sent`.
    pub txid: Field<TxId>,
    /// Fields of the reply that this SDK does not know or cannot read.
    #[serde(default)]
    pub extra: Extra,
}

impl Payment {
    /// Whether the coins are sent.
    ///
    /// No status of failure is documented, so an unknown status is not final.
    pub const fn is_final(&self) -> bool {
        self.status.is_final()
    }

    pub(crate) fn from_wire(reply: types::Payment) -> Self {
        let mut extra = reply.extra;
        let fiat = extra.pair(
            ("fiat_amount", reply.fiat_amount),
            ("fiat_symbol", reply.fiat_symbol),
        );
        let coin = extra.pair(
            ("coin_amount", reply.coin_amount),
            ("coin_symbol", reply.coin_symbol),
        );
        Self {
            id: reply.id,
            external_id: reply.external_id,
            user_id: reply.user_id,
            status: reply.status,
            fiat: fiat.map(|(amount, currency)| amount.money(currency)),
            coin: coin.map(|(amount, symbol)| CoinAmount::new(amount.decimal(), Symbol::from(symbol), None)),
            created_at: reply.created_at,
            holder: reply.holder,
            txid: reply.txid,
            extra,
        }
    }
}

impl OnRamp {
    /// Reads a payment. Only payments made with your own token are visible (documented).
    ///
    /// **Units.** The provider answers `fiat_amount` in cents (`15050` is 150.50 EUR) and `coin_amount` in coin units;
    /// the SDK converts both to exact [`Money`] and [`CoinAmount`].
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** The provider's page "Retrieve payment" (`documented`).
    ///
    /// Operation: `get_payment`
    ///
    /// # Errors
    ///
    /// Before anything is sent, an id that cannot stand in a path (`InvalidInput`). From the provider,
    /// `payment_not_found` (assumed). `UnexpectedReply` also for a reply about another payment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let reply = r#"{"status":"ok","data":{"id":"pay4H8nC","status":"started","fiat_amount":15050,"fiat_symbol":"EUR",
    /// #     "coin_symbol":"USDC","coin_amount":148.32}}"#;
    /// # let session = ScriptedSession::new().always("get_payment", reply).session;
    /// use cryptopocket_onramp::OnRamp;
    ///
    /// let onramp = OnRamp::new(session);
    /// let payment = onramp.payment(&"pay4H8nC".into()).await?;
    /// assert_eq!(payment.fiat.to_string(), "150.50 EUR");
    /// assert_eq!(payment.coin.to_string(), "148.32 USDC");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn payment(&self, id: &PaymentId) -> Result<Payment> {
        input::path_segment(id.path_segment())?;
        let reply = get_payment(self.session(), id).await?;
        // Goods are delivered on a status: that of another payment must never pass for that of this one.
        if reply.id != *id {
            return Err(Error::another_object(&GET_PAYMENT, "payment"));
        }
        Ok(Payment::from_wire(reply))
    }
}
