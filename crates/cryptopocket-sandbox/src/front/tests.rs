//! Any request gets an answer in a form of the provider: never a panic, never a 500.

use bytes::Bytes;
use cryptopocket_emulator::{Engine, ROUTES, Request, Settings};
use http::{HeaderMap, Method};
use proptest::prelude::*;

use super::answer;
use crate::front::Access;

const FIELDS: &[&str] = &[
    "user_id",
    "fiat_symbol",
    "fiat_amount",
    "coin_symbol",
    "coin_chain",
    "wallet",
    "payment_type",
    "external_id",
    "name",
    "email",
    "company_name",
    "type",
    "url",
    "file",
    "amount",
    "symbol",
    "blockchain",
    "iban",
    "payment_id",
    "transaction_id",
    "page",
    "per_page",
    "from",
    "to",
    "status",
    "seconds",
    "fault",
    "detail",
    "concept",
    "action",
];
const VALUES: &[&str] = &[
    "100001",
    "\"100001\"",
    "0",
    "-1",
    "1e9",
    "1e-9",
    "1.005",
    "99999999999999999999999999",
    "1e400",
    "true",
    "null",
    "{}",
    "[1]",
    "\"\"",
    "\"EUR\"",
    "\"USDC\"",
    "\"polygon\"",
    "\"card\"",
    "\"transfer\"",
    "\"ana@example.com\"",
    "\"http://127.0.0.1/\"",
    "\"ES9121000418450200051332\"",
    "\"0x52908400098527886E0F7030069857D2E4169EE7\"",
    "\"2026-06-26\"",
    "\"2026-99-99\"",
    "\"PAY_IN\"",
    "\"slow\"",
    "\"payslip\"",
    "\"data:a/b;base64,QUJD\"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "\"ñ\"",
];

fn engine() -> (Engine, String) {
    let mut settings = Settings::new(1);
    settings.credentials = Some(("key".to_owned(), "secret".to_owned()));
    let mut engine = Engine::with(settings);
    let login = Request::post("/api/authenticate", r#"{"api_key":"key","api_secret":"secret"}"#);
    let body = engine.handle(&login).reply.unwrap().body;
    let reply: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let token = reply["data"]["token"].as_str().unwrap().to_owned();
    let mut customer = Request::post(
        "/api/registerUser",
        r#"{"name":"Ana","email":"ana+approved@example.com"}"#,
    );
    customer.headers.insert("auth", token.parse().unwrap());
    assert_eq!(engine.handle(&customer).reply.unwrap().status, 200);
    (engine, token)
}

fn field() -> impl Strategy<Value = (&'static str, String)> {
    let value = prop_oneof![4 => prop::sample::select(VALUES).prop_map(str::to_owned), 1 => "[0-9]{1,40}(\\.[0-9]{0,40})?"];
    (prop::sample::select(FIELDS), value)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let fields = prop::collection::vec(field(), 0..12);
    let json = fields.prop_map(|fields| {
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", fields.join(",")).into_bytes()
    });
    prop_oneof![8 => json, 1 => prop::collection::vec(any::<u8>(), 0..64)]
}

fn path() -> impl Strategy<Value = String> {
    let known = prop::sample::select(ROUTES).prop_map(|route| {
        format!(
            "/api{}",
            route
                .path
                .replace("{user_id}", "100001")
                .replace("{iban}", "ES91")
        )
    });
    let control = prop::sample::select(
        &[
            "clock/advance",
            "customers/100001/kyc",
            "payments/x/pay",
            "bank/credits",
            "offramps/70001/deposit",
            "faults",
            "webhook-faults",
            "integrations",
            "whitelist",
            "methods",
            "journal",
            "state",
            "deliveries",
            "deliveries/1/redeliver",
        ][..],
    );
    prop_oneof![
        12 => known,
        2 => control.prop_map(|path| format!("/_sandbox/{path}")),
        1 => "/[ -~]{0,24}",
        1 => "/(api|pages|_sandbox)(/[a-z%0-9]{0,8}){0,4}",
    ]
}

proptest! {
    #[test]
    fn every_request_is_answered(
        calls in prop::collection::vec((any::<bool>(), path(), prop::collection::vec(field(), 0..5), body(), 0..3_u8), 1..16),
    ) {
        let (mut engine, token) = engine();
        for (reads, path, query, body, media) in calls {
            let mut headers = HeaderMap::new();
            headers.insert("auth", token.parse().unwrap());
            let media = ["application/json", "application/x-www-form-urlencoded", "text/plain"][usize::from(media)];
            headers.insert("content-type", media.parse().unwrap());
            let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", value.trim_matches('"'))).collect();
            let method = if reads { Method::GET } else { Method::POST };
            let request = Request { method, path, query: query.join("&"), headers, body: Bytes::from(body) };
            let response = answer(&mut engine, Access::Anyone, &request);
            engine.settle();
            if let Some(reply) = response.reply.filter(|_| !response.cut) {
                prop_assert!(reply.status < 500 || reply.status == 501, "{} {}", request.method, request.path);
                if request.path.starts_with("/api/") && !reply.body.is_empty() && reply.status == 200 {
                    prop_assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_ok());
                }
            }
        }
    }
}
