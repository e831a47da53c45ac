use cryptopocket_api::onramp::{ListPaymentMethodsQuery, list_payment_methods, types};
use cryptopocket_core::{Page, Result};
use cryptopocket_types::wire::CurrencyUnits;
use cryptopocket_types::{Currency, Extra, Field, Money, PaymentType};
use serde::{Deserialize, Serialize};

use crate::OnRamp;

/// A payment method in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaymentMethod {
    /// The method, as [`NewPayment::new`](crate::NewPayment::new) takes it.
    ///
    /// An unknown method keeps its text.
    pub payment_type: PaymentType,
    /// Its name, for people.
    pub name: Field<String>,
    /// The currency that the reply names, or else the one that was asked for.
    pub currency: Field<Currency>,
    /// The country it is limited to, as an ISO 3166-1 alpha-2 code.
    pub country: Field<String>,
    /// The least amount of a payment.
    pub min: Field<Money>,
    /// The largest amount of a payment.
    pub max: Field<Money>,
    /// Fields of the reply that this SDK does not know or cannot read.
    #[serde(default)]
    pub extra: Extra,
}

impl PaymentMethod {
    fn from_wire(reply: types::PaymentMethod, asked: Option<Currency>) -> Self {
        let mut extra = reply.extra;
        // The provider may leave the currency out where it was asked for one; an unreadable one is not replaced.
        let currency = reply.fiat_symbol.or(asked);
        let mut limit = |name, amount: Field<CurrencyUnits>| match (amount, currency) {
            (Field::Value(amount), Field::Value(currency)) => Field::Value(amount.money(currency)),
            (Field::Absent, _) => Field::Absent,
            (amount, _) => {
                extra.keep(name, amount);
                Field::Unreadable
            }
        };
        Self {
            payment_type: reply.payment_type,
            name: reply.name,
            currency,
            country: reply.country,
            min: limit("min_amount", reply.min_amount),
            max: limit("max_amount", reply.max_amount),
            extra,
        }
    }
}

impl OnRamp {
    /// Lists the payment methods: those in `currency`, or all of them.
    ///
    /// **Units.** Limits are in currency units.
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** The provider's page "List payment methods" exists; path,
    /// parameter and reply are `assumed`. That it also lists the methods of Latin America is known from the older
    /// edition.
    ///
    /// Operation: `list_payment_methods`
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let session = ScriptedSession::new().next("list_payment_methods", &[r#"{"status":"ok","data":[
    /// #     {"payment_type":"KHIPU","name":"Khipu","fiat_symbol":"CLP","country":"CL","min_amount":30000}]}"#]).session;
    /// use cryptopocket_onramp::OnRamp;
    /// use cryptopocket_types::Currency;
    ///
    /// let onramp = OnRamp::new(session);
    /// for method in onramp.list_payment_methods(Currency::CLP).await? {
    ///     println!("{}: from {}", method.payment_type, method.min);
    ///     # assert_eq!(method.min.to_string(), "30000 CLP");
    /// }
    /// # Ok(())
    /// # }
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
