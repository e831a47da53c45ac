//! Webhooks on their way from the provider to our machines.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::Webhook;
use cryptopocket_inbox::Answer;
use cryptopocket_types::Clock;
use cryptopocket_webhooks::{Event, Sighting, Signer, Verifier};
use tokio::sync::oneshot;

use crate::durable::Durable;
use crate::node::Process;
use crate::variant::Variant;
use crate::virtual_time::until;
use crate::world::World;

type Headers = Vec<(String, String)>;

impl<D: Durable> World<D> {
    /// Delivers webhooks for ever.
    pub(crate) async fn run_provider(world: Arc<Self>) {
        loop {
            let (webhooks, next) = world.provider.leaving();
            for webhook in webhooks {
                let world = Arc::clone(&world);
                tokio::spawn(async move { deliver(&world, webhook).await });
            }
            match next {
                Some(next) => drop(until(world.time.sleep(next), world.provider.changed()).await),
                None => world.provider.changed().await,
            }
        }
    }
}

async fn deliver<D: Durable>(world: &Arc<World<D>>, webhook: Webhook) {
    world
        .time
        .sleep(world.between(Duration::from_millis(5), Duration::from_millis(500)))
        .await;
    let headers = webhook.headers.iter();
    let headers: Headers = headers
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    if world.draw(|rates| rates.changed_webhook) {
        let changed = changed(world, &webhook.body);
        extra(world, changed);
    }
    if world.draw(|rates| rates.unreadable_webhook) {
        let number = world.chance().number();
        extra(world, format!("[{number}]").into_bytes());
    }
    let mut answer = post(world, headers, webhook.body.to_vec()).await;
    if world.draw(|rates| rates.lost_acknowledgement) {
        answer = Err("the answer was lost".to_owned());
    }
    world.provider.answered(&webhook, answer);
}

/// The same event as the provider may send it later: with a status that moved on, a new field, or another spelling.
fn changed<D: Durable>(world: &World<D>, body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let changed = match world.chance().below(3) {
        0 => text
            .replace("payment_received", "coins_sent")
            .replace("crypto_received", "finished"),
        1 => text.replace("\"data\":{", "\"data\":{\"fee\":1,"),
        _ => text.replace("\":", "\" : "),
    };
    changed.into_bytes()
}

/// Sends a signed body, once, a while from now.
fn extra<D: Durable>(world: &Arc<World<D>>, body: Vec<u8>) {
    let world = Arc::clone(world);
    tokio::spawn(async move {
        world
            .time
            .sleep(world.between(Duration::ZERO, Duration::from_secs(4000)))
            .await;
        let now = u64::try_from(world.time.now().unix_seconds()).unwrap_or(0);
        let Ok(signer) = Signer::new(world.provider.secret.clone()) else {
            return;
        };
        let signature = signer.sign_at(&body, now);
        let headers = signature
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        drop(post(&world, headers.collect(), body).await);
    });
}

/// Posts a webhook to one of our machines, and returns the status of its answer.
async fn post<D: Durable>(world: &Arc<World<D>>, headers: Headers, body: Vec<u8>) -> Result<u16, String> {
    let machine = world.chance().index(world.nodes.len());
    let process = world.nodes[machine].process();
    let process = process.ok_or_else(|| "connection refused".to_owned())?;
    world.notes().webhooks += 1;
    let (sender, answer) = oneshot::channel();
    let serving = Arc::clone(&process);
    process.life.spawn(async move {
        let _ = sender.send(serve(&serving, headers, body).await);
    });
    let limit = world.time.sleep(Duration::from_secs(10));
    match until(limit, answer).await {
        Some(Ok(status)) => Ok(status),
        _ => Err("no answer".to_owned()),
    }
}

/// The endpoint of our application.
async fn serve<D: Durable>(process: &Arc<Process<D>>, headers: Headers, body: Vec<u8>) -> u16 {
    let world = &process.world;
    let event = Event::parse(&body).ok();
    let unreadable = event.is_none() && body.first() == Some(&b'[');
    match world.variant {
        Variant::DropsUnreadable if unreadable => {
            world.notes().known.acknowledged_bodies.insert(body);
            return 200;
        }
        Variant::AcknowledgesFirst => {
            let verifier = Verifier::new(world.provider.secret.clone());
            let verifier = verifier.map(|one| one.clock(world.nodes[process.number].runtime.clone()));
            let checked = verifier.and_then(|verifier| verifier.verify(&headers, &body).map(drop));
            if checked.is_err() {
                return 401;
            }
            let serving = Arc::clone(process);
            let later = body.clone();
            process.life.spawn(async move {
                serving.intake.accept(&headers, &later).await;
            });
            acknowledge(world, event.as_ref(), Sighting::New, body);
            return 200;
        }
        _ => {}
    }
    let answer = process.intake.accept(&headers, &body).await;
    process.life.step().await;
    if let Answer::Stored(sighting) = answer {
        acknowledge(world, event.as_ref(), sighting, body);
    }
    answer.status()
}

/// Notes what is acknowledged. From here on it must not be lost.
fn acknowledge<D: Durable>(world: &World<D>, event: Option<&Event>, sighting: Sighting, body: Vec<u8>) {
    let mut notes = world.notes();
    match event {
        Some(event) if sighting != Sighting::Changed => {
            notes.known.acknowledged.insert(event.key().as_str().to_owned());
        }
        _ => {
            notes.known.acknowledged_bodies.insert(body);
        }
    }
}
