//! The request and the decoded reply of every operation, one snapshot each.

use std::collections::BTreeMap;

use cryptopocket_core::testing::Answer;
use cryptopocket_core::{Session, WireRequest};
use cryptopocket_tests::catalogue::{self, Case};
use cryptopocket_tests::{canary, scripted};
use serde_json::value::RawValue;

/// The request in a readable form; the token is checked but not shown.
fn told(request: &WireRequest, session: &Session) -> String {
    let mut text = format!(
        "{} {}\n",
        request.method,
        request.url.replace(session.base_url(), "")
    );
    let mut headers: Vec<_> = request
        .headers
        .iter()
        .map(|(name, value)| {
            let value = value.to_str().expect("plain headers");
            let value = if name == "auth" {
                assert_token(value)
            } else {
                value
            };
            format!("{name}: {value}\n")
        })
        .filter(|line| !line.starts_with("user-agent"))
        .collect();
    headers.sort();
    text.extend(headers);
    let body = String::from_utf8(request.body.to_vec()).expect("UTF-8");
    if !body.is_empty() {
        text.push('\n');
        text.push_str(&laid_out(&body));
        text.push('\n');
    }
    text
}

/// One line for each field, with the text on the wire.
fn laid_out(body: &str) -> String {
    let Ok(fields) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(body) else {
        return body.to_owned();
    };
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("  \"{name}\": {value}"))
        .collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

fn assert_token(value: &str) -> &'static str {
    assert_eq!(value, canary::TOKEN, "the bare token, without a scheme");
    "<token>"
}

async fn exchange(case: Case) -> String {
    let scripted = scripted::session();
    scripted.transport.always(case.id, Answer::json(case.reply));
    let outcome = (case.call)(scripted.session.clone()).await;
    let requests = scripted.transport.requests(case.id);
    assert_eq!(requests.len(), 1, "{} is one request", case.id);
    let decoded = outcome.unwrap_or_else(|error| panic!("{}: {error:#}", case.id));
    format!(
        "{}\n--- reply\n{}\n\n--- read as\n{decoded}\n",
        told(&requests[0], &scripted.session),
        case.reply
    )
}

#[tokio::test]
async fn operations_send_and_read_their_snapshots() {
    for case in catalogue::all() {
        let exchange = exchange(case).await;
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(case.id, exchange);
        });
    }
}

#[test]
fn catalogue_has_each_operation_once() {
    let mut told: Vec<_> = catalogue::all().iter().map(|case| case.id).collect();
    let mut described: Vec<_> = cryptopocket_api::operations::OPERATIONS
        .iter()
        .map(|operation| operation.id)
        .collect();
    told.sort_unstable();
    described.sort_unstable();
    assert_eq!(told, described);
    assert_eq!(described.len(), 26);
}
