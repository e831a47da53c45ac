//! Every page at two widths and in both colour schemes: nothing overflows, all controls have names, all text has contrast.

use base64::Engine as _;
use serde_json::{Value, json};

use super::Chrome;
use crate::support::Api;

/// Finds controls without a name, and texts with too little contrast to their background.
const FLAWS: &str = include_str!("flaws.js");

fn look_at(chrome: &mut Chrome, name: &str, url: &str) {
    for scheme in ["light", "dark"] {
        chrome.colours(scheme);
        for width in [1280, 390] {
            chrome.size(width, 900);
            chrome.open(url);
            chrome.eval("document.querySelectorAll('details').forEach((one) => { one.open = true })");
            let wide = chrome.eval("document.documentElement.scrollWidth");
            assert!(
                wide.as_u64().unwrap() <= u64::from(width),
                "{name} at {width} is {wide} wide"
            );
            let flaws = chrome.eval(FLAWS);
            assert_eq!(flaws, json!([]), "{name} at {width}, {scheme}");
            if let Some(folder) = std::env::var_os("CRYPTOPOCKET_SCREENSHOTS") {
                chrome.eval("document.querySelectorAll('details').forEach((one, place) => { one.open = place % 7 === 3 })");
                let png = base64::engine::general_purpose::STANDARD
                    .decode(chrome.picture())
                    .unwrap();
                let file = std::path::Path::new(&folder).join(format!("{name}-{width}-{scheme}.png"));
                std::fs::write(file, png).unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_and_is_readable() {
    let Some(mut chrome) = Chrome::start() else { return };
    let api = Api::manual().await;
    let link = |reply: &Value, field: &str| reply["data"][field].as_str().unwrap().to_owned();
    let new = json!({"name": "Ana", "last_name": "López García", "email": "ana.lopez@example.com",
        "callback_url": "https://shop.example/back"});
    let person = api.post("registerUser", &new).await;
    let company =
        json!({"email": "firma@example.com", "company_name": "Construcciones Hermanos Iglesias SL"});
    let company = api.post("register/company", &company).await;
    let user = api.customer().await;
    let declaration = api.post("onboarding-form", &json!({"user_id": user})).await;
    let (card, reply) = api.pay_by(user, "card").await;
    let order = json!({"user_id": user, "fiat_amount": 240, "coin_symbol": "USDC", "coin_chain": "polygon",
        "external_id": "order-2026-0001"});
    let guided = api.post("createGuidedPayment", &order).await;
    api.form(
        "subscribeToWebhook",
        &[
            ("type", "PAY_IN"),
            ("url", "http://127.0.0.1:9/hooks/cryptopocket"),
        ],
    )
    .await;
    let (paid, paid_reply) = api.pay_by(user, "card").await;
    let (failed, _) = api.pay_by(user, "psd2").await;
    let (sent, _) = api.pay_by(user, "transfer").await;
    api.sandbox.pay(&paid).unwrap();
    api.sandbox.fail_payment(&failed).unwrap();
    api.sandbox.pay_transfer(&sent).unwrap();
    api.sandbox.advance(std::time::Duration::from_secs(1_800));
    api.offramp(user).await;
    api.sandbox
        .fail_next("create_payment", cryptopocket_sandbox::Fault::DropAfter);
    api.get(&format!("payment/{card}")).await;
    api.get("payment/nobody").await;
    api.sandbox.webhooks_settled().await;

    look_at(&mut chrome, "kyc", &link(&person, "kyc_form_url"));
    look_at(&mut chrome, "kyb", &link(&company, "kyb_link"));
    look_at(&mut chrome, "declaration", &link(&declaration, "onboarding_link"));
    look_at(&mut chrome, "card", &link(&reply, "url_payment"));
    look_at(&mut chrome, "guided", &link(&guided, "gateway_url"));
    let chosen = [
        ("action", "pay"),
        ("payment_type", "transfer"),
        ("wallet", crate::support::WALLET),
    ];
    let page = link(&guided, "gateway_url");
    assert_eq!(api.visit(reqwest::Method::POST, &page, &chosen).await.0, 200);
    look_at(&mut chrome, "guided-transfer", &page);
    look_at(&mut chrome, "paid", &link(&paid_reply, "url_payment"));
    look_at(
        &mut chrome,
        "gone",
        &format!("{}pages/kyc/x", api.sandbox.dashboard_url()),
    );
    look_at(
        &mut chrome,
        "docs",
        &format!("{}docs", api.sandbox.dashboard_url()),
    );
    for page in ["start", "faults", "control-plane"] {
        let url = format!("{}docs/{page}", api.sandbox.dashboard_url());
        look_at(&mut chrome, &format!("docs-{page}"), &url);
    }
    look_at(&mut chrome, "dashboard", &api.sandbox.dashboard_url());
    api.sandbox.clear_faults();
    for _ in 0..24 {
        api.pay_by(user, "psd2").await;
    }
    let meant = cryptopocket_sandbox::BankCredit::new("150.50".parse().unwrap()).meant_for(&card);
    let credit = api.sandbox.credit_bank(meant).unwrap();
    let both = json!({"payment_id": sent, "transaction_id": credit});
    assert_eq!(api.post("banking/reconcile", &both).await["status"], "ok");
    let second = format!("{}?payments=2&log=3", api.sandbox.dashboard_url());
    look_at(&mut chrome, "dashboard-older", &second);
}
