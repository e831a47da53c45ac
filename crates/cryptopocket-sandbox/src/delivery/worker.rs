//! The task that lets time pass and carries the post out.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::Webhook;
use tokio::task::JoinSet;

use super::send;
use crate::clock;
use crate::shared::Shared;

/// Runs until it is dropped.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut under_way = JoinSet::new();
    loop {
        let work = shared.work(|engine| {
            let webhooks = engine.take_webhooks();
            let pause = engine.wall_time_to_next_timer();
            (webhooks, pause.map(|pause| pause.max(Duration::from_millis(1))))
        });
        // What a webhook tells must be in the state file before anybody hears of it.
        let Ok((webhooks, pause)) = work.await else { return };
        for webhook in webhooks {
            under_way.spawn(attempt(Arc::clone(&shared), webhook));
        }
        while under_way.try_join_next().is_some() {}
        shared.tell_waiting();
        clock::wait(&shared.wake, pause).await;
    }
}

async fn attempt(shared: Arc<Shared>, webhook: Webhook) {
    let answer = send::post(&webhook.url, &webhook.headers, webhook.body.clone()).await;
    let noted = shared.transact(|engine| engine.webhook_answered(&webhook, answer));
    // If it cannot be written down, the worker learns so by itself and ends.
    drop(noted.await);
}
