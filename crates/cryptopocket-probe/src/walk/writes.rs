//! The calls that write, with the samples of the specification.

use serde_json::{Value, json};

use super::Probe;
use super::money::decimal;
use crate::ask::{Values, text};
use crate::outline::outline;

impl Probe {
    /// Creates customers in each of the three ways, and uploads a document.
    pub(super) async fn create_customers(&mut self) {
        let run = self.session.runtime().random() % 1_000_000_000;
        let email = |word: &str| json!(format!("probe-{run}{word}@example.com"));
        // The emulator approves such a customer at once. For the provider it is an address like any other.
        let customer = sample("create_customer", [("email", email("+approved"))]);
        if let Some(customer) = self.visit("create_customer", customer).await {
            self.known.user = customer.first("id");
        }
        let company = sample("create_company_customer", [("email", email("-company"))]);
        self.visit("create_company_customer", company).await;
        let verified = sample("create_customer_delegated_kyc", [("email", email("-verified"))]);
        self.visit("create_customer_delegated_kyc", verified).await;
        match self.known.user.clone() {
            Some(user) => {
                let document = sample("upload_customer_document", [("user_id", user)]);
                self.visit("upload_customer_document", document).await;
            }
            None => self.skip("upload_customer_document", "no customer was created"),
        }
    }

    /// Creates payments, an off-ramp, and a link to a declaration.
    pub(super) async fn create(&mut self) {
        const CALLS: [&str; 4] = [
            "create_enhanced_verification_link",
            "create_guided_payment",
            "create_payment",
            "create_offramp",
        ];
        let run = self.session.runtime().random() % 1_000_000_000;
        let Some(user) = self.known.user.as_ref().map(as_number) else {
            for id in CALLS {
                self.skip(id, "no customer was created or listed");
            }
            return;
        };
        let customer = Some(user.clone());
        self.visit_one("create_enhanced_verification_link", "user_id", customer)
            .await;
        let payment = |id, number: u32| {
            let reference = json!(format!("probe-{run}-{number}"));
            sample(id, [("user_id", user.clone()), ("external_id", reference)])
        };
        let guided = payment("create_guided_payment", 1);
        self.visit("create_guided_payment", guided).await;
        let mut payment = payment("create_payment", 2);
        // Its reply has the most fields.
        payment.insert("payment_type", json!("transfer"));
        let paid = payment.get("fiat_amount").and_then(decimal);
        if let Some(created) = self.visit("create_payment", payment).await {
            self.known.transfer = created.first("payment_id");
            self.known.payment.clone_from(&self.known.transfer);
            self.known.paid = paid;
        }
        let sale = sample("create_offramp", [("user_id", user)]);
        if let Some(sale) = self.visit("create_offramp", sale).await {
            self.known.offramp = sale.first("id");
        }
    }

    /// Ties a credit that no payment has to the probe's own transfer.
    pub(super) async fn reconcile(&mut self) {
        let id = "reconcile_payment";
        let (payment, credit) = match (self.known.transfer.clone(), self.known.credit.clone()) {
            (Some(payment), Some(credit)) => (payment, credit),
            (None, _) => return self.skip(id, "no transfer was created"),
            (_, None) => return self.skip(id, "no account shows a credit that is not reconciled"),
        };
        let pair = Values::from([("payment_id", payment), ("transaction_id", credit)]);
        self.visit(id, pair).await;
    }

    /// Subscribes to one kind of event, and changes its address.
    pub(super) async fn subscribe(&mut self) {
        let subscription = sample("subscribe_webhook", [("type", json!(EVENT))]);
        if self.visit("subscribe_webhook", subscription).await.is_some() {
            let change = sample("update_webhook", [("type", json!(EVENT))]);
            self.visit("update_webhook", change).await;
        } else {
            self.skip("update_webhook", "no subscription was created");
        }
    }
}

/// The event to subscribe to. No call takes a subscription back, so it is the one in least use: the older of two spellings.
const EVENT: &str = "RAMPOFF_FINISHED";

/// Requests take the id as a number, which replies show as text.
fn as_number(id: &Value) -> Value {
    text(id)
        .parse::<u64>()
        .map_or_else(|_| id.clone(), |id| json!(id))
}

/// The sample of a request with other values in some fields.
fn sample<const N: usize>(id: &str, changes: [(&'static str, Value); N]) -> Values {
    let outline = outline(id).into_iter();
    let given = outline.flat_map(|outline| {
        let fields = outline.request.iter().map(|field| field.path.as_str());
        fields.filter_map(|name| Some((name, outline.sample.first()?.get(name)?.clone())))
    });
    given.chain(changes).collect()
}
