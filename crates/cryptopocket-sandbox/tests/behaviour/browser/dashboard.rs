//! A developer at the dashboard.

use serde_json::json;

use super::Chrome;
use crate::support::{Api, Receiver};

#[tokio::test(flavor = "multi_thread")]
async fn payment_is_found_paid_and_its_webhook_redelivered() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::manual().await;
    let receiver = Receiver::start(Vec::new()).await;
    api.form(
        "subscribeToWebhook",
        &[("type", "PAY_IN"), ("url", &receiver.url)],
    )
    .await;
    let user = api.customer().await;
    let (other, _) = api.pay_by(user, "card").await;
    chrome.open(&api.sandbox.dashboard_url());
    // Later entries appear without a reload.
    let (payment, _) = api.pay_by(user, "card").await;
    chrome.until(&format!("document.querySelector('#payment-{payment}')"));
    chrome.fill("#q", &payment);
    chrome.until(&format!(
        "!document.querySelector('#payment-{other}') && document.querySelector('#payment-{payment}')"
    ));
    chrome.click(&format!("#do-payments-{payment}-pay-"));
    chrome.until(&format!(
        "document.querySelector('#payment-{payment} .badge').innerText === 'payment_received'"
    ));
    assert!(chrome.text("#notice").starts_with("Done: Pay"));
    assert_eq!(api.status(&payment).await, "payment_received");
    chrome.click(&format!("#do-payments-{payment}-coins-"));
    chrome.until(&format!(
        "document.querySelector('#payment-{payment} .badge').innerText === 'coins_sent'"
    ));
    api.sandbox.webhooks_settled().await;
    chrome.until("document.querySelector('#delivery-1 .badge').innerText === 'delivered'");
    chrome.click("#more-delivery-1 summary");
    chrome.click("#do-deliveries-1-redeliver-");
    chrome.until("document.querySelectorAll('#delivery-1 .attempts li').length === 2");
    let told = chrome.text("#more-delivery-1");
    let sent = receiver.all();
    assert!(told.contains(sent[0].header("x-signature")), "{told}");
    assert_eq!(receiver.types(), ["PAY_IN", "PAY_IN"]);
    assert_eq!(
        chrome.eval("document.querySelector('#more-delivery-1').open"),
        true
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn clock_and_faults_are_set_by_buttons() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::manual().await;
    chrome.open(&api.sandbox.dashboard_url());
    chrome.click("#leap-3600");
    chrome.until("document.querySelector('#live-clock').innerText.includes('10:00:0')");
    chrome.click("#more-faults summary");
    chrome.eval("document.querySelector('#faults-on').value = 'get_payment'");
    chrome.eval("document.querySelector('#faults-fault').value = 'refuse'");
    chrome.fill("#faults-detail", "out_of_office");
    chrome.click("#more-faults button");
    chrome.until("document.querySelector('#live-faults').innerText.includes('out_of_office')");
    chrome.click("#clear-faults");
    chrome.until("document.querySelector('#live-faults').innerText.includes('No fault is armed')");
    chrome.eval("document.querySelector('#faults-fault').value = 'refuse'");
    chrome.fill("#faults-detail", "");
    chrome.click("#more-faults button");
    chrome.until("document.querySelector('#notice.bad').innerText.includes('`refuse` takes the code')");
}

#[tokio::test(flavor = "multi_thread")]
async fn transfer_is_reconciled_and_offramp_is_deposited() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    let user = api.customer().await;
    let mut order = Api::order(user, "transfer");
    order["external_id"] = json!("order-by-name");
    let payment = api.post("createPayment", &order).await["data"]["payment_id"].clone();
    let payment = payment.as_str().unwrap().to_owned();
    let debit = api
        .sandbox
        .credit_bank(cryptopocket_sandbox::BankCredit::new("-1".parse().unwrap()))
        .unwrap();
    let offramp = api.offramp(user).await;
    chrome.open(&api.sandbox.dashboard_url());
    chrome.click(&format!("#do-payments-{payment}-transfer-"));
    chrome.until(&format!(
        "document.querySelector('#live-bank input[name=payment_id]').value === '{payment}'"
    ));
    assert_eq!(
        chrome.eval(&format!(
            "document.querySelectorAll('#transaction-{debit} form').length"
        )),
        0,
        "a debit pays for nothing"
    );
    chrome.fill("#live-bank input[name=payment_id]", "order-by-name");
    chrome.click("#live-bank .line button");
    chrome.until("document.querySelector('#live-bank .badge').innerText === 'reconciled'");
    assert_eq!(api.status(&payment).await, "coins_sent");
    chrome.click(&format!("#do-offramps-{offramp}-deposit-"));
    chrome.until("document.querySelector('#live-offramps .badge').innerText === 'finished'");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_page_stays_while_the_dashboard_updates() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::manual().await;
    let user = api.customer().await;
    let mut ids = Vec::new();
    for _ in 0..60 {
        ids.push(api.pay_by(user, "psd2").await.0);
    }
    chrome.open(&api.sandbox.dashboard_url());
    let rows = "document.querySelectorAll('#live-payments tbody tr').length";
    chrome.until(&format!("{rows} === 25"));
    chrome.click("#payments-older");
    chrome.until(&format!("document.querySelector('#payment-{}')", ids[34]));
    chrome.click("#payments-older");
    chrome.until(&format!(
        "document.readyState === 'complete' && {rows} === 10 && !document.querySelector('#payments-older')"
    ));
    assert_eq!(chrome.eval("location.hash"), "#payments");
    // The update keeps the page, and a button on it works.
    chrome.click(&format!("#do-payments-{}-pay-", ids[0]));
    chrome.until(&format!(
        "document.querySelector('#payment-{} .badge').innerText === 'payment_received'",
        ids[0]
    ));
    assert_eq!(chrome.eval(rows), 10);
    chrome.click("#payments-newer");
    chrome.until(&format!(
        "document.readyState === 'complete' && document.querySelector('#payment-{}')",
        ids[34]
    ));
    // A search shows its first page.
    chrome.fill("#q", &ids[1]);
    chrome.until(&format!("{rows} === 1 && location.search === '?q={}'", ids[1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn outages_skipped_faults_and_scenarios_work() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    let user = api.customer().await;
    chrome.open(&api.sandbox.dashboard_url());
    chrome.click("#more-outages summary");
    chrome.click("#outage-gateway");
    chrome.until("document.querySelector('#outage-gateway').innerText === 'Bring up gateway'");
    let order = Api::order(user, "card");
    assert_eq!(
        api.post("createPayment", &order).await["error"],
        "error_payment_creation"
    );
    chrome.click("#outage-gateway");
    chrome.until("document.querySelector('#outage-gateway').innerText === 'Take down gateway'");
    assert_eq!(api.post("createPayment", &order).await["status"], "success");

    chrome.click("#more-faults summary");
    chrome.eval("document.querySelector('#faults-on').value = 'list_payments'");
    chrome.eval("document.querySelector('#faults-fault').value = 'refuse'");
    chrome.fill("#faults-detail", "user_banned");
    chrome.fill("#faults-skip", "1");
    chrome.click("#more-faults button");
    chrome.until("document.querySelector('#live-faults').innerText.includes('after 1')");
    assert_eq!(api.get("payments").await["status"], "ok");
    assert_eq!(api.get("payments").await["error"], "user_banned");

    chrome.click("#more-scenario summary");
    chrome.fill("#scenario", "customers: [{name: Zoe}]");
    chrome.click("#more-scenario button");
    chrome.until("document.querySelector('#notice.bad').innerText.includes('email')");
    chrome.fill(
        "#scenario",
        "customers:\n  - {name: Zoe, email: zoe@example.com, kyc: valid}\n",
    );
    chrome.click("#more-scenario button");
    chrome.until("document.querySelector('#live-customers').innerText.includes('zoe@example.com')");
    assert_eq!(api.sandbox.payments_created(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn customer_text_never_runs_in_the_dashboard() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    let hostile = "<img src=x onerror=\"window.owned=1\"><script>window.owned=1</script>\"'><svg onload=window.owned=1>";
    let new = json!({"name": hostile, "last_name": hostile, "email": "eva+approved@example.com", "external_id": hostile});
    let user = api.post("registerUser", &new).await["data"]["id"]
        .as_u64()
        .unwrap();
    let mut order = Api::order(user, "transfer");
    order["external_id"] = json!(hostile);
    api.post("createPayment", &order).await;
    api.control(
        "bank/credits",
        &json!({"amount": "1.00", "concept": hostile, "payer_name": hostile}),
    )
    .await;
    api.form(
        "subscribeToWebhook",
        &[
            ("type", "PAY_IN"),
            ("url", "http://127.0.0.1:1/?a='onload=alert(1)//"),
        ],
    )
    .await;
    let found = format!("{}?q=%3Cimg", api.sandbox.dashboard_url());
    for (email, url) in [
        ("eve@example.com", api.sandbox.dashboard_url()),
        ("evo@example.com", found),
    ] {
        chrome.open(&url);
        chrome.until(&format!("document.querySelector('#customer-{user}')"));
        // Inserted by the script, not part of the loaded page.
        let late = api
            .post("registerUser", &json!({"name": hostile, "email": email}))
            .await;
        let late = late["data"]["id"].as_u64().unwrap();
        chrome.until(&format!("document.querySelector('#customer-{late}')"));
        assert!(chrome.text(&format!("#customer-{late}")).contains(hostile));
        let foreign = "main img, main svg, main script, [onerror], [onload]";
        let foreign = chrome.eval(&format!("document.querySelectorAll('{foreign}').length"));
        assert_eq!(foreign, 0);
        assert_eq!(chrome.eval("typeof window.owned"), "undefined");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_work_without_script() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    let user = api.customer().await;
    chrome.call("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    chrome.open(&format!("{}?q=ana", api.sandbox.dashboard_url()));
    chrome.click(&format!("#do-customers-{user}-ban-true"));
    chrome.until("location.search === '?q=ana&done=1'");
    chrome.until(&format!(
        "document.querySelector('#customer-{user}').innerText.includes('banned')"
    ));
    assert_eq!(chrome.text("#notice"), "Done.");
}
