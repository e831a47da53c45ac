//! The guide and the README: pages are served, links resolve, and examples are true.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{self, Stdio};
use std::time::Duration;

use base64::Engine as _;
use cryptopocket_sandbox::{Command, Fault, Sandbox, Scenario, TransferFault, WebhookFault};
use reqwest::Method;
use serde_json::Value;

use crate::support::{Api, Received, Receiver};

const README: &str = include_str!("../../README.md");
const START: &str = include_str!("../../docs/start.md");
const WEBHOOKS: &str = include_str!("../../docs/webhooks.md");
const FAULTS: &str = include_str!("../../docs/faults.md");
const SCENARIOS: &str = include_str!("../../docs/scenarios.md");
const CONTROL_PLANE: &str = include_str!("../../docs/control-plane.md");

/// The block of code behind a mark.
fn block(page: &'static str, mark: &str, language: &str) -> &'static str {
    let after = page.split(&format!("<!-- {mark} -->\n```{language}\n")).nth(1);
    after.unwrap().split("```").next().unwrap()
}

/// The words in backquotes in the first column of each table behind the mark.
fn first_column(page: &'static str, mark: &str) -> Vec<&'static str> {
    let mark = format!("<!-- {mark} -->\n");
    let tables = page.split(&mark).skip(1);
    let tables = tables.map(|after| after.split("\n\n").next().unwrap());
    let cells = tables.flat_map(|table| table.lines().skip(2).map(|row| row.split('|').nth(1).unwrap()));
    let words = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    words.collect()
}

/// Whether this machine has the program; reports a skipped test if not.
fn has(program: &str) -> bool {
    let there = process::Command::new(program).arg("--version").output().is_ok();
    if !there {
        // Not `eprintln!`, whose output a passing test hides.
        let said = format!("SKIPPED: a part of the guide, for there is no {program} on this machine\n");
        drop(std::io::stderr().write_all(said.as_bytes()));
    }
    there
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn walk_through_sends_coins_and_repeats_after_a_reset() {
    if !has("curl") {
        return;
    }
    let sandbox = Sandbox::builder().start().await.unwrap();
    let script =
        block(START, "walk-through", "sh").replace("http://127.0.0.1:8080/", &sandbox.dashboard_url());
    let (addresses, calls) = script.split_at(script.find("field()").unwrap());
    let reset = "curl -X POST $CONTROL/reset";
    assert!(START.contains(reset));
    for script in [script.clone(), format!("{addresses}{reset}\n{calls}")] {
        let run = || process::Command::new("sh").args(["-eu", "-c", &script]).output();
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

/// The webhooks of a payment and an off-ramp.
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

/// Runs the guide's verifier on one webhook and returns its result.
fn verified(webhook: &Received, secret: &str) -> Value {
    const RUN: &str = "
import email.message, sys
headers = email.message.Message()
for name, value in json.loads(sys.argv[2]):
    headers[name] = value
print(json.dumps(event(headers, sys.stdin.buffer.read(), sys.argv[1])))
";
    let headers = serde_json::to_string(&webhook.headers).unwrap();
    let mut python = process::Command::new("python3")
        .args([
            "-c",
            &(block(WEBHOOKS, "verifier", "python").to_owned() + RUN),
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
async fn verifier_accepts_only_what_the_emulator_signed() {
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
async fn sample_events_have_the_fields_of_events() {
    let (_api, all) = received().await;
    let samples: Vec<Value> = block(WEBHOOKS, "events", "json")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(samples.len(), all.len());
    let fields = |event: &Value| -> Vec<(String, std::mem::Discriminant<Value>)> {
        let data = event["data"].as_object().unwrap();
        let fields = data.iter().map(|(name, value)| (name.clone(), value));
        // The one field that an order can lack.
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
    let after = SCENARIOS.split("```yaml\n").nth(1).unwrap();
    after.split("```").next().unwrap()
}

#[test]
fn sample_scenario_is_read_and_fits_the_schema() {
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

/// The names of the pages in the crate's `docs/`.
fn pages() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let names = files.map(|file| file.file_name().into_string().unwrap());
    names
        .map(|name| name.strip_suffix(".md").unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_page_is_listed_and_its_links_resolve() {
    let api = Api::start().await;
    let base = reqwest::Url::parse(&api.sandbox.dashboard_url()).unwrap();
    let list = api
        .visit(Method::GET, base.join("docs").unwrap().as_str(), &[])
        .await
        .1;
    assert!(pages().len() >= 12);
    for page in pages() {
        assert!(
            list.contains(&format!("href=\"/docs/{page}\"")),
            "{page} is not listed"
        );
        let url = base.join(&format!("docs/{page}")).unwrap();
        let (status, html) = api.visit(Method::GET, url.as_str(), &[]).await;
        assert!(status == 200 && html.contains("<h1"), "{page}");
        for link in html
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            let target = url.join(link).unwrap();
            if target.origin() != url.origin() {
                continue;
            }
            let (status, html) = api.visit(Method::GET, target.as_str(), &[]).await;
            assert_eq!(status, 200, "{page} links to {link}");
            if let Some(anchor) = target.fragment() {
                assert!(
                    html.contains(&format!("id=\"{anchor}\"")),
                    "{page} links to {link}"
                );
            }
        }
    }
}

#[test]
fn links_between_files_resolve() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = pages().into_iter().map(|page| format!("docs/{page}.md"));
    for file in pages.chain(["README.md".to_owned()]) {
        let path = root.join(&file);
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text
            .split("](")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap())
        {
            // A published crate has no workspace around it.
            if link.starts_with("https://") || (file == "README.md" && link.starts_with("../")) {
                continue;
            }
            let target = path.parent().unwrap().join(link.split('#').next().unwrap());
            assert!(link.starts_with('#') || target.exists(), "{file} links to {link}");
        }
    }
}

#[tokio::test]
async fn unknown_page_is_not_found() {
    let api = Api::start().await;
    for path in ["docs/nothing", "docs/start.md", "docs/start/more"] {
        let url = format!("{}{path}", api.sandbox.dashboard_url());
        assert_eq!(api.visit(Method::GET, &url, &[]).await.0, 404, "{path}");
        assert_eq!(api.visit(Method::POST, &url, &[]).await.0, 405, "{path}");
    }
}

#[tokio::test]
async fn every_control_call_exists() {
    let api = Api::start().await;
    let calls = first_column(CONTROL_PLANE, "calls");
    assert!(calls.len() > 35, "{calls:?}");
    for call in calls {
        let (method, path) = call.split_once(' ').unwrap();
        let path = path.replace("{id}", "1").replace("=N", "=0");
        let url = format!("{}/{path}", api.sandbox.control_url());
        let (status, text) = api.visit(method.parse().unwrap(), &url, &[]).await;
        assert!(
            status != 405 && !text.contains("could not be found"),
            "{call}: {text}"
        );
    }
}

#[test]
fn control_page_lists_every_command() {
    let calls = first_column(CONTROL_PLANE, "calls").into_iter();
    let listed: BTreeSet<String> = calls
        .filter(|call| !call.starts_with("GET"))
        .map(str::to_owned)
        .collect();
    let with_id = |path: &str| -> Vec<String> {
        let parts = path.split('/');
        let parts = parts.map(|part| if part.starts_with('{') { "{id}" } else { part });
        parts.map(str::to_owned).collect()
    };
    let commands = Command::PATHS.iter();
    let commands = commands.map(|(method, path)| format!("{method} {}", with_id(path).join("/")));
    assert_eq!(listed, commands.collect());
}

#[test]
fn fault_tables_list_every_fault() {
    assert_eq!(first_column(FAULTS, "call faults"), Fault::names());
    assert_eq!(first_column(FAULTS, "webhook faults"), WebhookFault::names());
    assert_eq!(first_column(FAULTS, "transfer faults"), TransferFault::names());
}

#[tokio::test]
async fn ready_line_of_the_readme_is_the_ready_line() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let shown = README
        .split("```json\n")
        .nth(1)
        .unwrap()
        .split('\n')
        .next()
        .unwrap();
    let shown = shown.replace("http://127.0.0.1:8080/", &sandbox.dashboard_url());
    assert_eq!(shown, sandbox.ready_line());
}

#[tokio::test]
async fn readme_names_the_day_by_which_to_filter() {
    let api = Api::start().await;
    let credit = cryptopocket_sandbox::BankCredit::new("150.50".parse().unwrap());
    api.sandbox.credit_bank(credit).unwrap();
    let iban = api.get("banking/accounts").await["data"][0]["iban"].clone();
    let rows = async |api: &Api, filter: &str| {
        let path = format!(
            "banking/accounts/{}/transactions?{filter}",
            iban.as_str().unwrap()
        );
        api.get(&path).await["pagination"]["total"].clone()
    };
    let (_, told) = README.split_once("the clock starts at ").unwrap();
    let day = &told[..10];
    assert!(api.sandbox.state().now.starts_with(day), "{day}");
    assert_eq!(rows(&api, &format!("from={day}&to={day}")).await, 1);
    // As any other day, the day of the test run finds nothing, and no error says so.
    assert_eq!(rows(&api, "from=2031-01-01").await, 0);
    assert_eq!(rows(&api, "to=2026-06-25").await, 0);
    // The clock moves when it is advanced, and later records carry the new day.
    api.sandbox.advance(Duration::from_secs(86_400));
    let token = api.log_in(api.sandbox.api_key(), api.sandbox.api_secret()).await;
    let api = api.with_token(token);
    let credit = cryptopocket_sandbox::BankCredit::new("150.50".parse().unwrap());
    api.sandbox.credit_bank(credit).unwrap();
    let next = api.sandbox.state().now;
    let next = &next[..10];
    assert_ne!(next, day);
    assert_eq!(rows(&api, &format!("from={next}&to={next}")).await, 1);
}
