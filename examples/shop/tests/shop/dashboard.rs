//! The dashboard's queries against a real Prometheus that collects what the shop exports.
//!
//! Needs the program `prometheus` (`apt-get install prometheus`); without it the test says so and does nothing.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cryptopocket::webhooks::Signer;
use cryptopocket_sandbox::{Fault, Speed};
use serde_json::Value;

use crate::process::{Process, free_port, post};
use crate::provider::Provider;
use crate::wait;

const DASHBOARD: &str = include_str!("../../../../crates/cryptopocket-inbox/grafana/dashboard.json");

struct Prometheus {
    url: String,
    child: Child,
}

impl Prometheus {
    /// `None` if there is no such program.
    fn start(folder: &std::path::Path, shop: &Process) -> Option<Self> {
        let port = free_port();
        let target = shop.url.trim_start_matches("http://");
        let settings = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s}}\n\
             scrape_configs: [{{job_name: shop, static_configs: [{{targets: ['{target}']}}]}}]\n"
        );
        let file = folder.join("prometheus.yml");
        fs::write(&file, settings).unwrap();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--log.level=error")
            .stdout(Stdio::null())
            .spawn();
        match child {
            Ok(child) => Some(Self {
                url: format!("http://127.0.0.1:{port}/api/v1"),
                child,
            }),
            Err(error) => {
                println!(
                    "SKIPPED: the program `prometheus` cannot be started ({error}): apt-get install prometheus"
                );
                None
            }
        }
    }

    async fn ask(&self, path: &str) -> Value {
        match reqwest::get(format!("{}/{path}", self.url)).await {
            Ok(answer) => answer.json().await.unwrap_or_default(),
            // It is starting.
            Err(_) => Value::Null,
        }
    }

    /// The values of the series that an expression gives now.
    async fn values(&self, expression: &str) -> Result<Vec<f64>, String> {
        let answer = self.ask(&format!("query?query={}", encoded(expression))).await;
        if let Some(error) = answer["error"].as_str() {
            return Err(error.to_owned());
        }
        let series = answer["data"]["result"].as_array().cloned().unwrap_or_default();
        let value = |one: &Value| one["value"][1].as_str()?.parse().ok();
        Ok(series.iter().filter_map(value).collect())
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn encoded(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}

/// Each query of the dashboard by panel, with its variables filled in.
fn queries() -> BTreeMap<String, String> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut queries = BTreeMap::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let name = format!(
                "{} {}",
                panel["title"].as_str().unwrap(),
                target["refId"].as_str().unwrap()
            );
            let expression = target["expr"].as_str().unwrap();
            let filled = expression
                .replace("$__rate_interval", "20s")
                .replace("$job", ".*");
            assert!(!filled.contains('$'), "{name}: a variable is left in {filled}");
            queries.insert(name, filled);
        }
    }
    assert!(queries.len() > 15);
    queries
}

/// One of everything that is counted.
async fn make_traffic(provider: &Provider, shop: &Process, round: usize) {
    if round % 4 == 3 {
        provider.sandbox.fail_next("create_payment", Fault::DropBefore);
    }
    let (_, answer) = post(&shop.url, &provider.order(round)).await.unwrap();
    if let Some(payment) = answer["payment"].as_str() {
        provider.receive(payment);
    }
    provider.sandbox.advance(Duration::from_mins(10));
    // A refused delivery, one about nothing that is tracked, and the same event with another content.
    let signer = Signer::new(provider.sandbox.api_secret()).unwrap();
    let client = reqwest::Client::new();
    let deliver = async |body: String, signed: &[u8]| {
        let headers = signer.sign(signed);
        let delivery = client
            .post(format!("{}/webhooks", shop.url))
            .header("x-timestamp", headers.timestamp())
            .header("x-signature", headers.signature())
            .body(body);
        delivery.send().await.unwrap().status().as_u16()
    };
    let event = |amount: u32| {
        format!(
            r#"{{"type":"PAY_IN","data":{{"id":"elsewhere-{round}","status":"payment_received","amount":{amount}}}}}"#
        )
    };
    assert_eq!(deliver(event(1), event(1).as_bytes()).await, 200);
    assert_eq!(deliver(event(1), event(1).as_bytes()).await, 200);
    assert_eq!(deliver(event(2), event(2).as_bytes()).await, 200);
    assert!(deliver(event(3), b"something else").await >= 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prometheus_answers_every_query_of_the_dashboard() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, &database);
    let Some(prometheus) = Prometheus::start(folder.path(), &shop) else {
        return;
    };
    provider.subscribe(&shop.url, &shop.url).await;
    let mut left = queries();
    let mut seen = BTreeMap::new();
    for round in 0..60 {
        make_traffic(&provider, &shop, round).await;
        wait(Duration::from_secs(1)).await;
        let mut missing = BTreeMap::new();
        for (name, query) in left {
            let values = prometheus
                .values(&query)
                .await
                .unwrap_or_else(|error| panic!("{name}: {query}: {error}"));
            if values.iter().any(|value| value.is_finite()) {
                seen.insert(name, values);
            } else {
                missing.insert(name, query);
            }
        }
        left = missing;
        if left.is_empty() {
            break;
        }
    }
    for (name, values) in &seen {
        println!("{name}: {values:?}");
    }
    assert!(left.is_empty(), "no data: {left:?}");
    // The list of jobs above the panels.
    let jobs = prometheus
        .ask(&format!(
            "label/job/values?match[]={}",
            encoded("cryptopocket_inbox_events")
        ))
        .await;
    assert_eq!(jobs["data"], serde_json::json!(["shop"]));
    // What the shop's README says to raise an alarm on.
    assert!(
        !prometheus
            .values("max(shop_unmatched_payments)")
            .await
            .unwrap()
            .is_empty()
    );
}
