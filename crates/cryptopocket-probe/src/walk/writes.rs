//! The calls that write, with the samples of the specification.

use serde_json::{Map, Value, json};

use super::Walk;
use super::money::decimal;
use crate::ask::{Values, text};
use crate::outline::outline;

impl Walk<'_> {
    /// Creates a customer, payments, an off-ramp, and a link to a declaration.
    pub(super) async fn create(&mut self) {
        let run = self.session.runtime().random() % 1_000_000_000;
        let email = json!(format!("probe-{run}@example.com"));
        if let Some(customer) = self
            .visit("create_customer", sample("create_customer", [("email", email)]))
            .await
        {
            self.known.user = self.known.user.take().or_else(|| customer.first("id"));
        }
        let Some(user) = self.known.user.as_ref().map(as_number) else {
            return;
        };
        self.visit(
            "create_enhanced_verification_link",
            Values::from([("user_id", user.clone())]),
        )
        .await;
        let reference = |number: u32| json!(format!("probe-{run}-{number}"));
        let with = |id, number| {
            sample(
                id,
                [("user_id", user.clone()), ("external_id", reference(number))],
            )
        };
        self.visit("create_guided_payment", with("create_guided_payment", 1))
            .await;
        let mut payment = with("create_payment", 2);
        // Its reply has the most fields.
        payment.insert("payment_type", json!("transfer"));
        let paid = payment.get("fiat_amount").and_then(decimal);
        if let Some(created) = self.visit("create_payment", payment).await {
            self.known.payment = created.first("payment_id");
            self.known.paid = paid;
        }
        let sale = sample("create_offramp", [("user_id", user)]);
        if let Some(sale) = self.visit("create_offramp", sale).await {
            self.known.offramp = sale.first("id");
        }
    }
}

/// Requests take the id as a number, which replies show as text.
fn as_number(id: &Value) -> Value {
    text(id)
        .parse::<u64>()
        .map_or_else(|_| id.clone(), |id| json!(id))
}

/// The sample of a request with other values in some fields.
fn sample<const N: usize>(id: &str, changes: [(&'static str, Value); N]) -> Values {
    let Some(outline) = outline(id) else {
        return Values::new();
    };
    let empty = Map::new();
    let sample = outline
        .sample
        .first()
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let fields = outline.request.iter();
    let given = fields.filter_map(|field| Some((field.path.as_str(), sample.get(&field.path)?.clone())));
    let mut values: Values = given.collect();
    values.extend(changes);
    values
}
