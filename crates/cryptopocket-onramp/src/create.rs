use cryptopocket_api::onramp::create_payment;
use cryptopocket_core::Result;

use crate::{CreatedPayment, NewPayment, OnRamp, UnsettledPayment};

impl OnRamp {
    /// Creates a payment into the wallet that it names.
    ///
    /// **Units.** `fiat_amount` goes out in currency units (`240` is 240.00 EUR). Reading the payment back, the
    /// provider answers in cents; the SDK turns both into the same [`Money`](cryptopocket_types::Money).
    ///
    /// **Next step.** It depends on the method and is read from the reply: a transfer gives an account and a concept
    /// (documented), card and PSD2 give a page (older), other methods are assumed to be like card.
    ///
    /// **Idempotency.** Unsafe: it moves money, and the provider takes no idempotency key. It is retried only when
    /// nothing was sent for certain, or after a refused token. When the answer is lost, the error's
    /// [`effect`](cryptopocket_core::Error::effect) is `Unknown`. Do not create the payment again
    /// then; pass the error to [`OnRamp::recover_from`]. That works only if the payment had an
    /// [`external_id`](NewPayment::external_id()). **Without one, only the list can tell** whether the payment exists
    /// ([`OnRamp::list_payments`], by customer, amount and time).
    ///
    /// **Cancellation.** Dropping the future mid-way loses the outcome, and no error says so. Run the call by
    /// [`Session::detach`](cryptopocket_core::Session::detach) where something may cut it short.
    ///
    /// **Known from.** The provider's page "Create payment intend" (`documented`); `payment_type`, `callback_url` and
    /// the reply for card and PSD2 from its older edition (`older`).
    ///
    /// Operation: `create_payment`
    ///
    /// # Errors
    ///
    /// Before anything is sent ([`sent`](cryptopocket_core::Error::sent) is `No`): an amount that is not above zero or
    /// has more decimals than its currency, a [wallet](cryptopocket_core::input::wallet) that cannot be right, an empty
    /// id, a reference with white space around it, a callback that is no web address, a guard for another purchase
    /// (`InvalidInput`); a guard that does not hold (`Conflict`).
    ///
    /// From the provider (`Refused`, with [`code`](cryptopocket_core::Error::code)): `fail_mandatory_field`,
    /// `user_not_found`, `user_banned`, `require_kyc` (with
    /// [`verification_url`](cryptopocket_core::Error::verification_url)), `kyc_reinforced_required`, `limit_exceded`
    /// (the quarterly card limit), `coin_not_supported`, `min_purchase` (the minimum is in
    /// [`provider_message`](cryptopocket_core::Error::provider_message)), `method_not_allowed`,
    /// `error_payment_creation`.
    ///
    /// # Examples
    ///
    /// ```
    /// # let reply = r#"{"status":"sucess","data":{"payment_id":"pay7Q2mX","iban":"ES7921000813610123456789",
    /// #     "concept":48213907}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("create_payment", reply).run(async |session| {
    /// use cryptopocket_onramp::{NewPayment, NextStep, OnRamp};
    /// use cryptopocket_types::{Asset, UserId};
    ///
    /// let onramp = OnRamp::new(session);
    /// let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    /// let payment =
    ///     NewPayment::transfer(UserId::from(100_067), "240 EUR".parse()?, Asset::new("USDC", "polygon"), wallet)
    ///         .external_id("order-2001");
    /// let created = onramp.create_payment(payment).await?;
    /// match created.next {
    ///     NextStep::BankTransfer(transfer) => {
    ///         println!("pay into {} and write {}", transfer.iban.reveal(), transfer.concept);
    ///         # assert_eq!(transfer.concept.as_str(), "48213907");
    ///     }
    ///     NextStep::Redirect { url } => println!("open {}", url.expose()),
    ///     _ => println!("follow {}", created.payment_id),
    /// }
    /// # Ok(()) });
    /// ```
    pub async fn create_payment(&self, payment: NewPayment) -> Result<CreatedPayment> {
        payment.check()?;
        let session = self.guarded(payment.guard.as_ref()).await?;
        let external_id = payment.external_id.clone();
        let payment_type = payment.payment_type.clone();
        match create_payment(&session, &payment.into_wire()).await {
            Ok(reply) => Ok(CreatedPayment::from_wire(reply, external_id, &payment_type)),
            Err(error) => Err(UnsettledPayment::attach(error, external_id)),
        }
    }
}
