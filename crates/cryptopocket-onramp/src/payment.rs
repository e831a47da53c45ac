use cryptopocket_api::onramp::{get_payment, types};
use cryptopocket_api::operations::GET_PAYMENT;
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::{
    CoinAmount, ExternalId, Field, Money, PaymentId, PaymentStatus, Personal, Symbol, Timestamp, TxId, UserId,
};

use crate::OnRamp;

cryptopocket_types::reply! {
    /// A payment in its current state.
    ///
    /// Its JSON reads back as the same value, so a test can build one from JSON.
    pub struct Payment: types::Payment, |wire, extra| {
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
        pub fiat: Field<Money> = extra
            .pair(("fiat_amount", wire.fiat_amount), ("fiat_symbol", wire.fiat_symbol))
            .map(|(amount, currency)| amount.money(currency)),
        /// The coins to receive, in coin units. The reply names no chain.
        pub coin: Field<CoinAmount> = extra
            .pair(("coin_amount", wire.coin_amount), ("coin_symbol", wire.coin_symbol))
            .map(|(amount, symbol)| CoinAmount::new(amount.decimal(), Symbol::from(symbol), None)),
        /// When it was created.
        ///
        /// A time without a zone is unreadable; its text is in [`extra`](Self::extra).
        pub created_at: Field<Timestamp>,
        /// The name of the person who paid, when it is known.
        pub holder: Field<Personal>,
        /// The transaction that sent the coins. Only at `coins_sent`.
        pub txid: Field<TxId>,
    }
}

impl Payment {
    /// Whether the coins are sent.
    ///
    /// No status of failure is documented, so an unknown status is not final.
    pub const fn is_final(&self) -> bool {
        self.status.is_final()
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
    /// # let reply = r#"{"status":"ok","data":{"id":"pay4H8nC","status":"started","fiat_amount":15050,"fiat_symbol":"EUR",
    /// #     "coin_symbol":"USDC","coin_amount":148.32}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("get_payment", reply).run(async |session| {
    /// use cryptopocket_onramp::OnRamp;
    ///
    /// let onramp = OnRamp::new(session);
    /// let payment = onramp.payment(&"pay4H8nC".into()).await?;
    /// assert_eq!(payment.fiat.to_string(), "150.50 EUR");
    /// assert_eq!(payment.coin.to_string(), "148.32 USDC");
    /// # Ok(()) });
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
