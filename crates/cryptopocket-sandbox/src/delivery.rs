//! Delivery of webhooks: a task that fires timers as time passes and posts what is ready.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::{Answer, Webhook};
use http::Request;
use tokio::task::JoinSet;

use crate::clock;
use crate::http_client::HttpClient;
use crate::shared::Shared;

const TIMEOUT: Duration = Duration::from_secs(10);
const MAX_REPLY_BYTES: usize = 64 << 10;
/// Characters of a reply that the delivery log keeps.
const KEPT_REPLY_CHARS: usize = 500;

/// Runs until it is dropped, or until the state file cannot be written.
pub(crate) async fn run(shared: Arc<Shared>, client: HttpClient) {
    let client = Arc::new(client);
    let mut attempts = JoinSet::new();
    loop {
        let work = shared.work(|engine| {
            let webhooks = engine.take_webhooks();
            let pause = engine.wall_time_to_next_timer();
            (webhooks, pause.map(|pause| pause.max(Duration::from_millis(1))))
        });
        // The state that a webhook reports is in the state file before the webhook leaves.
        let Ok((webhooks, pause)) = work.await else { return };
        for webhook in webhooks {
            attempts.spawn(attempt(Arc::clone(&shared), Arc::clone(&client), webhook));
        }
        while attempts.try_join_next().is_some() {}
        clock::wait(&shared.wake, pause).await;
    }
}

async fn attempt(shared: Arc<Shared>, client: Arc<HttpClient>, webhook: Webhook) {
    let answer = post(&client, &webhook).await;
    let recorded = shared.transact(|engine| engine.webhook_answered(&webhook, answer));
    // If the result cannot be written, the next `shared.work` fails and ends the worker.
    drop(recorded.await);
}

async fn post(client: &HttpClient, webhook: &Webhook) -> Answer {
    let agent = concat!("cryptopocket-sandbox/", env!("CARGO_PKG_VERSION"));
    let mut request = Request::post(&webhook.url)
        .header("content-type", "application/json")
        .header("user-agent", agent);
    for (name, value) in &webhook.headers {
        request = request.header(*name, value);
    }
    let request = request
        .body(webhook.body.clone())
        .map_err(|error| error.to_string())?;
    let (status, body) = client.send(request, TIMEOUT, MAX_REPLY_BYTES).await?;
    let text = String::from_utf8_lossy(&body);
    Ok((status, text.chars().take(KEPT_REPLY_CHARS).collect()))
}
