//! What happens in a world: orders and faults, then calm, then the final account.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Clock;

use crate::durable::Durable;
use crate::finding::Finding;
use crate::invariants;
use crate::orders::Order;
use crate::world::World;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
/// How long orders come.
const BUSINESS: Duration = Duration::from_hours(12);
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
        invariants::check(&world).await;
    }
    for node in &world.nodes {
        node.stop();
    }
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
        if machines > 1 && chance.happens(rates.doubled_order) {
            nodes.push(1 - first);
        }
        Order {
            key: format!("order-{number}-{:x}", world.seed),
            customer: customers[chance.index(customers.len())],
            cents: 1_000 + u32::try_from(chance.below(100_000)).unwrap_or(0),
            nodes,
        }
    };
    world.notes().orders.insert(order.key.clone(), order.clone());
    for node in &order.nodes {
        if let Some(process) = world.nodes[*node].process() {
            process.place(order.clone());
        }
    }
}

/// Waits until nothing happens any more.
async fn settle<D: Durable>(world: &Arc<World<D>>) {
    let end = world.time.passed() + SETTLING;
    while world.time.passed() < end {
        world.time.sleep(10 * MINUTE).await;
        if !world.notes().findings.is_empty() {
            return;
        }
        let open = open(world);
        if open.is_empty() && world.provider.is_at_rest() {
            let counts = world.durable.counts(world.time.now()).await;
            if counts.is_ok_and(|counts| counts.ready + counts.scheduled + counts.leased == 0) {
                return;
            }
        }
    }
    let open = open(world);
    let subjects: Vec<&str> = open.iter().map(String::as_str).collect();
    let text = format!("after {SETTLING:?} without faults {} orders are open", open.len());
    world.find(Finding::new("the system settles", &subjects, text));
}

/// The keys of the orders whose outcome is not known.
fn open<D: Durable>(world: &World<D>) -> Vec<String> {
    let notes = world.notes();
    let keys = notes
        .orders
        .keys()
        .filter(|key| !notes.outcomes.contains_key(*key));
    keys.cloned().collect()
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
        world.trace("", || format!("the clock of machine {number} is {ahead} s ahead"));
    }
}
