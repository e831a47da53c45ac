use cryptopocket_api::onramp::{ListPaymentsQuery, list_payments};
use cryptopocket_core::{Pager, input};
use cryptopocket_types::{Date, ExternalId, PaymentStatus, setters};
use serde::{Deserialize, Serialize};

use crate::{OnRamp, Payment};

/// Which payments to list. Every filter is assumed: the provider may ignore one.
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
    /// Lists the payments made with your own token, page by page, with the filter on every page.
    ///
    /// A payment that is not in the list does not exist only if [`ended`](cryptopocket_core::Items::ended) proves that
    /// the list was read to its end.
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** The provider's page "List on-ramp transactions" exists;
    /// path, filters and reply are `assumed`.
    ///
    /// Operation: `list_payments`
    ///
    /// # Errors
    ///
    /// Before anything is sent, a filter whose first day lies after its last, or whose reference no payment is created
    /// with (`InvalidInput`).
    ///
    /// # Examples
    ///
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
