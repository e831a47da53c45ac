//! What must hold once the faults have ended and the system has settled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cryptopocket_inbox::{EventState, Events as _, Filter};

use crate::durable::Durable;
use crate::finding::{AGREEMENT, BACKWARDS, CENTS, EVENTS, Finding, LOST, SEEN, SETTLES};
use crate::orders::{Final, ask, conclude};
use crate::payout;
use crate::world::{Transfer, World};

type Events = BTreeMap<String, EventState>;
type Made = BTreeMap<String, u64>;

/// What does not hold now.
pub(crate) async fn check<D: Durable>(world: &Arc<World<D>>) -> Vec<Finding> {
    let mut found = lost(world).await;
    let events = events(world).await;
    let effects = effects(world).await;
    found.extend(each_event_once(world, &events, &effects));
    found.extend(each_payment_seen(world, &effects));
    found.extend(each_cent(world));
    found
}

/// What must not be, though faults go on: something that was acknowledged is gone, or an effect was made twice.
pub(crate) async fn at_any_time<D: Durable>(world: &Arc<World<D>>) -> Vec<Finding> {
    let was_restored = world.is_restored();
    let mut found = lost(world).await;
    let effects = effects(world).await;
    if world.is_down() || world.is_restored() != was_restored {
        // The store was replaced meanwhile.
        return Vec::new();
    }
    world.tally.checks.add(effects.len());
    for (effect, made) in effects.iter().filter(|(_, made)| **made > 1) {
        let (kind, subject) = effect.split_once(' ').unwrap_or_default();
        let invariant = match kind {
            "event" => EVENTS,
            "credit" => SEEN,
            _ => BACKWARDS,
        };
        let subject = subject.split(' ').next().unwrap_or_default();
        found.push(Finding::new(
            invariant,
            &[subject],
            format!("{effect}: {made} times"),
        ));
    }
    found
}

/// Asks the journal for every order again: its outcome stays, and agrees with the provider.
pub(crate) async fn journal_agrees<D: Durable>(world: &Arc<World<D>>) {
    let Some(process) = world.nodes.iter().find_map(crate::node::Node::process) else {
        return world.find(Finding::new(SETTLES, &[], "no machine runs"));
    };
    let orders: Vec<_> = world.notes().known.orders.values().cloned().collect();
    world.tally.checks.add(2 * orders.len());
    for order in orders {
        let key = &order.key;
        let Ok(told) = ask(&process, &order).await else {
            let text = format!("{key} had a final outcome, and the journal has none now");
            world.find(Finding::new(AGREEMENT, &[key], text));
            continue;
        };
        conclude(world, &order, &told);
        let created = world.notes().payments.get(key).cloned().unwrap_or_default();
        let agrees = match &told.outcome {
            Final::Created(id) => created == [id.clone()],
            Final::Refused => created.is_empty(),
        };
        if !agrees {
            let text = format!(
                "{key}: the journal says {:?}, and the provider created {created:?}",
                told.outcome
            );
            world.find(Finding::new(AGREEMENT, &[key], text));
        }
    }
}

/// The state of every stored event, by key.
async fn events<D: Durable>(world: &World<D>) -> Events {
    let all = world
        .durable
        .view(|events| Box::pin(events.events(Filter::all(), u32::MAX, false)));
    let events = all.await.unwrap_or_default().into_iter();
    events.map(|event| (event.key, event.state)).collect()
}

/// The effects of the handlers, wherever they write them.
async fn effects<D: Durable>(world: &World<D>) -> Made {
    let mut effects = world.durable.effects().await;
    effects.extend(world.notes().effects.clone());
    effects
}

async fn lost<D: Durable>(world: &World<D>) -> Vec<Finding> {
    // Before the store is read: what is acknowledged meanwhile may not be among what was read.
    let (keys, bodies) = {
        let known = &world.notes().known;
        (known.acknowledged.clone(), known.acknowledged_bodies.clone())
    };
    let events = events(world).await;
    let quarantined = world
        .durable
        .view(|events| Box::pin(events.quarantined(u32::MAX)));
    let quarantined = quarantined
        .await
        .unwrap_or_default()
        .into_iter()
        .filter_map(|content| Some(content.body?.bytes));
    let quarantined: BTreeSet<Vec<u8>> = quarantined.collect();
    let mut found = Vec::new();
    world.tally.checks.add(keys.len() + bodies.len());
    for key in &keys {
        let mut from = events.range(key.clone()..);
        if !from
            .next()
            .is_some_and(|(stored, _)| stored.starts_with(key.as_str()))
        {
            let id = key.rsplit(':').next().unwrap_or(key);
            let text = format!("{key} was acknowledged and is not in the store");
            found.push(Finding::new(LOST, &[id], text));
        }
    }
    let unreadable = events.keys().filter(|key| key.starts_with("|bytes:")).count();
    let (changed, lists): (Vec<_>, Vec<_>) = bodies.iter().partition(|body| body.first() != Some(&b'['));
    if lists.len() > unreadable {
        let text = format!(
            "{} bodies that are no event were acknowledged, and {unreadable} are in the store",
            lists.len()
        );
        found.push(Finding::new(LOST, &["|bytes:"], text));
    }
    for body in changed.into_iter().filter(|body| !quarantined.contains(*body)) {
        let body = String::from_utf8_lossy(body);
        let text = format!("a changed body was acknowledged and is not kept: {body}");
        found.push(Finding::new(LOST, &[], text));
    }
    found
}

fn each_event_once<D: Durable>(world: &World<D>, events: &Events, effects: &Made) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut contents = BTreeMap::<&str, u32>::new();
    world.tally.checks.add(2 * events.len() + effects.len());
    for (key, state) in events {
        let made = effects.get(&format!("event {key}")).copied().unwrap_or(0);
        if *state != EventState::Done || made != 1 {
            let text = format!(
                "{key} is {}, and its effect was made {made} times",
                state.as_str()
            );
            found.push(Finding::new(EVENTS, &[key], text));
        }
        let event = key.split("|content:").next().unwrap_or(key);
        let contents = contents.entry(event).or_default();
        *contents += 1;
        // Nothing is released from quarantine here, so a second content is the same event once more.
        if *contents > 1 {
            let text = format!("{event} is in the store {contents} times");
            found.push(Finding::new(EVENTS, &[event], text));
        }
    }
    for (effect, made) in effects {
        if *made > 1 && effect.starts_with("moved ") {
            let id = effect.split(' ').nth(1).unwrap_or_default();
            world.trace(id, || format!("{effect}: {made} times"));
            found.push(Finding::new(BACKWARDS, &[id], format!("{effect}: {made} times")));
        }
    }
    found
}

/// Every payment and off-ramp that the provider settled is seen as settled once, whether or not a webhook came; no other is.
fn each_payment_seen<D: Durable>(world: &World<D>, effects: &Made) -> Vec<Finding> {
    let engine = world.provider.engine();
    let ours = &engine.integrations()[0];
    let payments = ours.payments.values().map(|payment| {
        let reference = payment.external_id.clone().unwrap_or_default();
        (
            payment.id.clone(),
            payment.status.as_str(),
            "coins_sent",
            reference,
        )
    });
    let offramps = ours.offramps.values().map(|offramp| {
        let key = payout::number(&offramp.payout_to).map(|number| world.key(number));
        let id = format!("offramp-{}", offramp.id);
        (id, offramp.status.as_str(), "finished", key.unwrap_or_default())
    });
    world.tally.checks.add(ours.payments.len() + ours.offramps.len());
    let wrong = payments.chain(offramps).filter_map(|(id, status, last, key)| {
        let credits = effects.get(&format!("credit {id} {last}")).copied();
        let credits = credits.unwrap_or(0);
        (credits != u64::from(status == last)).then(|| {
            let text = format!("{id} is {status}, and was seen as settled {credits} times");
            Finding::new(SEEN, &[&id, &key], text)
        })
    });
    wrong.collect()
}

/// Every credit is tied to the payment that it was meant for, or is left for a reason.
fn each_cent<D: Durable>(world: &World<D>) -> Vec<Finding> {
    let engine = world.provider.engine();
    let notes = world.notes();
    let integration = &engine.integrations()[0];
    let mut found = Vec::new();
    let feed: Vec<_> = integration
        .accounts
        .iter()
        .flat_map(|account| account.feed.values())
        .collect();
    world.tally.checks.add(2 * feed.len());
    let mut paid = BTreeMap::<&str, u32>::new();
    for credit in &feed {
        if let Some(payment) = credit.payment.as_deref() {
            *paid.entry(payment).or_default() += 1;
            if credit.meant_for.as_deref() != Some(payment) {
                let text = format!(
                    "{} is tied to {payment} and was meant for {:?}",
                    credit.id, credit.meant_for
                );
                found.push(Finding::new(CENTS, &[&credit.id, payment], text));
            }
        }
    }
    for (payment, credits) in paid.iter().filter(|(_, credits)| **credits > 1) {
        found.push(Finding::new(
            CENTS,
            &[payment],
            format!("{payment} was paid by {credits} credits"),
        ));
    }
    let is_open = |credit: &&&cryptopocket_emulator::BankTransaction| {
        credit.payment.is_none() && !notes.known.left.contains(&credit.id)
    };
    for credit in feed.iter().filter(is_open) {
        // What a person finds: exactly one credit with the reference and the amount of a payment that waits for it.
        let concept = credit.concept.as_ref().and_then(|concept| concept.parse().ok());
        let fits = |transfer: &Transfer| {
            Some(transfer.concept) == concept && credit.amount == transfer.amount.amount()
        };
        let payment = notes.known.transfers.iter().find(|(_, transfer)| fits(transfer));
        let Some((payment, transfer)) = payment else {
            continue;
        };
        let waits = integration.payments.get(payment.as_str());
        let waits =
            waits.is_some_and(|payment| matches!(payment.status.as_str(), "started" | "pending_bank"));
        let rivals = feed
            .iter()
            .filter(|other| other.concept == credit.concept && other.amount == transfer.amount.amount());
        if waits && rivals.count() == 1 {
            let text = format!("{} pays {payment}, and was not tied to it", credit.id);
            found.push(Finding::new(CENTS, &[&credit.id, payment], text));
        }
    }
    found
}
