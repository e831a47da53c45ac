//! Every refusal of the provider, with its form.

use cryptopocket_sandbox::Outage;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Api;

async fn error_of(api: &Api, order: Value) -> Value {
    let response = api
        .request(Method::POST, "createPayment")
        .json(&order)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200, "business errors come with 200");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], "error");
    body["error"].clone()
}

#[tokio::test]
async fn tokens_are_refused_with_http_200() {
    let api = Api::start().await;
    let asked = async || {
        let response = api.request(Method::GET, "customers/list").send().await.unwrap();
        (
            response.status().as_u16(),
            response.json::<Value>().await.unwrap()["error"].clone(),
        )
    };
    assert_eq!(asked().await, (200, Value::Null));
    api.sandbox.whitelist(false);
    assert_eq!(asked().await, (200, json!("authorization_incorrect")));
    api.sandbox.whitelist(true);
    assert_eq!(asked().await, (200, Value::Null));
    api.sandbox.expire_tokens();
    assert_eq!(asked().await, (200, json!("authorization_incorrect")));
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let api = Api::start().await;
    let body = json!({"api_key": api.sandbox.api_key(), "api_secret": "wrong"});
    assert_eq!(
        api.post("authenticate", &body).await["error"],
        "authorization_incorrect"
    );
    let missing = api
        .request(Method::POST, "authenticate")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 422);
}

#[tokio::test]
async fn every_documented_payment_error_follows_from_state() {
    let api = Api::start().await;
    let user = api.customer().await;
    let card = |change: &dyn Fn(&mut Value)| {
        let mut order = Api::order(user, "card");
        change(&mut order);
        order
    };
    let no_user = card(&|order| drop(order.as_object_mut().unwrap().remove("user_id")));
    assert_eq!(error_of(&api, no_user).await, "fail_mandatory_field");
    assert_eq!(
        error_of(&api, card(&|order| order["user_id"] = json!(1))).await,
        "user_not_found"
    );
    assert_eq!(
        error_of(&api, card(&|order| order["coin_chain"] = json!("bitcoin"))).await,
        "coin_not_supported"
    );
    assert_eq!(
        error_of(&api, card(&|order| order["fiat_amount"] = json!(9.99))).await,
        "min_purchase"
    );
    assert_eq!(
        error_of(&api, card(&|order| order["fiat_amount"] = json!(3000.01))).await,
        "limit_exceded"
    );
    api.sandbox.bar_method("card", true);
    assert_eq!(error_of(&api, card(&|_| ())).await, "method_not_allowed");
    api.sandbox.ban(user, true).unwrap();
    assert_eq!(error_of(&api, card(&|_| ())).await, "user_banned");
    assert_eq!(api.sandbox.payments_created(), 0);
}

#[tokio::test]
async fn minimum_is_named_in_the_message() {
    let api = Api::start().await;
    let mut order = Api::order(api.customer().await, "card");
    order["fiat_amount"] = json!(5);
    let reply = api.post("createPayment", &order).await;
    assert_eq!(reply["message"], "The minimum purchase is 10 EUR");
}

#[tokio::test]
async fn minimum_is_in_the_orders_currency() {
    let api = Api::start().await;
    let user = api.customer().await;
    for (fiat, method) in [("CLP", "KHIPU"), ("MXN", "SPEI"), ("EUR", "card")] {
        let mut order = Api::order(user, method);
        (order["fiat_symbol"], order["fiat_amount"]) = (json!(fiat), json!(9));
        let reply = api.post("createPayment", &order).await;
        let methods = api.get(&format!("paymentMethods?fiat_symbol={fiat}")).await;
        let least = &methods["data"][0]["min_amount"];
        assert_eq!(reply["error"], "min_purchase");
        assert_eq!(
            reply["message"],
            format!("The minimum purchase is {least} {fiat}")
        );
    }
}

#[tokio::test]
async fn unverified_order_returns_the_form_link() {
    let api = Api::start().await;
    let new = json!({"name": "Bea", "email": "bea@example.com"});
    let made = api.post("registerUser", &new).await;
    let reply = api
        .post(
            "createPayment",
            &Api::order(made["data"]["id"].as_u64().unwrap(), "card"),
        )
        .await;
    assert_eq!(
        (&reply["error"], &reply["data"]["kyc_form_url"]),
        (&json!("require_kyc"), &made["data"]["kyc_form_url"])
    );
}

#[tokio::test]
async fn large_sums_require_enhanced_verification() {
    let api = Api::start().await;
    let mut order = Api::order(api.customer().await, "transfer");
    order["fiat_amount"] = json!(15000.01);
    let reply = api.post("createPayment", &order).await;
    assert_eq!(reply["error"], "kyc_reinforced_required");
    let link = reply["data"]["onboarding_link"].as_str().unwrap();
    let form = [("source", "salary"), ("occupation", "Baker"), ("truth", "yes")];
    assert_eq!(api.visit(Method::POST, link, &form).await.0, 200);
    assert_eq!(api.post("createPayment", &order).await["status"], "sucess");
}

#[tokio::test]
async fn card_limit_counts_a_calendar_quarter() {
    let api = Api::start().await;
    let mut order = Api::order(api.customer().await, "card");
    order["fiat_amount"] = json!(3000);
    assert_eq!(api.post("createPayment", &order).await["status"], "success");
    order["fiat_amount"] = json!(10);
    assert_eq!(error_of(&api, order.clone()).await, "limit_exceded");
    api.sandbox.advance(std::time::Duration::from_secs(5 * 86_400));
    let api = {
        let (key, secret) = (
            api.sandbox.api_key().to_owned(),
            api.sandbox.api_secret().to_owned(),
        );
        let token = api.log_in(&key, &secret).await;
        api.with_token(token)
    };
    assert_eq!(api.post("createPayment", &order).await["status"], "success");
}

#[tokio::test]
async fn magic_values_cause_every_payment_error() {
    let api = Api::start().await;
    let user = api.customer().await;
    for code in [
        "authorization_incorrect",
        "fail_mandatory_field",
        "user_not_found",
        "user_banned",
        "limit_exceded",
        "coin_not_supported",
        "method_not_allowed",
        "error_payment_creation",
    ] {
        let mut order = Api::order(user, "card");
        order["external_id"] = json!(format!("sandbox:{code}"));
        assert_eq!(error_of(&api, order).await, code);
    }
}

#[tokio::test]
async fn email_tags_decide_the_registration() {
    let api = Api::start().await;
    let fate = async |tags: &str| {
        let new = json!({"name": "Ana", "email": format!("ana+{tags}@example.com")});
        let reply = api.post("registerUser", &new).await;
        match reply["data"]["id"].as_u64() {
            Some(user) => api.post("createPayment", &Api::order(user, "card")).await["error"].clone(),
            None => reply["error"].clone(),
        }
    };
    for (tags, code) in [
        ("approved-banned", "user_banned"),
        ("approved-reinforced", "kyc_reinforced_required"),
        ("news", "require_kyc"),
        ("exists", "user_already_exists"),
        ("disposable", "email_not_allowed"),
        ("unexpected", "unexpected_error"),
    ] {
        assert_eq!(fate(tags).await, code, "{tags}");
    }
    assert_eq!(fate("approved").await, Value::Null);
}

#[tokio::test]
async fn guided_payments_put_the_code_in_message() {
    let api = Api::start().await;
    let user = api.customer().await;
    let order = json!({"user_id": user, "fiat_amount": 240, "coin_symbol": "USDC", "coin_chain": "polygon"});
    let with = |name: &str, value: Value| {
        let mut order = order.clone();
        order[name] = value;
        order
    };
    let message = async |order: Value| api.post("createGuidedPayment", &order).await["message"].clone();
    assert_eq!(
        message(with("fiat_symbol", json!("USD"))).await,
        "guided_payment_eur_only"
    );
    assert_eq!(message(with("user_id", json!(5))).await, "user_not_found");
    assert_eq!(
        message(with("coin_symbol", json!("LUNA"))).await,
        "coin_not_supported"
    );
    let raw = message(with("external_id", json!("sandbox:internal_error"))).await;
    assert_eq!(raw, "Call to a member function getAmount() on null");
}

#[tokio::test]
async fn companies_are_registered_or_refused_as_documented() {
    let api = Api::start().await;
    let register = async |email: &str| {
        api.post(
            "register/company",
            &json!({"email": email, "company_name": "Panadería SL"}),
        )
        .await
    };
    let made = register("firma@example.com").await;
    assert!(
        made["data"]["id"].is_u64() && made["data"]["password"].as_str().unwrap().len() == 12,
        "{made}"
    );
    assert_eq!(
        register("firma@example.com").await["error"],
        "user_already_exists"
    );
    assert_eq!(
        register("firma@mailinator.com").await["error"],
        "email_not_allowed"
    );
    assert_eq!(
        register("firma+unexpected@example.com").await["error"],
        "unexpected_error"
    );
    let response = api
        .request(Method::POST, "register/company")
        .json(&json!({"email": "no"}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 422);
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        body["message"],
        "The company name field is required. (and 1 more error)"
    );
    assert_eq!(
        body["errors"]["email"],
        json!(["The email must be a valid email address."])
    );
}

#[tokio::test]
async fn documents_are_refused_with_http_statuses() {
    let api = Api::start().await;
    let user = api.customer().await;
    let (key, secret) = api.sandbox.add_integration();
    let token = api.log_in(&key, &secret).await;
    let upload = async |api: &Api, user: u64, file: &str| {
        let body = json!({"type": "payslip", "file": file});
        let response = api
            .request(Method::POST, &format!("customers/{user}/documents"))
            .json(&body)
            .send()
            .await
            .unwrap();
        (
            response.status().as_u16(),
            response.json::<Value>().await.unwrap(),
        )
    };
    let file = "data:application/pdf;base64,JVBERi0=";
    assert_eq!(upload(&api, user, file).await, (200, json!({"status": "ok"})));
    assert_eq!(upload(&api, 1, file).await.0, 404);
    let (status, body) = upload(&api, user, "data:application/pdf;base64,***").await;
    assert_eq!((status, &body["error"]), (422, &json!("invalid_file")));
    let other = api.with_token(token);
    let (status, body) = upload(&other, user, file).await;
    assert_eq!((status, &body["error"]), (403, &json!("user_not_in_integration")));
}

#[tokio::test]
async fn identification_must_fit_the_country() {
    let api = Api::start().await;
    let new = json!({"name": "Ana", "email": "a@example.com", "country": "ES", "identification_type": "RUT"});
    assert!(api.post("registerUser", &new).await["errors"]["identification_type"].is_array());
}

#[tokio::test]
async fn hostile_requests_never_cause_a_500() {
    let api = Api::start().await;
    let user = api.customer().await;
    let bodies = [
        "",
        "null",
        "[]",
        "{",
        "\u{0}",
        "{\"user_id\":1e999}",
        "{\"user_id\":-1}",
        "{\"user_id\":{}}",
        "{\"user_id\":1,\"fiat_amount\":1e-400}",
        "{\"user_id\":1,\"user_id\":2}",
    ];
    for route in cryptopocket_sandbox::ROUTES
        .iter()
        .filter(|route| route.method == "POST")
    {
        let path = route
            .path
            .trim_start_matches('/')
            .replace("{user_id}", &user.to_string());
        for body in bodies {
            for media in [
                "application/json",
                "application/x-www-form-urlencoded",
                "text/plain",
            ] {
                let request = api
                    .request(Method::POST, &path)
                    .header("content-type", media)
                    .body(body);
                let status = request.send().await.unwrap().status().as_u16();
                assert!(
                    status < 500,
                    "{}: {status} for {body:?} as {media}",
                    route.operation
                );
            }
        }
    }
    for path in [
        "payments?page=99999999999999999999",
        "payments?page=0",
        "payments?per_page=101",
        "payments?from=tomorrow",
        "quote?amount=NaN&symbol=%00&payment_type=card",
        "payment/%ff",
        "payment/%2e%2e%2f",
        "getRampoff?id=-1",
        "banking/accounts/%20/transactions",
        "getRampoffQuote?amount=1e100&symbol=DAI&blockchain=polygon",
    ] {
        let status = api
            .request(Method::GET, path)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16();
        assert!(status < 500, "{path}: {status}");
    }
}

#[tokio::test]
async fn magic_values_cause_the_other_codes() {
    let api = Api::start().await;
    let user = api.customer().await;
    for (code, there) in [
        ("require_kyc", "kyc_form_url"),
        ("kyc_reinforced_required", "onboarding_link"),
    ] {
        let mut order = Api::order(user, "card");
        order["external_id"] = json!(format!("sandbox:{code}"));
        let reply = api.post("createPayment", &order).await;
        assert_eq!(reply["error"], code);
        assert!(reply["data"][there].is_string(), "{reply}");
    }
    let mut order = Api::order(user, "card");
    order["external_id"] = json!("sandbox:min_purchase");
    assert_eq!(error_of(&api, order).await, "min_purchase");
    order = Api::order(user, "card");
    order["external_id"] = json!("sandbox:min_purchse");
    let mistyped = api.post("createPayment", &order).await;
    assert!(
        mistyped["errors"]["external_id"][0]
            .as_str()
            .unwrap()
            .contains("min_purchase"),
        "{mistyped}"
    );
    let reconcile = json!({"payment_id": "p", "transaction_id": "sandbox:already_reconciled"});
    assert_eq!(
        api.post("banking/reconcile", &reconcile).await["error"],
        "already_reconciled"
    );
    for (status, code) in [
        (403, "user_not_in_integration"),
        (404, "user_not_found"),
        (422, "invalid_file"),
    ] {
        let body = json!({"type": "other", "file": format!("https://files.sandbox.example/{code}")});
        let path = format!("customers/{user}/documents");
        let response = api.request(Method::POST, &path).json(&body).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.json::<Value>().await.unwrap()["error"], code);
    }
}

#[tokio::test]
async fn outage_refuses_the_calls_that_need_it() {
    let api = Api::start().await;
    let user = api.customer().await;
    let guided = json!({"user_id": user, "fiat_amount": 240, "coin_symbol": "USDC", "coin_chain": "polygon"});
    let new = json!({"name": "Bea", "email": "bea@example.com"});
    for outage in Outage::ALL {
        api.sandbox.set_outage(*outage, true);
    }
    assert_eq!(
        error_of(&api, Api::order(user, "card")).await,
        "error_payment_creation"
    );
    assert_eq!(
        api.post("createPayment", &Api::order(user, "transfer")).await["status"],
        "sucess"
    );
    assert_eq!(
        api.post("createGuidedPayment", &guided).await["message"],
        "Call to a member function getAmount() on null"
    );
    assert_eq!(api.post("registerUser", &new).await["error"], "unexpected_error");
    for outage in Outage::ALL {
        let up = json!({"part": outage.name(), "down": false});
        assert_eq!(api.control("outages", &up).await.0, 200);
    }
    assert_eq!(
        api.post("createPayment", &Api::order(user, "card")).await["status"],
        "success"
    );
    assert_eq!(api.post("registerUser", &new).await["status"], "ok");
}
