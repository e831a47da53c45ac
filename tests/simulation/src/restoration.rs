//! A store that is restored from a backup.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::tracking::track_listed;
use cryptopocket_types::Clock;

use crate::durable::Durable;
use crate::node::{GRACE, Process};
use crate::world::World;

/// Makes a backup, and restores it some hours later, while no process runs.
pub(crate) async fn run<D: Durable>(world: Arc<World<D>>) {
    let hours = u32::try_from(world.rates().hours_to_backup).unwrap_or(0);
    if hours == 0 {
        return;
    }
    let hour = Duration::from_hours(1);
    world.time.sleep(hours * hour).await;
    let backup = world.durable.back_up().await;
    let known = world.notes().known.clone();
    world.trace("", || "a backup is made".to_owned());
    world.time.sleep(world.between(hour / 2, 5 * hour)).await;
    world.set_down(true);
    for process in world.nodes.iter().filter_map(crate::node::Node::process) {
        process.life.end();
    }
    // Their tasks are gone when time moves on.
    world.time.sleep(Duration::from_secs(1)).await;
    world.durable.restore(backup).await;
    {
        let mut notes = world.notes();
        notes.restore(known);
        notes.restored_at = world.time.passed();
    }
    world.set_restored();
    world.tally.faults.add(1);
    world.trace("", || "the backup is restored".to_owned());
    world.set_down(false);
}

/// Tracks what the restored store does not know, until that has succeeded once.
pub(crate) async fn relist<D: Durable>(process: Arc<Process<D>>) {
    let world = &process.world;
    // A request that was under way then can create something that the restored journal knows nothing of. So the list is
    // read when no such request is left.
    let settled = world.notes().restored_at.saturating_add(GRACE);
    world
        .time
        .sleep(settled.saturating_sub(world.time.passed()))
        .await;
    while !world.notes().is_relisted {
        let since = world.time.now().saturating_add(Duration::ZERO);
        let since = since
            .checked_sub(Duration::from_hours(48))
            .unwrap_or(since)
            .date();
        let (tracker, client) = (&process.tracker, &process.client);
        let is_polled = tracker.restored().await.is_ok();
        if is_polled && track_listed(tracker, client, since, process.now()).await.is_ok() {
            world.notes().is_relisted = true;
        } else {
            world.time.sleep(Duration::from_mins(1)).await;
        }
    }
}
