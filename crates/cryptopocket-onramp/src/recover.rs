use std::collections::HashSet;

use cryptopocket_api::operations::LIST_PAYMENTS;
use cryptopocket_core::{Error, Result};
use cryptopocket_types::ExternalId;

use crate::{OnRamp, Payment, PaymentFilter, input};

const PAGE: u32 = 100;

/// What a search for a reference of yours found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "creating a payment again is right only after Recovery::None"]
#[allow(
    clippy::large_enum_variant,
    reason = "one is made for a search over the network"
)]
pub enum Recovery {
    /// No payment carries the reference. If the lost request cannot arrive any more, creating the payment is safe.
    None,
    /// The payment was created.
    One(Payment),
    /// Several payments carry the reference: it was used more than once, or a payment was created twice. Look at each.
    Many(Vec<Payment>),
}

struct Search {
    found: Vec<Payment>,
    listed: usize,
    is_whole: bool,
}

impl OnRamp {
    /// Finds the payments that carry a reference of yours, for instance after a creation that was not answered.
    ///
    /// That the provider can filter by reference is assumed, so nothing here relies on it: every payment that comes
    /// back is compared with the reference, and when the filtered list is empty the whole list is read once, 100
    /// payments a call. If you trust the filter and have very many payments, use
    /// `payments(PaymentFilter::new().external_id(…))`.
    ///
    /// Wait a little longer than the session's timeout before you trust a [`Recovery::None`]: the lost request may
    /// still be on its way.
    ///
    /// **Units.** As [`OnRamp::payment`] reads them.
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's page "List on-ramp transactions" exists; path, filters and reply are `assumed`.
    ///
    /// Operation: `list_payments`
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an empty reference; `UnexpectedReply` when nothing was found in a list that ended before all
    /// the payments it announced had come, since that proves nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # mod scripted { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/scripted.rs")); }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let session = scripted::Scripted::new().next("list_payments", &[r#"{"status":"ok","data":[{"id":
    /// #     "pay7Q2mX9tB4vLk8ZrN3cWd1s","external_id":"order-2001","user_id":"100067","status":"pending_bank",
    /// #     "fiat_amount":24000,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":257.29,
    /// #     "created_at":"2026-06-19T16:02:11.000001Z","holder":null}],
    /// #     "pagination":{"current_page":1,"per_page":25,"total":1,"last_page":1}}"#]).session;
    /// use cryptopocket_onramp::{OnRamp, Recovery};
    ///
    /// let onramp = OnRamp::new(session);
    /// match onramp.recover(&"order-2001".into()).await? {
    ///     Recovery::None => println!("not created: it may be created now"),
    ///     Recovery::One(payment) => println!("created as {}", payment.id),
    ///     Recovery::Many(payments) => println!("{} payments carry it", payments.len()),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recover(&self, external_id: &ExternalId) -> Result<Recovery> {
        input::external_id(external_id)?;
        let filter = PaymentFilter::new().external_id(external_id);
        let mut search = self.search(filter, external_id).await?;
        if search.listed == 0 {
            // A filter that the provider does not know may as well match nothing.
            search = self.search(PaymentFilter::new(), external_id).await?;
        }
        let mut found = search.found;
        match found.len() {
            0 if !search.is_whole => Err(Error::unexpected_reply(
                &LIST_PAYMENTS,
                "the list of payments ended before its announced total, so that the payment is not in it proves nothing",
            )
            .with_hint("Try again. If it persists, look the payment up by hand before you create it again.")),
            0 => Ok(Recovery::None),
            1 => Ok(Recovery::One(found.remove(0))),
            _ => Ok(Recovery::Many(found)),
        }
    }

    async fn search(&self, filter: PaymentFilter, external_id: &ExternalId) -> Result<Search> {
        let mut pages = self.payments(filter).per_page(PAGE).pages();
        // New payments shift the pages while they are read, so one may come twice.
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let mut total = 0;
        while let Some(page) = pages.next().await {
            let page = page?;
            total = page.total_items().unwrap_or(total);
            for payment in page.into_items() {
                let is_new = seen.insert(payment.id.clone());
                if is_new && payment.external_id.as_ref() == Some(external_id) {
                    found.push(payment);
                }
            }
        }
        let is_whole = seen.len() as u64 >= total;
        Ok(Search {
            found,
            listed: seen.len(),
            is_whole,
        })
    }
}
