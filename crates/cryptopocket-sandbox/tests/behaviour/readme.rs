//! What the README shows: the walk-through pasted into a shell, the verifier run, the samples compared.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use cryptopocket_sandbox::{Sandbox, Scenario};
use serde_json::Value;

use crate::support::{Api, Received, Receiver};

const README: &str = include_str!("../../README.md");

/// The block of code behind a mark.
fn block(mark: &str, language: &str) -> &'static str {
    let after = README.split(&format!("<!-- {mark} -->\n```{language}\n")).nth(1);
    after.unwrap().split("```").next().unwrap()
}

/// Whether this machine has the program; says so where it has not.
fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    if !there {
        // Not `eprintln!`, which a passing test keeps to itself.
        let said = format!("SKIPPED: a part of the README, for there is no {program} on this machine\n");
        drop(std::io::stderr().write_all(said.as_bytes()));
    }
    there
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_walk_through_ends_with_the_coins_sent_and_again_after_a_reset() {
    if !has("curl") {
        return;
    }
    let sandbox = Sandbox::builder().start().await.unwrap();
    let script = block("walk-through", "sh").replace("http://127.0.0.1:8080/", &sandbox.dashboard_url());
    let (addresses, calls) = script.split_at(script.find("field()").unwrap());
    let reset = "curl -X POST $CONTROL/reset";
    assert!(README.contains(reset));
    for script in [script.clone(), format!("{addresses}{reset}\n{calls}")] {
        let run = || Command::new("sh").args(["-eu", "-c", &script]).output();
        let output = tokio::task::block_in_place(run).unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(
            shown.contains("require_kyc") && shown.contains("\"status\":\"coins_sent\""),
            "{shown}"
        );
        assert_eq!(sandbox.payments_created(), 1);
    }
}

/// What came to one receiver of a purchase and a sale.
async fn received() -> (Api, Vec<Received>) {
    let (api, receiver) = (Api::start().await, Receiver::start(vec![]).await);
    for kind in [
        "PAY_IN",
        "COINS_SENT",
        "CRYPTO_RECEIVED",
        "TRANSFER_RAMPOFF_FINISHED",
    ] {
        let reply = api
            .form("subscribeToWebhook", &[("type", kind), ("url", &receiver.url)])
            .await;
        assert_eq!(reply["status"], "ok");
    }
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    api.sandbox.pay(&payment).unwrap();
    api.sandbox.deposit_crypto(api.offramp(user).await, None).unwrap();
    api.sandbox.webhooks_settled().await;
    (api, receiver.all())
}

/// Runs the README's verifier on one webhook; what it says of it is what the function gives back, as JSON.
fn verified(webhook: &Received, secret: &str) -> Value {
    const RUN: &str = "
import email.message, sys
headers = email.message.Message()
for name, value in json.loads(sys.argv[2]):
    headers[name] = value
print(json.dumps(event(headers, sys.stdin.buffer.read(), sys.argv[1])))
";
    let headers = serde_json::to_string(&webhook.headers).unwrap();
    let mut python = Command::new("python3")
        .args([
            "-c",
            &(block("verifier", "python").to_owned() + RUN),
            secret,
            &headers,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(&webhook.body).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_verifier_believes_what_the_emulator_signed_and_nothing_else() {
    if !has("python3") {
        return;
    }
    let (api, all) = received().await;
    let secret = api.sandbox.api_secret();
    let first = &all[0];
    assert_eq!(verified(first, secret), first.json());
    assert_eq!(verified(first, "another secret"), Value::Null);

    let mut changed = first.clone();
    changed.body.push(b' ');
    assert_eq!(verified(&changed, secret), Value::Null);

    let with = |name: &str, value: String| {
        let mut other = first.clone();
        for header in &mut other.headers {
            if header.0 == name {
                header.1.clone_from(&value);
            }
        }
        other
    };
    let signer = cryptopocket_webhooks::Signer::new(secret).unwrap();
    for (off, believed) in [(-200, true), (200, true), (-400, false), (400, false)] {
        let timestamp = first.header("x-timestamp").parse::<i64>().unwrap() + off;
        let mark = signer.sign_at(&first.body, timestamp.try_into().unwrap());
        let mut other = with("x-timestamp", mark.timestamp().to_owned());
        other.headers.retain(|(name, _)| name != "x-signature");
        other
            .headers
            .push(("x-signature".to_owned(), mark.signature().to_owned()));
        assert_eq!(
            verified(&other, secret) != Value::Null,
            believed,
            "{off} seconds off"
        );
    }
    let base64 = {
        let hex = first.header("x-signature");
        let digits = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
        base64::engine::general_purpose::STANDARD.encode(digits.collect::<Vec<u8>>())
    };
    assert_eq!(verified(&with("x-signature", base64), secret), first.json());
    assert_eq!(
        verified(&with("x-timestamp", "1e9".to_owned()), secret),
        Value::Null
    );
}

#[tokio::test]
async fn the_samples_of_events_have_the_fields_that_events_have() {
    let (_api, all) = received().await;
    let samples: Vec<Value> = block("events", "json")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(samples.len(), all.len());
    let fields = |event: &Value| -> Vec<(String, std::mem::Discriminant<Value>)> {
        let data = event["data"].as_object().unwrap();
        let fields = data.iter().map(|(name, value)| (name.clone(), value));
        // The one that orders may be without.
        let fields = fields.filter(|(name, _)| name != "external_id");
        fields
            .map(|(name, value)| (name, std::mem::discriminant(value)))
            .collect()
    };
    for (sample, event) in samples.iter().zip(all.iter().map(Received::json)) {
        assert_eq!(
            (&sample["type"], &sample["data"]["status"]),
            (&event["type"], &event["data"]["status"])
        );
        assert_eq!(fields(sample), fields(&event), "{event}");
    }
}

/// The one block of YAML: the scenario.
fn scenario() -> &'static str {
    let after = README.split("```yaml\n").nth(1).unwrap();
    after.split("```").next().unwrap()
}

#[test]
fn the_scenario_is_read_and_fits_the_schema_that_is_shipped_with_it() {
    scenario().parse::<Scenario>().unwrap();
    let document = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler
        .add_resource("scenario", document(include_str!("../../scenario.schema.json")))
        .unwrap();
    let mut schemas = boon::Schemas::new();
    let schema = compiler.compile("scenario", &mut schemas).unwrap();
    let check = |text: &str| {
        let scenario: Value = yaml_serde::from_str(text).unwrap();
        schemas
            .validate(&scenario, schema)
            .map_err(|error| format!("{error:#}"))
    };
    check(scenario()).unwrap();
    let misspelt = scenario().replace("skip:", "skp:");
    assert!(check(&misspelt).is_err(), "the schema refuses nothing");
}
