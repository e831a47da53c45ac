//! The state file: acknowledged changes survive a restart, however the process ended.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cryptopocket_sandbox::{Beginning, ControlClient, Fault, Sandbox, Scenario, Speed};
use serde_json::{Value, json};

use crate::support::{Api, Receiver};

const STATE: &str = "CRYPTOPOCKET_SANDBOX_TEST_STATE";

/// The process that is killed: this test binary, told by an environment variable to run an emulator.
#[test]
fn emulator_to_be_killed() {
    let Ok(path) = std::env::var(STATE) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let _sandbox = runtime.block_on(async {
        let sandbox = Sandbox::builder().state_file(path).start().await.unwrap();
        println!("{}", sandbox.ready_line());
        sandbox
    });
    // Ends when the parent process ends.
    drop(std::io::stdin().read_to_end(&mut Vec::new()));
}

/// Kills the process on drop.
struct Emulator(Child);

impl Drop for Emulator {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Emulator {
    /// Sends SIGKILL.
    fn kill(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }

    async fn start(path: &Path) -> (Self, Caller) {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "state::emulator_to_be_killed", "--nocapture"])
            .env(STATE, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines
            .map_while(Result::ok)
            .find_map(|line| line.find("{\"event\"").map(|at| line[at..].to_owned()))
            .unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let mut caller = Caller {
            base: ready["base_url"].as_str().unwrap().to_owned(),
            token: String::new(),
            http: crate::support::http().build().unwrap(),
        };
        let login = json!({"api_key": ready["api_key"], "api_secret": ready["api_secret"]});
        let reply = caller.post("authenticate", &login).await.unwrap();
        reply["data"]["token"]
            .as_str()
            .unwrap()
            .clone_into(&mut caller.token);
        (Self(process), caller)
    }
}

#[derive(Clone)]
struct Caller {
    base: String,
    token: String,
    http: reqwest::Client,
}

impl Caller {
    /// `None` if the connection broke off.
    async fn post(&self, path: &str, body: &Value) -> Option<Value> {
        let request = self
            .http
            .post(format!("{}/{path}", self.base))
            .header("auth", &self.token);
        request.json(body).send().await.ok()?.json().await.ok()
    }

    async fn get(&self, path: &str) -> Value {
        let request = self
            .http
            .get(format!("{}/{path}", self.base))
            .header("auth", &self.token);
        request.send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_during_writes_loses_no_acknowledged_payment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    for round in 0..8 {
        let (emulator, caller) = Emulator::start(&path).await;
        let emulator = Arc::new(Mutex::new(emulator));
        let new = json!({"name": "Ana", "email": format!("ana{round}+approved@example.com")});
        let user = caller.post("registerUser", &new).await.unwrap()["data"]["id"]
            .as_u64()
            .unwrap();
        let left = Arc::new(AtomicUsize::new(5 + round * 7));
        let mut clients = Vec::new();
        for _ in 0..6 {
            let (emulator, acknowledged) = (Arc::clone(&emulator), Arc::clone(&acknowledged));
            let (left, caller) = (Arc::clone(&left), caller.clone());
            clients.push(tokio::spawn(async move {
                while let Some(reply) = caller.post("createPayment", &Api::order(user, "transfer")).await {
                    let id = reply["data"]["payment_id"].as_str().unwrap().to_owned();
                    acknowledged.lock().unwrap().push(id);
                    // The other clients have calls in flight at this time.
                    if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                        emulator.lock().unwrap().kill();
                    }
                }
            }));
        }
        for client in clients {
            client.await.unwrap();
        }
    }
    let (_emulator, caller) = Emulator::start(&path).await;
    let ids = acknowledged.lock().unwrap().clone();
    assert!(ids.len() >= 8 * 5, "only {} were acknowledged", ids.len());
    for id in &ids {
        let reply = caller.get(&format!("payment/{id}")).await;
        assert_eq!(reply["data"]["status"], "started", "{id}: {reply}");
    }
    let total = caller.get("payments").await["pagination"]["total"]
        .as_u64()
        .unwrap();
    assert!(total >= ids.len() as u64, "{total} of {}", ids.len());
}

#[tokio::test]
async fn restarted_emulator_continues() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let start = || Api::from(Sandbox::builder().speed(Speed::Manual).seed(7).state_file(&path));
    let api = start().await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    let offramp = api.offramp(user).await;
    api.sandbox.pay(&payment).unwrap();
    api.sandbox.advance(Duration::from_secs(30));
    let (key, before) = (
        api.sandbox.api_key().to_owned(),
        api.get(&format!("payment/{payment}")).await,
    );
    drop(api);

    // Seed and credentials apply to new files only.
    let other = Sandbox::builder()
        .speed(Speed::Manual)
        .seed(8)
        .credentials("k", "s");
    let api = Api::from(other.state_file(&path)).await;
    assert_eq!(api.sandbox.api_key(), key);
    assert_eq!(api.get(&format!("payment/{payment}")).await, before);
    assert_eq!(before["data"]["status"], "payment_received");
    api.sandbox.advance(Duration::from_secs(30));
    assert_eq!(api.status(&payment).await, "coins_sent");
    api.sandbox.deposit_crypto(offramp, None).unwrap();
    assert_eq!(
        api.get("payments?status=coins_sent").await["pagination"]["total"],
        1
    );
    let (again, _) = api.pay_by(user, "card").await;
    assert_ne!(again, payment);

    api.sandbox.reset();
    drop(api);
    assert_eq!(start().await.sandbox.payments_created(), 0);
}

#[tokio::test]
async fn armed_fault_and_log_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let (mut emulator, caller) = Emulator::start(&path).await;
    let control = ControlClient::new(caller.base.replace("/api", "/_sandbox"));
    caller.get("customers/list").await;
    let fault = Fault::Refuse("user_banned".to_owned());
    control
        .fail_times("list_payments", fault.clone(), 2)
        .await
        .unwrap();
    assert_eq!(caller.get("payments").await["error"], "user_banned");
    emulator.kill();

    let (_emulator, caller) = Emulator::start(&path).await;
    assert_eq!(caller.get("payments").await["error"], "user_banned");
    assert_eq!(caller.get("payments").await["status"], "ok");
    let control = ControlClient::new(caller.base.replace("/api", "/_sandbox"));
    let journal: Value = serde_json::from_str(&control.journal().await.unwrap()).unwrap();
    let operations: Vec<&str> = journal
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["operation"].as_str().unwrap())
        .collect();
    let before = ["authenticate", "list_customers", "list_payments"];
    let after = ["authenticate", "list_payments", "list_payments"];
    assert_eq!(operations, [before, after].concat());
    assert_eq!(journal[0]["body"]["api_secret"], "[secret]");
}

#[tokio::test]
async fn instant_restart_fires_pending_timers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let api = Api::from(Sandbox::builder().speed(Speed::Manual).state_file(&path)).await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    api.sandbox.pay(&payment).unwrap();
    assert_eq!(api.status(&payment).await, "payment_received");
    drop(api);

    let api = Api::from(Sandbox::builder().state_file(&path)).await;
    assert_eq!(api.status(&payment).await, "coins_sent");
    drop(api);
    let api = Api::from(Sandbox::builder().speed(Speed::Manual).state_file(&path)).await;
    assert_eq!(api.status(&payment).await, "coins_sent");
}

#[tokio::test]
async fn pending_webhook_is_sent_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let receiver = Receiver::start(vec![500]).await;
    let start = || Api::from(Sandbox::builder().speed(Speed::Manual).state_file(&path));
    let api = start().await;
    api.form(
        "subscribeToWebhook",
        &[("type", "PAY_IN"), ("url", &receiver.url)],
    )
    .await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "card").await;
    api.sandbox.pay(&payment).unwrap();
    api.sandbox.webhooks_settled().await;
    drop(api);

    let api = start().await;
    assert_eq!(receiver.all().len(), 1);
    api.sandbox.advance(Duration::from_secs(10));
    api.sandbox.webhooks_settled().await;
    assert_eq!(receiver.types(), ["PAY_IN", "PAY_IN"]);
    assert_eq!(api.sandbox.deliveries()[0].state.name(), "delivered");
}

#[tokio::test]
async fn state_is_exported_and_its_file_is_exclusive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let api = Api::from(Sandbox::builder().state_file(&path)).await;
    let user = api.customer().await;
    let (payment, _) = api.pay_by(user, "transfer").await;
    let url = format!("{}/export", api.sandbox.control_url());
    let (status, export) = api.visit(reqwest::Method::GET, &url, &[]).await;
    let export: Value = serde_json::from_str(&export).unwrap();
    assert_eq!(
        (status, &export["payment"][0]["value"]["id"]),
        (200, &json!(payment))
    );
    assert_eq!(export["customer"][0]["value"]["id"], user);

    let second = Sandbox::builder().state_file(&path).start().await.unwrap_err();
    assert!(
        second.to_string().contains("another emulator has it open"),
        "{second}"
    );
}

#[tokio::test]
async fn scenario_beside_an_existing_file_waits_for_reset() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let builder = |seed: u64| Sandbox::builder().seed(seed).state_file(&path);
    let api = Api::from(builder(7)).await;
    assert_eq!(api.sandbox.beginning(), Beginning::Fresh);
    let (key, user) = (api.sandbox.api_key().to_owned(), api.customer().await);
    drop(api);

    let scenario: Scenario = "
seed: 9
speed: manual
limits: {min_purchase: 1000}
customers: [{name: Bea, email: bea@example.com}]"
        .parse()
        .unwrap();
    let api = Api::from(builder(8).scenario(scenario.clone())).await;
    assert_eq!(api.sandbox.beginning(), Beginning::StateFile);
    assert_eq!(api.sandbox.api_key(), key);
    let all = api.get("customers/list").await;
    assert_eq!(all["pagination"]["total"], 1);
    assert_eq!(all["data"][0]["id"], user.to_string());
    // Its limits apply at once.
    let reply = api.post("createPayment", &Api::order(user, "card")).await;
    assert_eq!(reply["error"], "min_purchase");
    api.sandbox.reset();
    let token = api.log_in(&key, api.sandbox.api_secret()).await;
    let api = api.with_token(token);
    assert_eq!(api.get("customers/list").await["data"][0]["name"], "Bea");

    let price = "tokenPrice?symbol=ETH&chain=ethereum";
    let same = Api::from(Sandbox::builder().scenario(scenario).seed(7)).await;
    assert_eq!(
        api.get(price).await,
        same.get(price).await,
        "the seed is that of the file"
    );
}

#[tokio::test]
async fn restaged_file_keeps_its_scenario_and_speed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let api = Api::from(Sandbox::builder().state_file(&path)).await;
    let slow = "speed: manual\ncustomers: [{name: Bea, email: bea@example.com, kyc: valid}]";
    api.sandbox.restage(slow.parse().unwrap());
    drop(api);

    let other: Scenario = "speed: instant".parse().unwrap();
    let api = Api::from(
        Sandbox::builder()
            .scenario(other)
            .speed(Speed::Instant)
            .state_file(&path),
    )
    .await;
    assert_eq!(api.sandbox.beginning(), Beginning::RestagedFile);
    let (payment, _) = api.pay_by(100_001, "card").await;
    api.sandbox.pay(&payment).unwrap();
    assert_eq!(
        api.status(&payment).await,
        "payment_received",
        "coins take their time"
    );
    api.sandbox.reset();
    let token = api.log_in(api.sandbox.api_key(), api.sandbox.api_secret()).await;
    let api = api.with_token(token);
    assert_eq!(api.get("customers/list").await["data"][0]["name"], "Bea");
}
