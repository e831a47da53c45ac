//! Our machines, and the processes that run on them one after the other.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cryptopocket::{Client, Credentials, RetryPolicy};
use cryptopocket_inbox::journal::Journal;
use cryptopocket_inbox::tracker::{Pace, Schedule, Tracker};
use cryptopocket_inbox::{Inbox, Intake};
use cryptopocket_types::{Clock as _, PaymentType, Timestamp};
use cryptopocket_webhooks::Verifier;

use crate::bank;
use crate::chance::Chance;
use crate::durable::Durable;
use crate::effects::Effects;
use crate::life::Life;
use crate::network::{Network, ORIGIN};
use crate::node_runtime::NodeRuntime;
use crate::orders::{Order, place};
use crate::restoration::relist;
use crate::sim_store::SimStore;
use crate::variant::Variant;
use crate::virtual_time::VirtualTime;
use crate::world::World;

/// How long a lost request may be at work.
pub(crate) const GRACE: Duration = Duration::from_mins(5);

/// One of our machines.
#[derive(Debug)]
pub(crate) struct Node<D> {
    pub(crate) number: usize,
    pub(crate) runtime: Arc<NodeRuntime>,
    process: Mutex<Option<Arc<Process<D>>>>,
}

/// One process. What it knows is lost when it dies.
#[derive(Debug)]
pub(crate) struct Process<D> {
    pub(crate) number: usize,
    pub(crate) world: Arc<World<D>>,
    pub(crate) life: Arc<Life>,
    pub(crate) intake: Intake<SimStore<D>>,
    pub(crate) journal: Journal<SimStore<D>>,
    pub(crate) tracker: Tracker<SimStore<D>, Effects<D>>,
    pub(crate) client: Client,
    runtime: Arc<NodeRuntime>,
}

impl<D: Durable> Node<D> {
    pub(crate) fn new(seed: u64, number: usize, time: &VirtualTime) -> Self {
        let chance = Chance::part(seed, 100 + number as u64);
        Self {
            number,
            runtime: Arc::new(NodeRuntime::new(time.clone(), chance)),
            process: Mutex::new(None),
        }
    }

    /// The process that runs now.
    pub(crate) fn process(&self) -> Option<Arc<Process<D>>> {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        process.clone().filter(|process| !process.life.is_over())
    }

    /// Ends the process, and lets go of it.
    pub(crate) fn stop(&self) {
        if let Some(process) = self.process() {
            process.life.end();
        }
        self.set(None);
    }

    fn set(&self, process: Option<Arc<Process<D>>>) {
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = process;
    }
}

impl<D: Durable> World<D> {
    /// Runs processes on a machine, each until it dies.
    pub(crate) async fn run_node(world: Arc<Self>, number: usize) {
        let node = &world.nodes[number];
        loop {
            while world.is_down() {
                world.time.sleep(Duration::from_secs(10)).await;
            }
            let steps = world.steps();
            let life = Life::new(
                steps,
                Chance::part(world.chance().number(), 3),
                world.time.clone(),
            );
            let process = match start(&world, node, Arc::clone(&life)) {
                Ok(process) => Arc::new(process),
                Err(why) => panic!("a process does not start: {why}"),
            };
            node.set(Some(Arc::clone(&process)));
            process.work();
            if world.is_calm() {
                life.spare();
            }
            life.over().await;
            node.set(None);
            world.durable.crash();
            world.notes().crashes += 1;
            world.trace("", || format!("machine {number} crashes"));
            let down = world.between(Duration::from_millis(100), Duration::from_mins(10));
            world.time.sleep(down).await;
        }
    }

    /// How many steps the next process makes before it dies.
    fn steps(&self) -> u64 {
        match self.rates().steps_to_crash {
            0 => u64::MAX,
            mean => self.chance().below(2 * mean),
        }
    }
}

fn start<D: Durable>(
    world: &Arc<World<D>>,
    node: &Node<D>,
    life: Arc<Life>,
) -> Result<Process<D>, Box<dyn std::error::Error>> {
    let provider = &world.provider;
    let client = Client::builder()
        .base_url(format!("{ORIGIN}/api"))
        .allow_http(true)
        .credentials(Credentials::new(provider.key.clone(), provider.secret.clone()))
        .retry(RetryPolicy::default().attempts(3))
        .timeout(Duration::from_secs(30))
        .transport(Arc::new(Network::new(Arc::clone(world), Arc::clone(&life))))
        .runtime(node.runtime.clone())
        .build()?;
    let store = SimStore::new(Arc::clone(world), Arc::clone(&life));
    let inbox = Inbox::builder(store.clone())
        .runtime(node.runtime.clone())
        .poll_interval(Duration::from_mins(2))
        .build();
    let verifier = Verifier::new(provider.secret.clone())?.clock(node.runtime.clone());
    let grace = match world.variant {
        Variant::NoGrace => Duration::ZERO,
        _ => GRACE,
    };
    let pace = Pace::new(Duration::from_mins(20), Duration::from_hours(12));
    let schedule = Schedule::default()
        .method(&PaymentType::Card, pace)
        .method(&PaymentType::Transfer, pace)
        .other_payments(pace)
        .offramps(pace);
    let tracker = Tracker::new(inbox.clone())
        .on_change(Effects::new(Arc::clone(world), Arc::clone(&life)))
        .schedule(schedule)
        .look_interval(Duration::from_mins(10));
    let journal = Journal::new(store)
        .runtime(node.runtime.clone())
        .grace(grace)
        .look_first(world.is_restored() && world.variant != Variant::TrustsOldJournal);
    Ok(Process {
        number: node.number,
        world: Arc::clone(world),
        life,
        intake: Intake::new(inbox, verifier),
        journal,
        tracker,
        client,
        runtime: node.runtime.clone(),
    })
}

impl<D: Durable> Process<D> {
    /// Begins all that a process does: it handles events, and takes up the orders that are not done.
    fn work(self: &Arc<Self>) {
        let (inbox, tracker) = (self.intake.inbox().clone(), self.tracker.clone());
        self.life.spawn(async move {
            drop(inbox.run(tracker, std::future::pending()).await);
        });
        if self.world.variant != Variant::NoSweeper {
            let (tracker, client) = (self.tracker.clone(), self.client.clone());
            self.life.spawn(async move {
                drop(tracker.run(client, std::future::pending()).await);
            });
        }
        self.life.spawn(bank::run(Arc::clone(self)));
        if self.world.is_restored() && !self.world.notes().is_relisted {
            self.life.spawn(relist(Arc::clone(self)));
        }
        let open: Vec<Order> = {
            let notes = self.world.notes();
            let known = &notes.known;
            let open = known.orders.values().filter(|order| {
                order.nodes.contains(&self.number) && !known.outcomes.contains_key(&order.key)
            });
            open.cloned().collect()
        };
        for order in open {
            self.place(order);
        }
    }

    /// The time by the clock of its machine.
    pub(crate) fn now(&self) -> Timestamp {
        self.runtime.now()
    }

    /// Begins to work on an order.
    pub(crate) fn place(self: &Arc<Self>, order: Order) {
        let process = Arc::clone(self);
        self.life.spawn(async move { place(&process, &order).await });
    }
}
