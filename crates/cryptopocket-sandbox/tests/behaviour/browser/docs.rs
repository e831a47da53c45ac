//! A developer at the API page.

use super::Chrome;
use crate::support::Api;

#[tokio::test(flavor = "multi_thread")]
async fn api_page_makes_calls_and_passes_ids_on() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    chrome.open(&format!("{}docs", api.sandbox.dashboard_url()));
    // Key and secret are filled in for requests that may see the dashboard.
    chrome.click("#login button");
    chrome.until("document.querySelector('#token-state').innerText === 'A new token was issued.'");
    chrome.click("#create_customer .try summary");
    chrome.click("#create_customer .try button");
    chrome.until("document.querySelector('#create_customer .answer').innerText.includes('kyc_form_url')");
    let told =
        chrome.eval("JSON.parse(document.querySelector('#create_customer .answer pre').innerText).data.id");
    let user = told.as_u64().unwrap();
    api.sandbox.approve_kyc(user).unwrap();
    chrome.click("#create_payment .try summary");
    let body = chrome.eval("JSON.parse(document.querySelector('#create_payment textarea').value).user_id");
    assert_eq!(body, user);
    chrome.click("#create_payment .try button");
    chrome.until("document.querySelector('#create_payment .answer').innerText.includes('\"sucess\"')");
    assert!(chrome.text("#create_payment .answer").contains("curl -X POST"));
    chrome.click("#get_payment .try summary");
    chrome.click("#get_payment .try button");
    chrome.until("document.querySelector('#get_payment .answer').innerText.includes('\"started\"')");
    // A form body, and a refused one.
    chrome.click("#subscribe_webhook .try summary");
    chrome.fill("#subscribe_webhook-url", "no link");
    chrome.click("#subscribe_webhook .try button");
    chrome.until("document.querySelector('#subscribe_webhook .answer').innerText.includes('Answer: 422')");
    assert_eq!(api.sandbox.calls("subscribe_webhook"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn first_sample_of_every_call_is_valid() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    chrome.open(&format!("{}docs", api.sandbox.dashboard_url()));
    chrome.click("#login button");
    chrome.until("document.querySelector('#token').value");
    chrome.eval("document.querySelectorAll('form[data-run]').forEach((form) => form.requestSubmit())");
    chrome.until("[...document.querySelectorAll('.answer')].every((one) => one.textContent)");
    let refused = chrome.eval(
        "[...document.querySelectorAll('form[data-run]')].filter((form) => /Answer: (4(?!04|03)|5)|No answer/.test(form.querySelector('.answer').textContent)).map((form) => form.textContent)",
    );
    assert_eq!(refused, serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn offramp_form_keeps_the_customers_account() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    chrome.open(&format!("{}docs", api.sandbox.dashboard_url()));
    let sale = "JSON.parse(document.querySelector('#create_offramp textarea').value).iban";
    let of_the_customer = chrome.eval(sale);
    chrome.click("#login button");
    chrome.until("document.querySelector('#token').value");
    chrome.click("#list_bank_accounts .try summary");
    chrome.click("#list_bank_accounts .try button");
    chrome.until("document.querySelector('#list_bank_accounts .answer').innerText.includes('iban')");
    let own = api.get("banking/accounts").await["data"][0]["iban"].clone();
    assert_ne!(own, of_the_customer);
    assert_eq!(chrome.eval(sale), of_the_customer);
    assert_eq!(
        chrome.eval("document.querySelector('#list_bank_transactions-iban').value"),
        own
    );
    let reconciled =
        chrome.eval("JSON.parse(document.querySelector('#reconcile_payment textarea').value).iban");
    assert_eq!(reconciled, own);
}

#[tokio::test(flavor = "multi_thread")]
async fn subscription_form_proposes_a_local_url() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    chrome.open(&format!("{}docs", api.sandbox.dashboard_url()));
    chrome.click("#login button");
    chrome.until("document.querySelector('#token').value");
    for call in ["subscribe_webhook", "update_webhook"] {
        chrome.click(&format!("#{call} .try summary"));
        let url = chrome.eval(&format!("document.querySelector('#{call}-url').value"));
        assert_eq!(url, "http://127.0.0.1:9000/hook");
    }
    chrome.click("#subscribe_webhook .try button");
    chrome.until(
        "document.querySelector('#subscribe_webhook .answer').innerText.includes('subscription_created')",
    );
}
