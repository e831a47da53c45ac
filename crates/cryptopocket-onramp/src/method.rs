use cryptopocket_api::onramp::{ListPaymentMethodsQuery, list_payment_methods, types};
use cryptopocket_core::{Page, Result};
use cryptopocket_types::wire::CurrencyUnits;
use cryptopocket_types::{Currency, Extra, Field, Money, PaymentType};

use crate::OnRamp;

cryptopocket_types::reply! {
    /// A payment method in one currency.
    pub struct PaymentMethod: types::PaymentMethod, |wire, extra, asked: Option<Currency>| {
        /// The method, as [`NewPayment::new`](crate::NewPayment::new) takes it.
        ///
        /// An unknown method keeps its text.
        pub payment_type: PaymentType,
        /// Its name, for people.
        pub name: Field<String>,
        /// The currency that the reply names, or else the one that was asked for.
        pub currency: Field<Currency> = wire.fiat_symbol.or(asked),
        /// The country it is limited to, as an ISO 3166-1 alpha-2 code.
        pub country: Field<String>,
        /// The least amount of a payment.
        pub min: Field<Money> = limit(&mut extra, "min_amount", wire.min_amount, wire.fiat_symbol.or(asked)),
        /// The largest amount of a payment.
        pub max: Field<Money> = limit(&mut extra, "max_amount", wire.max_amount, wire.fiat_symbol.or(asked)),
    }
}

/// An amount in a currency. If that is not known, it is kept in `extra`: an unreadable currency is not replaced.
fn limit(
    extra: &mut Extra,
    name: &str,
    amount: Field<CurrencyUnits>,
    currency: Field<Currency>,
) -> Field<Money> {
    match (amount, currency) {
        (Field::Value(amount), Field::Value(currency)) => Field::Value(amount.money(currency)),
        (Field::Absent, _) => Field::Absent,
        (amount, _) => {
            extra.keep(name, amount);
            Field::Unreadable
        }
    }
}

impl OnRamp {
    /// Lists the payment methods: those in `currency`, or all of them.
    ///
    /// - **Units.** Limits are in currency units.
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "List payment methods" exists; path, parameter and reply are `assumed`.
    ///   That it also lists the methods of Latin America is known from the older edition.
    /// - Operation: `list_payment_methods`
    ///
    /// # Examples
    /// ```
    /// # let reply = r#"{"status":"ok","data":[
    /// #     {"payment_type":"KHIPU","name":"Khipu","fiat_symbol":"CLP","country":"CL","min_amount":30000}]}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("list_payment_methods", reply).run(async |session| {
    /// use cryptopocket_onramp::OnRamp;
    /// use cryptopocket_types::Currency;
    ///
    /// let onramp = OnRamp::new(session);
    /// for method in onramp.list_payment_methods(Currency::CLP).await? {
    ///     println!("{}: from {}", method.payment_type, method.min);
    ///     # assert_eq!(method.min.to_string(), "30000 CLP");
    /// }
    /// # Ok(()) });
    /// ```
    pub async fn list_payment_methods(
        &self,
        currency: impl Into<Option<Currency>>,
    ) -> Result<Page<PaymentMethod>> {
        let asked = currency.into();
        let query = ListPaymentMethodsQuery::default().fiat_symbol(asked.as_ref().map(Currency::as_str));
        let page = list_payment_methods(self.session(), &query).await?;
        Ok(page.map(|method| PaymentMethod::from_wire(method, asked)))
    }
}
