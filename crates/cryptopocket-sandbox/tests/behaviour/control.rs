//! Refusals of the control plane and their messages.

use std::time::Duration;

use cryptopocket_sandbox::{
    BankCredit, ControlClient, ControlError, Fault, Sandbox, TransferFault, WebhookFault,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Api;

/// The status and the message of a control call.
async fn told(api: &Api, path: &str, body: Value) -> (u16, String) {
    let (status, answer) = api.control(path, &body).await;
    let text = answer["error"].as_str().or(answer["message"].as_str());
    (status, text.unwrap_or_default().to_owned())
}

#[tokio::test]
async fn unknown_field_is_refused_with_the_known_ones() {
    let api = Api::start().await;
    for (path, body, expected) in [
        (
            "faults",
            json!({"operatoin": "create_payment", "fault": "html"}),
            "operatoin: this call has no such field; use one of operation, fault, detail, times, skip.",
        ),
        (
            "transfer-faults",
            json!({"fault": "lost", "operation": "create_payment"}),
            "operation: this call has no such field; use one of fault, detail, times, skip.",
        ),
        (
            "reset",
            json!({"all": true}),
            "all: this call takes no fields; leave it out.",
        ),
    ] {
        assert_eq!(told(&api, path, body).await, (422, expected.to_owned()), "{path}");
    }
    for path in [
        "webhook-faults",
        "clock/advance",
        "customers/1/kyc",
        "customers/1/ban",
        "payments/x/pay",
        "payments/x/fail",
        "payments/x/transfer",
        "payments/x/announce",
        "payments/x/status",
        "offramps/1/deposit",
        "offramps/1/status",
        "bank/credits",
        "tokens/expire",
        "whitelist",
        "methods",
        "outages",
        "deliveries/1/redeliver",
        "integrations",
    ] {
        let (status, why) = told(&api, path, json!({"mistaken": null})).await;
        assert!(
            status == 422 && why.starts_with("mistaken: this call "),
            "{path}: {why}"
        );
    }
    assert_eq!(
        api.request(Method::GET, "customers/list")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let query = format!("{}/journal?afetr=9", api.sandbox.control_url());
    let (status, why) = api.visit(Method::GET, &query, &[]).await;
    assert!(status == 422 && why.contains("use one of after"), "{why}");
    let query = format!("{}/tokens/expire?now=1", api.sandbox.control_url());
    assert_eq!(api.visit(Method::POST, &query, &[]).await.0, 422);
}

#[tokio::test]
async fn invalid_values_are_refused_by_field_and_cure() {
    let api = Api::start().await;
    for (path, body, expected) in [
        (
            "webhook-faults",
            json!({"event": "PAY_OUT", "fault": "lost"}),
            "event: `PAY_OUT` is not a known event; use one of PAY_IN, COINS_SENT, CRYPTO_RECEIVED, TRANSFER_RAMPOFF_FINISHED, RAMPOFF_FINISHED, *.",
        ),
        (
            "methods",
            json!({"payment_type": "crad", "barred": true}),
            "payment_type: `crad` is not a known payment method; use one of card, psd2, transfer, paypal, KHIPU, SPEI.",
        ),
        (
            "outages",
            json!({"part": "moon", "down": true}),
            "part: `moon` is not known; what can be down is `gateway`, `registration` or `guided`.",
        ),
        (
            "faults",
            json!({"fault": "html", "times": 0}),
            "times: it must be a whole number from 1 to 4294967295; write a JSON number, without quotes, sign or point.",
        ),
        (
            "faults",
            json!({"fault": "html", "skip": -1}),
            "skip: it must be a whole number from 0 to 4294967295; write a JSON number, without quotes, sign or point.",
        ),
        (
            "faults",
            json!({"fault": "slow", "detail": 600_001}),
            "detail: `600001` does not fit the fault `slow`; `slow` takes milliseconds from 0 to 600000, by default 1000.",
        ),
        (
            "faults",
            json!({"fault": "html", "detail": 5}),
            "detail: `5` does not fit the fault `html`; `html` takes no detail.",
        ),
        ("clock/advance", json!({}), "The seconds field is required."),
        (
            "clock/advance",
            json!({"seconds": 3_155_760_001_u64}),
            "seconds: it must be a whole number from 0 to 3155760000; write a JSON number, without quotes, sign or point.",
        ),
        (
            "whitelist",
            json!({"listed": true, "api_key": "mine"}),
            "api_key: `mine` is the key of no integration; use one that `GET state` lists, or leave it out for the first.",
        ),
        (
            "customers/ana/kyc",
            json!({"status": "valid"}),
            "path: `ana` is no id of a customer; write the number that the emulator gave it.",
        ),
        (
            "offramps//deposit",
            json!({}),
            "path: `` is no id of an off-ramp; write the number that the emulator gave it.",
        ),
        (
            "deliveries/x/redeliver",
            json!({}),
            "path: `x` is no id of a delivery; write the number that the emulator gave it.",
        ),
    ] {
        assert_eq!(told(&api, path, body).await, (422, expected.to_owned()), "{path}");
    }
    let (status, why) = told(
        &api,
        "faults",
        json!({"operation": "creat_payment", "fault": "html"}),
    )
    .await;
    assert!(
        status == 422
            && why.starts_with(
                "operation: `creat_payment` is not a known operation; use one of create_payment, "
            ),
        "{why}"
    );
    for (event, times) in [("*", 1), ("PAY_IN", 4_294_967_295_u32)] {
        let body = json!({"event": event, "fault": "skew", "detail": "-5", "times": times, "skip": 0});
        assert_eq!(told(&api, "webhook-faults", body).await.0, 200);
    }
}

#[tokio::test]
async fn unknown_words_are_listed_by_field() {
    let api = Api::start().await;
    for (path, field, body) in [
        (
            "payments/x/method",
            "payment_type",
            json!({"payment_type": "crad"}),
        ),
        (
            "methods",
            "payment_type",
            json!({"payment_type": "crad", "barred": true}),
        ),
        (
            "faults",
            "operation",
            json!({"operation": "pay", "fault": "html"}),
        ),
        (
            "webhook-faults",
            "event",
            json!({"event": "PAY", "fault": "lost"}),
        ),
        ("whitelist", "api_key", json!({"api_key": "mine", "listed": true})),
    ] {
        let (status, answer) = api.control(path, &body).await;
        let text = answer["message"].as_str().unwrap();
        assert_eq!(
            answer,
            json!({"message": text, "errors": {field: [text]}}),
            "{path}"
        );
        assert!(status == 422 && text.starts_with(&format!("{field}: ")), "{text}");
    }
}

#[tokio::test]
async fn unbookable_money_is_refused_by_field_and_cure() {
    let api = Api::start().await;
    for (path, body, expected) in [
        (
            "bank/credits",
            json!({"concept": "x"}),
            "The amount field is required.",
        ),
        (
            "bank/credits",
            json!({"amount": "0.001"}),
            "amount: `0.001` cannot be booked, for a bank books whole cents, and not zero; write an amount such as 240.00.",
        ),
        (
            "bank/credits",
            json!({"amount": 0}),
            "amount: `0` cannot be booked, for a bank books whole cents, and not zero; write an amount such as 240.00.",
        ),
        (
            "bank/credits",
            json!({"amount": 5, "meant_for": "order-1"}),
            "meant_for: `order-1` is neither id nor external_id of one of the integration's payments; name one that there is.",
        ),
    ] {
        assert_eq!(told(&api, path, body).await, (422, expected.to_owned()));
    }
    let iban = told(&api, "bank/credits", json!({"amount": 1, "iban": "ES00"}))
        .await
        .1;
    assert!(
        iban.starts_with("iban: `ES00` is none of the integration's accounts; use one of ES"),
        "{iban}"
    );
    let credit = BankCredit::new("0.001".parse().unwrap());
    assert!(matches!(
        api.sandbox.credit_bank(credit),
        Err(ControlError::Refused { status: 422, .. })
    ));
    let seen = api.visit_state().await;
    assert!(
        seen.contains("\"bank_transactions\":0") && api.sandbox.payments_created() == 0,
        "{seen}"
    );
}

#[tokio::test]
async fn impossible_step_names_the_state_and_the_alternative() {
    let api = Api::manual().await;
    let user = api.customer().await;
    let (card, _) = api.pay_by(user, "card").await;
    let (transfer, _) = api.pay_by(user, "transfer").await;
    let offramp = api.offramp(user).await;
    let any = "`payments/{id}/status` (`set_payment_status`) gives it any status";
    for (path, expected) in [
        (
            format!("payments/{transfer}/pay"),
            "not possible now: the payment is by transfer; a transfer is paid with `payments/{id}/transfer` (`pay_transfer`)".to_owned(),
        ),
        (
            format!("payments/{card}/announce"),
            "not possible now: the payment is by card; other payments are paid with `payments/{id}/pay` (`pay`)".to_owned(),
        ),
        (
            format!("payments/{card}/transfer"),
            "not possible now: the payment is by card; other payments are paid with `payments/{id}/pay` (`pay`)".to_owned(),
        ),
    ] {
        assert_eq!(told(&api, &path, json!({})).await, (409, expected));
    }
    for (payment, step, states) in [
        (&card, "pay", "started"),
        (&transfer, "announce", "started"),
        (&transfer, "transfer", "started or pending_bank"),
    ] {
        api.sandbox.set_payment_status(payment, "coins_sent").unwrap();
        let expected = format!(
            "not possible now: the payment is coins_sent, and this takes one that is {states}; {any}"
        );
        let path = format!("payments/{payment}/{step}");
        assert_eq!(told(&api, &path, json!({})).await, (409, expected));
    }
    let deposit = format!("offramps/{offramp}/deposit");
    let none = told(&api, &deposit, json!({"amount": 0})).await;
    assert!(
        none.0 == 422 && none.1.starts_with("amount: coins that arrive are more than none"),
        "{none:?}"
    );
    assert_eq!(told(&api, &deposit, json!({})).await.0, 200);
    let (status, why) = told(&api, &deposit, json!({})).await;
    assert!(
        status == 409 && why.contains("coins arrive for one that is started; `offramps/{id}/status`"),
        "{why}"
    );
}

#[tokio::test]
async fn refused_control_access_gives_reason_and_cure() {
    let api = Api::start().await;
    let client = crate::support::http().build().unwrap();
    let why = async |url: String, name: &str, value: &str| {
        let answer = client
            .get(format!("{url}/state"))
            .header(name, value)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, text) = why(api.sandbox.control_url(), "host", "evil.example").await;
    assert!(
        status == 403
            && text.contains("its Host header is `evil.example`")
            && text.contains("call it by 127.0.0.1"),
        "{text}"
    );
    let (status, text) = why(api.sandbox.control_url(), "origin", "http://evil.example").await;
    assert!(
        status == 403 && text.contains("its Origin header says that a page of `http://evil.example`"),
        "{text}"
    );
    let exposed = Sandbox::builder()
        .address(([0, 0, 0, 0], 0).into())
        .start()
        .await
        .unwrap();
    let (status, text) = why(exposed.control_url(), "accept", "*/*").await;
    assert!(
        status == 403 && text.contains("listens on 0.0.0.0:") && text.contains("control_plane(true)"),
        "{text}"
    );
    let closed = Sandbox::builder().control_plane(false).start().await.unwrap();
    let (status, text) = why(closed.control_url(), "accept", "*/*").await;
    assert!(status == 403 && text.contains("control_plane(false)"), "{text}");
}

#[tokio::test]
async fn wrong_method_lists_the_allowed_ones() {
    let api = Api::start().await;
    let client = crate::support::http().build().unwrap();
    for (method, path, allowed) in [
        (Method::POST, "state", "GET, HEAD"),
        (Method::GET, "clock/advance", "POST"),
        (Method::PUT, "payments/x/pay", "POST"),
        (Method::DELETE, "webhook-faults", "POST"),
    ] {
        let url = format!("{}/{path}", api.sandbox.control_url());
        let answer = client.request(method, url).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["allow"]),
            (405, &allowed.parse().unwrap())
        );
    }
}

#[tokio::test]
async fn credit_is_meant_for_id_or_external_id() {
    let api = Api::manual().await;
    let user = api.customer().await;
    let order = async |external_id: &str| {
        let mut order = Api::order(user, "transfer");
        order["external_id"] = json!(external_id);
        let reply = api.post("createPayment", &order).await;
        reply["data"]["payment_id"].as_str().unwrap().to_owned()
    };
    let (mine, other) = (order("order-1").await, order("twice").await);
    order("twice").await;
    let credit = |meant_for: &str| BankCredit::new("150.50".parse().unwrap()).meant_for(meant_for);
    let transactions = [
        api.sandbox.credit_bank(credit("order-1")).unwrap(),
        api.sandbox.credit_bank(credit(&mine)).unwrap(),
    ];
    let shared = api.sandbox.credit_bank(credit("twice")).unwrap_err();
    assert_eq!(
        shared.to_string(),
        "meant_for: `twice` is the external_id of several payments; write the id of one of them."
    );
    let tie = json!({"payment_id": other, "transaction_id": transactions[0]});
    assert_eq!(api.post("banking/reconcile", &tie).await["status"], "ok");
    let wrong = api.sandbox.misattributed();
    assert_eq!((wrong.len(), wrong[0].meant_for.as_str()), (1, mine.as_str()));
}

#[tokio::test]
async fn invalid_fault_header_explains_its_detail() {
    let api = Api::start().await;
    for (fault, told) in [
        (
            "error_before:200",
            "x-sandbox-fault: detail: `200` does not fit the fault `error_before`; `error_before` takes an HTTP status from 400 to 599, by default 500.",
        ),
        (
            "html:1",
            "x-sandbox-fault: detail: `1` does not fit the fault `html`; `html` takes no detail.",
        ),
    ] {
        let request = api.request(Method::GET, "customers/list");
        let answer = request.header("x-sandbox-fault", fault).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 422);
        let why: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(why["message"], told);
    }
}

#[tokio::test]
async fn armed_faults_are_listed_with_remaining_strikes() {
    let api = Api::start().await;
    let control = ControlClient::new(api.sandbox.control_url());
    let arm =
        json!({"operation": "list_customers", "fault": "error_before", "detail": 503, "times": 2, "skip": 1});
    assert_eq!(told(&api, "faults", arm).await.0, 200);
    control
        .fail_next_webhook("PAY_IN", WebhookFault::Lost)
        .await
        .unwrap();
    api.sandbox
        .fail_next_transfer(TransferFault::Partial("0.50".parse().unwrap()));
    for expected in [200, 503] {
        let status = api
            .request(Method::GET, "customers/list")
            .send()
            .await
            .unwrap()
            .status();
        assert_eq!(status, expected);
    }
    let url = format!("{}/faults", api.sandbox.control_url());
    let (status, listed) = api.visit(Method::GET, &url, &[]).await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let expected = json!([
        {"what": "error_before", "of": "call", "on": "list_customers", "detail": "503", "skip": 0, "left": 1},
        {"what": "lost", "of": "webhook", "on": "PAY_IN", "detail": null, "skip": 0, "left": 1},
        {"what": "partial", "of": "transfer", "on": "transfer", "detail": "0.50", "skip": 0, "left": 1},
    ]);
    assert_eq!((status, listed), (200, expected));
    assert_eq!(control.armed_faults().await.unwrap(), api.sandbox.armed_faults());
    control.clear_faults().await.unwrap();
    assert!(api.sandbox.armed_faults().is_empty());
    control
        .fail_next("create_payment", Fault::DropAfter)
        .await
        .unwrap();
    assert_eq!(api.sandbox.armed_faults().len(), 1);
}

#[tokio::test]
async fn timers_are_listed_in_order_and_counted() {
    let api = Api::manual().await;
    let control = ControlClient::new(api.sandbox.control_url());
    let user = api.customer().await;
    let (transfer, _) = api.pay_by(user, "transfer").await;
    let (card, _) = api.pay_by(user, "card").await;
    let offramp = api.offramp(user).await;
    let receiver = crate::support::Receiver::start(vec![500; 4]).await;
    let to = [("type", "PAY_IN"), ("url", receiver.url.as_str())];
    api.form("subscribeToWebhook", &to).await;
    api.sandbox.pay_transfer(&transfer).unwrap();
    api.sandbox.deposit_crypto(offramp, None).unwrap();
    api.sandbox
        .fail_next_webhook("PAY_IN", WebhookFault::Late(Duration::from_secs(30)));
    api.sandbox.pay(&card).unwrap();
    let url = format!("{}/timers", api.sandbox.control_url());
    let listed: Value = serde_json::from_str(&api.visit(Method::GET, &url, &[]).await.1).unwrap();
    let listed = listed.as_array().unwrap();
    let bare = |one: &Value| {
        let mut one = one.clone();
        one.as_object_mut().unwrap().remove("at");
        one
    };
    let times: Vec<&str> = listed.iter().map(|one| one["at"].as_str().unwrap()).collect();
    assert!(
        times.is_sorted() && times[0].starts_with("2026-06-26T09:00:30.") && times[0].ends_with('Z'),
        "{times:?}"
    );
    assert_eq!(
        listed.iter().map(bare).collect::<Vec<_>>(),
        [
            json!({"what": "webhook", "delivery_id": 1}),
            json!({"what": "coins", "payment_id": card}),
            json!({"what": "payout", "offramp_id": offramp}),
            json!({"what": "credit", "payment_id": transfer, "amount": "150.50"}),
        ]
    );
    assert_eq!(control.timers().await.unwrap(), api.sandbox.timers());
    let state = control.state().await.unwrap();
    assert_eq!(
        (state.due, state.idle),
        (4, true),
        "what waits for its time keeps nobody busy"
    );
    api.sandbox.advance(Duration::from_secs(1_200));
    api.sandbox.webhooks_settled().await;
    let state = control.state().await.unwrap();
    assert_eq!(
        (state.due, state.idle),
        (1, true),
        "the webhook that was answered 500 four times waits to be tried again"
    );
    assert_eq!(api.sandbox.timers()[0].delivery_id, Some(1));
}

#[tokio::test]
async fn missed_credits_of_a_matcher_are_listed() {
    let api = Api::manual().await;
    let control = ControlClient::new(api.sandbox.control_url());
    let user = api.customer().await;
    let (first, _) = api.pay_by(user, "transfer").await;
    let (second, _) = api.pay_by(user, "transfer").await;
    let (lost, _) = api.pay_by(user, "transfer").await;
    api.sandbox.fail_next_transfer(TransferFault::Lost);
    api.sandbox.pay_transfer(&lost).unwrap();
    api.sandbox
        .fail_next_transfer(TransferFault::Over("2".parse().unwrap()));
    api.sandbox.pay_transfer(&first).unwrap();
    api.sandbox.advance(Duration::from_secs(1_200));
    api.sandbox.pay_transfer(&second).unwrap();
    api.sandbox.advance(Duration::from_secs(1_200));
    api.sandbox
        .credit_bank(BankCredit::new("1".parse().unwrap()))
        .unwrap();
    let known = api.sandbox.transfers();
    assert_eq!(
        known.len(),
        2,
        "one was lost, and of one nobody knows what was meant: {known:?}"
    );
    let tie = json!({"payment_id": first, "transaction_id": known[1].transaction_id});
    assert_eq!(api.post("banking/reconcile", &tie).await["status"], "ok");
    let url = format!("{}/transfers", api.sandbox.control_url());
    let listed: Value = serde_json::from_str(&api.visit(Method::GET, &url, &[]).await.1).unwrap();
    assert_eq!(
        listed,
        json!([
            {"transaction_id": known[0].transaction_id, "meant_for": first, "reconciled_with": null,
             "amount": "152.50", "expected_amount": "150.50"},
            {"transaction_id": known[1].transaction_id, "meant_for": second, "reconciled_with": first,
             "amount": "150.50", "expected_amount": "150.50"},
        ])
    );
    assert_eq!(control.transfers().await.unwrap(), api.sandbox.transfers());
    assert_eq!(api.sandbox.misattributed().len(), 1);
}

#[tokio::test]
async fn misspelt_word_panics_in_a_test() {
    let api = Api::start().await;
    let sandbox = std::panic::AssertUnwindSafe(&api.sandbox);
    let said = |act: &dyn Fn()| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let told = said(&|| sandbox.fail_next("createPayment", Fault::Html));
    assert!(
        told.contains("`createPayment` is not a known operation; use one of create_payment, "),
        "{told}"
    );
    let told = said(&|| sandbox.fail_next_webhook("PAYIN", WebhookFault::Lost));
    assert!(told.contains("use one of PAY_IN, "), "{told}");
    let told = said(&|| sandbox.bar_method("CARD", true));
    assert!(told.contains("use one of card, "), "{told}");
    assert!(api.sandbox.armed_faults().is_empty());
}
