//! What happens in a world: orders and faults, then calm, then the final account.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::Events as _;
use cryptopocket_inbox::journal::Calls as _;
use cryptopocket_types::Clock;

use crate::durable::Durable;
use crate::finding::{Finding, SETTLES};
use crate::invariants;
use crate::orders::{Kind, Order};
use crate::restoration;
use crate::world::World;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
/// How long orders come.
const BUSINESS: Duration = Duration::from_hours(6);
/// How long the system may take to settle after the last fault.
const SETTLING: Duration = Duration::from_hours(480);

/// Lives a world to its end. What does not hold is among its findings.
pub(crate) async fn live<D: Durable>(world: Arc<World<D>>, orders: u32) {
    tokio::spawn(World::run_provider(Arc::clone(&world)));
    for number in 0..world.nodes.len() {
        tokio::spawn(World::run_node(Arc::clone(&world), number));
        tokio::spawn(move_clock(Arc::clone(&world), number));
    }
    tokio::spawn(interrupt_store(Arc::clone(&world)));
    tokio::spawn(restoration::run(Arc::clone(&world)));
    tokio::spawn(watch(Arc::clone(&world)));
    let gap = BUSINESS / orders.max(1);
    for number in 0..orders {
        world.time.sleep(world.between(Duration::ZERO, 2 * gap)).await;
        place(&world, number);
    }
    world.time.sleep(world.between(HOUR, 6 * HOUR)).await;
    world.calm_down();
    for node in &world.nodes {
        node.runtime.set_ahead(0);
        if let Some(process) = node.process() {
            process.life.spare();
        }
    }
    settle(&world).await;
    if world.notes().findings.is_empty() {
        invariants::journal_agrees(&world).await;
    }
    for node in &world.nodes {
        node.stop();
    }
    world.durable.crash();
}

/// A customer of ours orders.
fn place<D: Durable>(world: &Arc<World<D>>, number: u32) {
    let machines = world.nodes.len();
    let order = {
        let rates = world.rates();
        let mut chance = world.chance();
        let customers = &world.provider.customers;
        let first = chance.index(machines);
        let mut nodes = vec![first];
        let kind = match chance.below(20) {
            0..8 => Kind::Card,
            8..13 => Kind::Transfer,
            13..16 => Kind::Guided,
            _ => Kind::Offramp,
        };
        // A person judges what became of an off-ramp. Two persons on stale evidence would do it twice.
        if machines > 1 && kind != Kind::Offramp && chance.happens(rates.doubled_order) {
            world.tally.faults.add(1);
            nodes.push(1 - first);
        }
        Order {
            key: world.key(number),
            number,
            kind,
            customer: customers[chance.index(customers.len())],
            cents: 1_000 + u32::try_from(chance.below(100_000)).unwrap_or(0),
            nodes,
        }
    };
    let key = order.key.clone();
    world.notes().known.orders.insert(key, order.clone());
    for node in &order.nodes {
        if let Some(process) = world.nodes[*node].process() {
            process.place(order.clone());
        }
    }
}

/// Waits until nothing happens any more, and everything holds.
async fn settle<D: Durable>(world: &Arc<World<D>>) {
    let end = world.time.passed() + SETTLING;
    loop {
        world.time.sleep(HOUR).await;
        if !world.notes().findings.is_empty() {
            return;
        }
        let open = open(world).await;
        let findings = match open {
            None => invariants::check(world).await,
            Some(open) => vec![open],
        };
        if findings.is_empty() {
            return;
        }
        if world.time.passed() > end {
            world.notes().findings.extend(findings);
            return;
        }
    }
}

/// What still happens, if anything.
async fn open<D: Durable>(world: &World<D>) -> Option<Finding> {
    let orders: Vec<String> = {
        let known = &world.notes().known;
        let keys = known.orders.keys();
        keys.filter(|key| !known.outcomes.contains_key(*key))
            .cloned()
            .collect()
    };
    if let [first, ..] = orders.as_slice() {
        let text = format!("{} orders are open, {first} among them", orders.len());
        return Some(Finding::new(SETTLES, &[first], text));
    }
    if !world.provider.is_at_rest() {
        return Some(Finding::new(SETTLES, &[], "the provider is not at rest"));
    }
    let now = world.time.now();
    let counts = world.durable.view(move |events| Box::pin(events.counts(now)));
    let counts = counts.await.unwrap_or_default();
    if counts.ready + counts.scheduled + counts.leased > 0 {
        return Some(Finding::new(
            SETTLES,
            &[],
            format!("events are not handled: {counts:?}"),
        ));
    }
    let calls = world.durable.view(|calls| Box::pin(calls.call_counts()));
    let calls = calls.await.unwrap_or_default();
    if calls.intended + calls.sending + calls.confirmed > 0 {
        return Some(Finding::new(
            SETTLES,
            &[],
            format!("calls of the journal are open: {calls:?}"),
        ));
    }
    None
}

/// Checks now and then what must hold at any time.
async fn watch<D: Durable>(world: Arc<World<D>>) {
    while !world.is_calm() {
        world.time.sleep(HOUR).await;
        if !world.is_down() {
            let found = invariants::at_any_time(&world).await;
            world.notes().findings.extend(found);
        }
    }
}

/// Takes the store away for a while, now and then.
async fn interrupt_store<D: Durable>(world: Arc<World<D>>) {
    let hours = u32::try_from(world.rates().hours_to_outage).unwrap_or(0);
    while hours > 0 && !world.is_calm() {
        world.time.sleep(world.between(MINUTE, 2 * hours * HOUR)).await;
        if world.is_calm() {
            return;
        }
        world.set_outage(true);
        world.tally.faults.add(1);
        world.trace("", || "the store fails".to_owned());
        world
            .time
            .sleep(world.between(Duration::from_secs(1), 30 * MINUTE))
            .await;
        world.set_outage(false);
        world.trace("", || "the store is back".to_owned());
    }
}

/// Sets the clock of a machine wrong, now and then.
async fn move_clock<D: Durable>(world: Arc<World<D>>, number: usize) {
    let hours = u32::try_from(world.rates().hours_to_jump).unwrap_or(0);
    if hours == 0 {
        return;
    }
    loop {
        world.time.sleep(world.between(MINUTE, 2 * hours * HOUR)).await;
        if world.is_calm() {
            return;
        }
        let ahead = {
            let mut chance = world.chance();
            let most = [5, 400, 7_200, 100_000][chance.index(4)];
            let by = i64::try_from(chance.below(2 * most + 1)).unwrap_or(0);
            by - i64::try_from(most).unwrap_or(0)
        };
        world.nodes[number].runtime.set_ahead(ahead);
        world.tally.faults.add(1);
        world.trace("", || format!("the clock of machine {number} is {ahead} s ahead"));
    }
}
