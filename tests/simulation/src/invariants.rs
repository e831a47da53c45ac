//! What must hold once the faults have ended and the system has settled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cryptopocket_inbox::{EventState, Filter};

use crate::durable::Durable;
use crate::finding::Finding;
use crate::orders::{Outcome, ask, told};
use crate::world::World;

/// Adds what does not hold to the findings of the world.
pub(crate) async fn check<D: Durable>(world: &Arc<World<D>>) {
    journal_agrees(world).await;
    let events = events(world).await;
    nothing_acknowledged_is_lost(world, &events).await;
    let effects = effects(world).await;
    every_event_has_one_effect(world, &events, &effects);
    settled_payments_are_credited_once(world, &effects);
}

/// Asks the journal for every order again: its outcome stays, sends nothing, and agrees with the provider.
async fn journal_agrees<D: Durable>(world: &Arc<World<D>>) {
    let Some(process) = world.nodes.iter().find_map(crate::node::Node::process) else {
        return world.find(Finding::new("the system settles", &[], "no machine runs"));
    };
    let orders: Vec<_> = world.notes().orders.values().cloned().collect();
    for order in orders {
        let key = &order.key;
        let Ok(outcome) = ask(&process, &order).await else {
            let text = format!("{key} had a final outcome, and the journal has none now");
            world.find(Finding::new(
                "the final word agrees with the provider",
                &[key],
                text,
            ));
            continue;
        };
        told(world, &order, &outcome);
        let created = world.notes().payments.get(key).cloned().unwrap_or_default();
        let agrees = match &outcome {
            Outcome::Created(id) => created == [id.clone()],
            Outcome::Refused => created.is_empty(),
        };
        if !agrees {
            let text = format!("{key}: the journal says {outcome:?}, and the provider created {created:?}");
            world.find(Finding::new(
                "the final word agrees with the provider",
                &[key],
                text,
            ));
        }
    }
}

/// The state of every stored event, by key.
async fn events<D: Durable>(world: &World<D>) -> BTreeMap<String, EventState> {
    let events = world.durable.list(Filter::all(), u32::MAX).await;
    let events = events.unwrap_or_default().into_iter();
    events.map(|event| (event.key, event.state)).collect()
}

async fn nothing_acknowledged_is_lost<D: Durable>(world: &World<D>, events: &BTreeMap<String, EventState>) {
    const INVARIANT: &str = "nothing acknowledged is lost";
    let quarantined = world.durable.quarantined(u32::MAX).await.unwrap_or_default();
    let quarantined: BTreeSet<Vec<u8>> = quarantined
        .into_iter()
        .filter_map(|content| Some(content.body?.bytes))
        .collect();
    let mut notes = world.notes();
    let mut lost = Vec::new();
    for key in &notes.acknowledged {
        let is_stored =
            events.contains_key(key) || events.keys().any(|stored| stored.starts_with(key.as_str()));
        if !is_stored {
            let id = key.rsplit(':').next().unwrap_or(key);
            lost.push(Finding::new(
                INVARIANT,
                &[id],
                format!("{key} was acknowledged and is not in the store"),
            ));
        }
    }
    let unreadable = events.keys().filter(|key| key.starts_with("|bytes:")).count();
    let (changed, acknowledged): (Vec<_>, Vec<_>) = notes
        .acknowledged_bodies
        .iter()
        .partition(|body| body.first() != Some(&b'['));
    if acknowledged.len() > unreadable {
        let text = format!(
            "{} bodies that are no event were acknowledged, and {unreadable} are in the store",
            acknowledged.len()
        );
        lost.push(Finding::new(INVARIANT, &["|bytes:"], text));
    }
    for body in changed {
        if !quarantined.contains(body) {
            let text = format!(
                "a changed body was acknowledged and is not kept: {}",
                String::from_utf8_lossy(body)
            );
            lost.push(Finding::new(INVARIANT, &[], text));
        }
    }
    notes.findings.extend(lost);
}

/// The effects of the handler, wherever it writes them.
async fn effects<D: Durable>(world: &World<D>) -> BTreeMap<String, u64> {
    let mut effects = world.durable.effects().await;
    effects.extend(world.notes().effects.clone());
    effects
}

fn every_event_has_one_effect<D: Durable>(
    world: &World<D>,
    events: &BTreeMap<String, EventState>,
    effects: &BTreeMap<String, u64>,
) {
    for (key, state) in events {
        let made = effects.get(&format!("event {key}")).copied().unwrap_or(0);
        if *state != EventState::Done || made != 1 {
            let text = format!(
                "{key} is {}, and its effect was made {made} times",
                state.as_str()
            );
            world.find(Finding::new("every event has its effect once", &[key], text));
        }
    }
}

fn settled_payments_are_credited_once<D: Durable>(world: &World<D>, effects: &BTreeMap<String, u64>) {
    const INVARIANT: &str = "every settled payment is seen as settled once";
    let engine = world.provider.engine();
    let mut found = Vec::new();
    for payment in engine.integrations()[0].payments.iter() {
        let id = payment.id.as_str();
        let credits = effects.get(&format!("credit {id}")).copied().unwrap_or(0);
        let is_settled = payment.status == "coins_sent";
        let announced = world
            .notes()
            .acknowledged
            .contains(&format!("COINS_SENT|id:{id}"));
        let allowed = u64::from(is_settled && announced)..=u64::from(is_settled);
        if !allowed.contains(&credits) {
            let text = format!("{id} is {}, and was credited {credits} times", payment.status);
            found.push(Finding::new(INVARIANT, &[id], text));
        }
    }
    drop(engine);
    world.notes().findings.extend(found);
}
