//! Customers on the hosted pages.

use serde_json::json;

use super::Chrome;
use crate::support::{Api, WALLET};

async fn registered(api: &Api) -> (u64, String) {
    let back = format!("{}nowhere?order=1", api.sandbox.dashboard_url());
    let new = json!({"name": "<i>Ana</i>", "email": "ana@example.com", "callback_url": back});
    let reply = api.post("registerUser", &new).await;
    let link = reply["data"]["kyc_form_url"].as_str().unwrap().to_owned();
    (reply["data"]["id"].as_u64().unwrap(), link)
}

#[tokio::test(flavor = "multi_thread")]
async fn kyc_form_works_by_keyboard_alone() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::manual().await;
    let (user, link) = registered(&api).await;
    chrome.open(&link);
    assert!(chrome.text(".banner").contains("not the provider’s"));
    assert!(chrome.text("main").contains("<i>Ana</i>"));
    chrome.tab_to("#full_name");
    chrome.write("Ana López");
    chrome.tab_to("#birth_date");
    // Typed digits fill the parts of a date field one after the other.
    chrome.eval("document.activeElement.value = '1990-01-02'");
    chrome.tab_to("#document_number");
    chrome.write("X1");
    chrome.tab_to("button");
    chrome.press("Enter");
    chrome.until("document.querySelector('#state')");
    assert_eq!(
        chrome.text("#state"),
        "The form was submitted and is under review."
    );
    api.sandbox.advance(std::time::Duration::from_secs(120));
    let kyc = api.get(&format!("kyc/check?user_id={user}")).await;
    assert_eq!(kyc["data"]["kyc_status"], "valid");
    chrome.tab_to("#back");
    chrome.press("Enter");
    chrome.until("location.pathname === '/nowhere' && location.search === '?order=1'");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_is_shown_at_its_field() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    let company = json!({"email": "firma@example.com", "company_name": "Firma"});
    let reply = api.post("register/company", &company).await;
    chrome.open(reply["data"]["kyb_link"].as_str().unwrap());
    chrome.fill("#password", "wrong");
    chrome.fill("#registration_number", "B1");
    chrome.fill("#representative", "Ana");
    chrome.click("button");
    chrome.until("document.querySelector('#errors')");
    let field = "document.querySelector('#password')";
    let described = chrome.eval(&format!(
        "{field}.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).innerText).join(' ')"
    ));
    assert!(
        described
            .as_str()
            .unwrap()
            .contains("is not the one you were given"),
        "{described}"
    );
    // The browser gives the focus after it has parsed the page.
    chrome.until(&format!("document.activeElement === {field}"));
    assert_eq!(
        chrome.eval("document.querySelector('#representative').value"),
        "Ana"
    );
    chrome.write(reply["data"]["password"].as_str().unwrap());
    chrome.press("Enter");
    chrome.until("document.querySelector('#state')");
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_take_card_and_guided_payments() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    let user = api.customer().await;
    let (payment, reply) = api.pay_by(user, "card").await;
    chrome.open(reply["data"]["url_payment"].as_str().unwrap());
    assert!(chrome.text("dl").contains("150.50 EUR"));
    chrome.fill("#holder", "Ana López");
    chrome.click("button[value=pay]");
    chrome.until("document.querySelector('h1').innerText === 'Paid'");
    assert_eq!(api.status(&payment).await, "coins_sent");

    let order = json!({"user_id": user, "fiat_amount": 240, "coin_symbol": "USDC", "coin_chain": "polygon"});
    let reply = api.post("createGuidedPayment", &order).await;
    let guided = reply["data"]["payment_id"].as_str().unwrap();
    chrome.open(reply["data"]["gateway_url"].as_str().unwrap());
    chrome.click("input[value=psd2]");
    chrome.fill("#wallet", "too-short");
    chrome.fill("#holder", "Ana López");
    chrome.click("button[value=pay]");
    chrome.until("document.querySelector('#wallet-error')");
    assert_eq!(
        chrome.eval("document.querySelector('input[value=psd2]').checked"),
        true
    );
    chrome.fill("#wallet", WALLET);
    chrome.click("button[value=pay]");
    chrome.until("document.querySelector('h1').innerText === 'Paid'");
    assert!(chrome.text("dl").contains(WALLET));
    assert_eq!(api.status(guided).await, "coins_sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_payment_links_back() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::start().await;
    let mut order = Api::order(api.customer().await, "psd2");
    let back = format!("{}nowhere?order=2", api.sandbox.dashboard_url());
    order["callback_url"] = json!(back);
    let reply = api.post("createPayment", &order).await;
    chrome.open(reply["data"]["url_payment"].as_str().unwrap());
    chrome.click("button[value=fail]");
    chrome.until("document.querySelector('h1').innerText === 'Not paid'");
    chrome.click("#back");
    chrome.until("location.search === '?order=2'");
    let payment = reply["data"]["payment_id"].as_str().unwrap();
    assert_eq!(api.status(payment).await, "payment_rejected");
}
