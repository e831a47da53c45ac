use std::time::Duration;

use cryptopocket_api::onramp::{ListPaymentsQuery, get_payment, list_payments, types};
use cryptopocket_api::operations::GET_PAYMENT;
use cryptopocket_core::{Error, Pager, Progress, Result, Schedule, Waiter, input};
use cryptopocket_types::{
    CoinAmount, Date, ExternalId, Field, Money, PaymentId, PaymentStatus, PaymentType, Personal, Symbol,
    Timestamp, TxId, UserId, setters,
};
use serde::{Deserialize, Serialize};

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

    /// Polling pauses that suit a payment method, for [`Waiter::schedule`].
    ///
    /// Seconds for card and PSD2, 30 s and more for a bank transfer. A transfer takes hours or days, so polling it
    /// every few seconds only costs requests.
    pub fn schedule(payment_type: &PaymentType) -> Schedule {
        let (first, longest) = match payment_type {
            PaymentType::Card => (2, 20),
            PaymentType::Psd2 | PaymentType::Paypal => (3, 30),
            PaymentType::Transfer => (30, 600),
            _ => (5, 120),
        };
        Schedule::new(Duration::from_secs(first), Duration::from_secs(longest))
    }
}

impl Progress for Payment {
    type State = PaymentStatus;

    fn state(&self) -> &PaymentStatus {
        &self.status
    }

    fn is_final(&self) -> bool {
        self.status.is_final()
    }

    fn rank(status: &PaymentStatus) -> Option<u8> {
        status.rank()
    }
}

/// Which payments to list. Every filter is assumed: the provider may ignore one.
///
/// # Examples
/// ```
/// use cryptopocket_onramp::PaymentFilter;
/// use cryptopocket_types::PaymentStatus;
///
/// let june = PaymentFilter::new()
///     .status(PaymentStatus::CoinsSent)
///     .from("2026-06-01".parse()?)
///     .to("2026-06-30".parse()?);
/// assert!(june.from < june.to);
/// assert_eq!(june.external_id, None);
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PaymentFilter {
    /// Only payments with this reference of yours.
    pub external_id: Option<ExternalId>,
    /// Only payments with this status.
    pub status: Option<PaymentStatus>,
    /// Only payments created on this day or later.
    pub from: Option<Date>,
    /// Only payments created on this day or earlier.
    pub to: Option<Date>,
}

impl PaymentFilter {
    /// All payments.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Only payments with this reference of yours.
        external_id = |id: impl Into<ExternalId>| Some(id.into());
        /// Only payments with this status.
        status = |status: PaymentStatus| Some(status);
        /// Only payments created on this day or later.
        from = |day: Date| Some(day);
        /// Only payments created on this day or earlier.
        to = |day: Date| Some(day);
    }
}

impl OnRamp {
    /// Reads a payment. Only payments made with your own token are visible (documented).
    ///
    /// - **Units.** The provider answers `fiat_amount` in cents (`15050` is 150.50 EUR) and `coin_amount` in coin
    ///   units; the SDK converts both to exact [`Money`] and [`CoinAmount`].
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "Retrieve payment" (`documented`).
    /// - Operation: `get_payment`
    ///
    /// # Errors
    /// Before anything is sent, an id that cannot stand in a path (`InvalidInput`). From the provider,
    /// `payment_not_found` (assumed). `UnexpectedReply` also for a reply about another payment.
    ///
    /// # Examples
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

    /// Waits until the coins of a payment are sent, or for the status of [`Waiter::until`].
    ///
    /// The wait reports unknown statuses and goes on: **no status of failure, expiry or refund is documented**, so choose
    /// a limit and handle such statuses yourself. Errors of [`OnRamp::payment`] end it, unless they are transient.
    ///
    /// Operation: `get_payment`
    ///
    /// # Examples
    /// ```
    /// # let reply = |status| format!(r#"{{"status":"ok","data":{{"id":"pay4H8nC","status":"{status}"}}}}"#);
    /// # let replies = ["started", "payment_received", "coins_sent"].map(reply);
    /// # let replies = replies.each_ref().map(String::as_str);
    /// # cryptopocket_core::testing::ScriptedSession::new().next("get_payment", &replies).run(async |session| {
    /// use std::time::Duration;
    ///
    /// use cryptopocket_onramp::OnRamp;
    ///
    /// let onramp = OnRamp::new(session);
    /// // `.max_wait(…).await?` gives the last state alone.
    /// let mut wait = onramp.wait_payment(&"pay4H8nC".into()).max_wait(Duration::from_secs(15 * 60));
    /// let mut seen = Vec::new();
    /// while let Some(payment) = wait.next().await {
    ///     seen.push(payment?.status.to_string());
    /// }
    /// assert_eq!(seen, ["started", "payment_received", "coins_sent"]);
    /// # Ok(()) });
    /// ```
    pub fn wait_payment(&self, id: &PaymentId) -> Waiter<Payment> {
        let (onramp, id) = (self.clone(), id.clone());
        Waiter::new(self.session().runtime().clone(), move || {
            let (onramp, id) = (onramp.clone(), id.clone());
            async move { onramp.payment(&id).await }
        })
    }

    /// Lists the payments made with your own token, page by page, with the filter on every page.
    ///
    /// A payment that is not in the list does not exist only if [`ended`](cryptopocket_core::Items::ended) proves that
    /// the list was read to its end.
    ///
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "List on-ramp transactions" exists; path, filters and reply are `assumed`.
    /// - Operation: `list_payments`
    ///
    /// # Errors
    /// Before anything is sent, a filter whose first day lies after its last, or whose reference no payment is created
    /// with (`InvalidInput`).
    ///
    /// # Examples
    /// ```
    /// # let reply = r#"{"status":"ok","data":[{"id":"pay7Q2mX","status":"pending_bank","fiat_amount":24000,
    /// #     "fiat_symbol":"EUR"}],"pagination":{"current_page":1,"total":1,"last_page":1}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("list_payments", reply).run(async |session| {
    /// use cryptopocket_onramp::{OnRamp, PaymentFilter};
    /// use cryptopocket_types::PaymentStatus;
    ///
    /// let onramp = OnRamp::new(session);
    /// let mut pending = onramp.list_payments(PaymentFilter::new().status(PaymentStatus::PendingBank)).per_page(50).items();
    /// while let Some(payment) = pending.next().await {
    ///     let payment = payment?;
    ///     println!("{} waits for {}", payment.id, payment.fiat);
    ///     # assert_eq!(payment.fiat.to_string(), "240.00 EUR");
    /// }
    /// # Ok(()) });
    /// ```
    pub fn list_payments(&self, filter: PaymentFilter) -> Pager<Payment> {
        let session = self.session.clone();
        Pager::new(move |request| {
            let (session, filter) = (session.clone(), filter.clone());
            async move {
                input::days(filter.from, filter.to)?;
                filter.external_id.as_ref().map_or(Ok(()), input::external_id)?;
                let query = ListPaymentsQuery::default()
                    .page(i64::from(request.page))
                    .per_page(request.per_page.map(i64::from))
                    .external_id(filter.external_id.as_ref())
                    .status(filter.status.as_ref())
                    .from(filter.from.as_ref())
                    .to(filter.to.as_ref());
                Ok(list_payments(&session, &query).await?.map(Payment::from_wire))
            }
        })
        .identified_by(|payment| payment.id.as_str().to_owned())
    }
}
