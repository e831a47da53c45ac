//! The records in the file are the whole state.

mod restarts;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_emulator::server::{Changes, FORMAT};
use cryptopocket_emulator::{Engine, Request, Settings, Speed};
use http::HeaderMap;
use proptest::prelude::*;

use super::File;
use crate::start_error::StartError;

fn rule<T>(result: Result<T, StartError>) -> String {
    result.map(drop).unwrap_err().rule
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Calls that change something or nothing. `#user` and similar stand for the newest of their kind.
const CALLS: &[(&str, &str, &str, &str)] = &[
    (
        "POST",
        "/api/authenticate",
        JSON,
        r#"{"api_key":"key","api_secret":"secret"}"#,
    ),
    (
        "POST",
        "/api/registerUser",
        JSON,
        r#"{"name":"Ana","email":"a#n+approved@example.com","external_id":"c#n"}"#,
    ),
    (
        "POST",
        "/api/register/company",
        JSON,
        r#"{"company_name":"SL","email":"c#n@example.com"}"#,
    ),
    (
        "POST",
        "/api/registerUser/kyc-delegated",
        JSON,
        r#"{"name":"Bea","email":"d#n@example.com","document_front":"data:a/b;base64,QUJD","face_image":"data:a/b;base64,QUJD"}"#,
    ),
    ("POST", "/api/onboarding-form", JSON, r#"{"user_id":#user}"#),
    (
        "POST",
        "/api/customers/#user/documents",
        JSON,
        r#"{"type":"payslip","file":"data:a/b;base64,QUJD"}"#,
    ),
    (
        "POST",
        "/api/createPayment",
        JSON,
        r#"{"user_id":#user,"external_id":"e","fiat_symbol":"EUR","fiat_amount":150.5,"coin_symbol":"USDC","coin_chain":"polygon","wallet":"0x52908400098527886E0F7030069857D2E4169EE7","payment_type":"card"}"#,
    ),
    (
        "POST",
        "/api/createPayment",
        JSON,
        r#"{"user_id":#user,"fiat_symbol":"EUR","fiat_amount":20,"coin_symbol":"DAI","coin_chain":"polygon","wallet":"0x52908400098527886E0F7030069857D2E4169EE7","payment_type":"transfer"}"#,
    ),
    (
        "POST",
        "/api/createGuidedPayment",
        JSON,
        r#"{"user_id":#user,"fiat_amount":30,"coin_symbol":"BTC","coin_chain":"bitcoin"}"#,
    ),
    (
        "POST",
        "/api/createRampoff",
        JSON,
        r#"{"user_id":#user,"amount":20,"symbol":"DAI","blockchain":"polygon","iban":"ES9121000418450200051332"}"#,
    ),
    (
        "POST",
        "/api/subscribeToWebhook",
        FORM,
        "type=PAY_IN&url=http://127.0.0.1:1/",
    ),
    (
        "POST",
        "/api/subscribeToWebhook",
        FORM,
        "type=COINS_SENT&url=http://127.0.0.1:1/",
    ),
    (
        "POST",
        "/api/banking/reconcile",
        JSON,
        r##"{"payment_id":"#payment","transaction_id":"#transaction"}"##,
    ),
    ("GET", "/api/payments?status=started", JSON, ""),
    ("GET", "/api/customers/list", JSON, ""),
    (
        "POST",
        "/_sandbox/payments/#payment/pay",
        JSON,
        r#"{"holder":"Ana L\u00f3pez"}"#,
    ),
    (
        "POST",
        "/_sandbox/payments/#payment/status",
        JSON,
        r#"{"status":"odd"}"#,
    ),
    (
        "POST",
        "/_sandbox/bank/credits",
        JSON,
        r#"{"amount":"20.00","concept":"x","payer_name":"Bea"}"#,
    ),
    (
        "POST",
        "/_sandbox/offramps/70001/deposit",
        JSON,
        r#"{"amount":"7.5"}"#,
    ),
    ("POST", "/_sandbox/clock/advance", JSON, r#"{"seconds":61}"#),
    (
        "POST",
        "/_sandbox/methods",
        JSON,
        r#"{"payment_type":"psd2","barred":true}"#,
    ),
    ("POST", "/_sandbox/whitelist", JSON, r#"{"listed":true}"#),
    ("POST", "/_sandbox/tokens/expire", JSON, "{}"),
    ("POST", "/_sandbox/integrations", JSON, "{}"),
    ("POST", "/_sandbox/deliveries/1/redeliver", JSON, "{}"),
    (
        "POST",
        "/_sandbox/webhook-faults",
        JSON,
        r#"{"fault":"overtaken"}"#,
    ),
    (
        "POST",
        "/_sandbox/faults",
        JSON,
        r#"{"operation":"list_customers","fault":"error_after","detail":503,"times":2,"skip":1}"#,
    ),
    (
        "POST",
        "/_sandbox/transfer-faults",
        JSON,
        r#"{"fault":"partial","detail":"0.50"}"#,
    ),
    ("DELETE", "/_sandbox/faults", JSON, ""),
    ("POST", "/_sandbox/reset", JSON, "{}"),
];

fn fresh() -> Engine {
    let mut settings = Settings::new(1);
    settings.speed = Speed::Manual;
    settings.credentials = Some(("key".to_owned(), "secret".to_owned()));
    Engine::with(settings)
}

/// The ids of the newest objects.
#[derive(Default)]
struct Newest {
    token: String,
    named: BTreeMap<&'static str, String>,
    calls: usize,
}

impl Newest {
    fn fill(&self, text: &str) -> String {
        let mut text = text.replace("#n", &self.calls.to_string());
        for (name, value) in &self.named {
            text = text.replace(&format!("#{name}"), value);
        }
        text
    }

    fn learn(&mut self, path: &str, reply: &[u8]) {
        let reply: serde_json::Value = serde_json::from_slice(reply).unwrap_or_default();
        let text =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let data = &reply["data"];
        if let Some(token) = data["token"].as_str() {
            token.clone_into(&mut self.token);
        }
        if path.contains("register") && data["id"].is_u64() {
            self.named.insert("user", text(&data["id"]));
        }
        if data["payment_id"].is_string() {
            self.named.insert("payment", text(&data["payment_id"]));
        }
        if reply["transaction_id"].is_string() {
            self.named.insert("transaction", text(&reply["transaction_id"]));
        }
    }
}

fn call(engine: &mut Engine, newest: &mut Newest, (method, path, media, body): (&str, &str, &str, &str)) {
    newest.calls += 1;
    let mut headers = HeaderMap::new();
    headers.extend([
        (http::header::CONTENT_TYPE, media.parse().unwrap()),
        (
            http::HeaderName::from_static("auth"),
            newest.token.parse().unwrap(),
        ),
    ]);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let request = Request {
        method: method.parse().unwrap(),
        path: newest.fill(path),
        query: query.to_owned(),
        headers,
        body: Bytes::from(newest.fill(body)),
    };
    if let Some(reply) = engine.handle(&request).reply {
        newest.learn(path, &reply.body);
    }
}

/// Applies changes as the file does.
fn apply(records: &mut BTreeMap<String, String>, changes: Changes) {
    if changes.afresh {
        records.clear();
    }
    for (name, value) in changes.records {
        match value {
            Some(value) => drop(records.insert(name, value)),
            None => drop(records.remove(&name)),
        }
    }
}

fn all(engine: &Engine) -> BTreeMap<String, String> {
    engine.records().into_iter().collect()
}

/// A login and a customer always come first, because the other calls need them.
fn script() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..CALLS.len() * 2, 1..60).prop_map(|calls| {
        calls
            .into_iter()
            .map(|call| if call < CALLS.len() { call } else { call % 18 })
            .collect()
    })
}

proptest! {
    // Each writes a file and waits for the disk.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn changes_add_up_and_restore_the_same_state(script in script()) {
        let (mut engine, mut newest, mut records) = (fresh(), Newest::default(), BTreeMap::new());
        engine.persist(false);
        for place in [0, 1].into_iter().chain(script) {
            if CALLS[place].1.ends_with("reset") {
                newest.named.clear();
            }
            call(&mut engine, &mut newest, CALLS[place]);
            if place % 5 == 0
                && let Some(webhook) = engine.take_webhooks().first()
            {
                engine.webhook_answered(webhook, Err("refused".to_owned()));
            }
            apply(&mut records, engine.changes());
        }
        // A read alone moves the clock by a millisecond, which is not worth a write.
        engine.advance(Duration::ZERO);
        apply(&mut records, engine.changes());
        prop_assert_eq!(&records, &all(&engine));

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let all_of_it = Changes { afresh: true, records: records.into_iter().map(|(name, value)| (name, Some(value))).collect() };
        File::open(&path).unwrap().write(&[all_of_it]).unwrap();
        let mut again = fresh();
        prop_assert!(File::open(&path).unwrap().load(&mut again).unwrap());
        let (mut before, mut after) = (all(&engine), all(&again));
        // A webhook in flight becomes ready again, because it may not have arrived.
        for records in [&mut before, &mut after] {
            for value in records.values_mut() {
                *value = value.replace("\"InFlight\"", "\"Ready\"");
            }
        }
        prop_assert_eq!(before, after);
        prop_assert!(again.changes().is_empty());
    }
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let record = |name: &str, value: &str| Changes {
        afresh: true,
        records: vec![(name.to_owned(), Some(value.to_owned()))],
    };
    let file = File::open(&path).unwrap();
    assert!(!file.load(&mut fresh()).unwrap());
    for (name, value) in [
        ("engine", "{}"),
        ("payment/000000/0000000000", "{}"),
        ("token/000007/x", "1"),
    ] {
        file.write(&[record(name, value)]).unwrap();
        assert!(
            rule(file.load(&mut fresh())).starts_with("it is damaged or was changed by hand"),
            "{name}"
        );
    }
    assert!(rule(File::open(&path)).starts_with("another emulator has it open"));
    drop(file);
    std::fs::write(&path, "not a database").unwrap();
    assert!(rule(File::open(&path)).starts_with("it is no state file"));
}

#[test]
fn file_of_another_format_is_refused() {
    const ABOUT: redb::TableDefinition<'_, &str, u32> = redb::TableDefinition::new("cryptopocket-sandbox");
    let folder = tempfile::tempdir().unwrap();
    // No number is the form before there was one.
    for (name, format) in [("older", None), ("newer", Some(FORMAT + 1))] {
        let path = folder.path().join(name);
        let database = redb::Database::create(&path).unwrap();
        let write = database.begin_write().unwrap();
        let mut about = write.open_table(ABOUT).unwrap();
        format.map(|format| about.insert("format", format).unwrap());
        drop(about);
        write.commit().unwrap();
        drop(database);
        let refused = File::open(&path).unwrap().load(&mut fresh()).unwrap_err();
        let found = format.unwrap_or_default();
        let rule = format!("it was written in format {found}, and this version reads format {FORMAT}");
        assert_eq!(
            (refused.rule, refused.cure),
            (rule, "use the version that wrote it, or another file")
        );
    }
}
