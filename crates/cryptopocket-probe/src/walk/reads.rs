//! The calls that read.

use serde_json::{Value, json};

use super::Probe;
use crate::ask::{Values, text};
use crate::locate::{Object, locate, value};

/// Customers that are asked about until one is found whose identity is proved.
const CHECKED: usize = 5;

impl Probe {
    pub(super) async fn login(&mut self) {
        let credentials = self.session.credentials();
        let values = Values::from([
            ("api_key", json!(credentials.key().expose())),
            ("api_secret", json!(credentials.secret().expose())),
        ]);
        self.visit("authenticate", values).await;
    }

    pub(super) async fn market(&mut self) {
        if let Some(assets) = self.visit("list_available_assets", Values::new()).await {
            let is_active = |active: &Value| matches!(text(active).as_str(), "true" | "1");
            let objects = assets.objects();
            let active = objects
                .iter()
                .find(|asset| assets.field(asset, "active").is_none_or(is_active));
            let field = |name: &str| assets.field(active?, name).map(text);
            (self.known.symbol, self.known.chain) = (field("symbol"), field("chain"));
        }
        let (symbol, chain) = self.pair();
        let pair = Values::from([
            ("symbol", symbol),
            ("chain", chain),
            ("fiat_symbol", json!("EUR")),
        ]);
        if let Some(price) = self.visit("get_token_price", pair).await {
            self.known.price = price.number("price");
        }
        let euros = Some(json!("EUR"));
        let methods = self.visit_one("list_payment_methods", "fiat_symbol", euros).await;
        let method = methods.and_then(|methods| methods.first("payment_type"));
        let (symbol, chain) = self.pair();
        let payment_type = match method.as_ref().map(text).as_deref() {
            Some("transfer") => json!("TRANSFER"),
            Some("psd2") => json!("PSD2"),
            other => json!(other.unwrap_or("card")),
        };
        let quote = Values::from([
            ("amount", json!(100)),
            ("symbol", symbol),
            ("chain", chain),
            ("payment_type", payment_type),
        ]);
        if let Some(quote) = self.visit("get_onramp_quote", quote).await {
            self.quote_units(&quote);
        }
    }

    pub(super) async fn customers(&mut self) {
        let Some(list) = self.visit("list_customers", Values::new()).await else {
            return;
        };
        self.pages(&list).await;
        self.known.user = self.known.user.take().or_else(|| list.first("id"));
        let Some(user) = self.known.user.clone() else {
            return;
        };
        for (parameter, field) in [
            ("user_id", "id"),
            ("email", "email"),
            ("external_id", "external_id"),
        ] {
            let Some(asked) = list.first(field) else { continue };
            let values = Values::from([(parameter, asked.clone())]);
            if let Some(found) = self.visit("find_customer", values.clone()).await {
                let wire = found.names.get(field).map_or(field, String::as_str);
                let finds = |reply: &Value| {
                    let objects = locate(reply).objects;
                    let found = objects.first().and_then(|object| value(object, wire));
                    found.is_some_and(|found| text(found) == text(&asked))
                };
                self.named(&found.call, &values, parameter, finds).await;
            }
        }
        // Payments need a customer whose identity is proved.
        let listed = list.objects().into_iter().filter_map(|row| list.field(row, "id"));
        for user in std::iter::once(&user).chain(listed).take(CHECKED) {
            let check = self.visit_one("check_kyc", "user_id", Some(user.clone())).await;
            let status = check.and_then(|check| check.first("kyc_status"));
            if status.is_some_and(|status| status == "valid") {
                self.known.user = Some(user.clone());
                return;
            }
        }
    }

    pub(super) async fn payments(&mut self) {
        if let Some(list) = self.visit("list_payments", Values::new()).await {
            self.pages(&list).await;
            let nothing = [
                ("external_id", json!("probe-no-such-reference")),
                ("status", json!("probe_no_such_status")),
                ("from", json!("2190-01-01")),
                ("to", json!("1990-01-01")),
            ];
            self.filters(&list, &nothing).await;
            self.payment_units(&list);
            self.known.payment = self.known.payment.take().or_else(|| list.first("id"));
        }
        let id = self.known.payment.clone();
        if let Some(payment) = self.visit_one("get_payment", "payment_id", id).await {
            self.payment_units(&payment);
        }
    }

    pub(super) async fn offramps(&mut self) {
        let (symbol, blockchain) = self.pair();
        let sale = Values::from([
            ("amount", json!(20)),
            ("symbol", symbol),
            ("blockchain", blockchain),
        ]);
        if let Some(quote) = self.visit("get_offramp_quote", sale).await {
            self.sale_units(&quote);
        }
        if let Some(list) = self.visit("list_offramps", Values::new()).await {
            self.pages(&list).await;
            self.offramp_units(&list);
            self.known.offramp = self.known.offramp.take().or_else(|| list.first("id"));
        }
        let id = self.known.offramp.clone();
        if let Some(offramp) = self.visit_one("get_offramp", "id", id).await {
            self.offramp_units(&offramp);
        }
    }

    pub(super) async fn banking(&mut self) {
        let accounts = self.visit("list_bank_accounts", Values::new()).await;
        let iban = accounts.and_then(|accounts| accounts.first("iban"));
        if let Some(list) = self.visit_one("list_bank_transactions", "iban", iban).await {
            self.pages(&list).await;
            let days = [("from", json!("2190-01-01")), ("to", json!("1990-01-01"))];
            self.filters(&list, &days).await;
            let is_free = |row: &&Object| {
                let reconciled = list.field(row, "reconciled").map(text);
                !matches!(reconciled.as_deref(), Some("true" | "1"))
                    && list.field(row, "payment_id").is_none()
            };
            let free = list.objects().into_iter().find(is_free);
            self.known.credit = free.and_then(|row| list.field(row, "id").cloned());
        }
    }
}
