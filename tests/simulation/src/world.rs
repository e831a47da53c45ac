//! One simulated world: the provider, our machines, their store, and what is known to be true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptopocket_inbox::ErrorKind;
use cryptopocket_inbox::journal::Phase;
use cryptopocket_types::Money;

use crate::chance::Chance;
use crate::durable::Durable;
use crate::finding::{Finding, JOURNALLED, TWICE};
use crate::node::Node;
use crate::orders::{Final, Kind, Order};
use crate::provider::{Created, Provider};
use crate::rates::Rates;
use crate::tally::Tally;
use crate::trace::Trace;
use crate::variant::Variant;
use crate::virtual_time::VirtualTime;
use crate::{payer, payout};

/// One simulated world.
#[derive(Debug)]
pub(crate) struct World<D> {
    pub(crate) seed: u64,
    pub(crate) variant: Variant,
    pub(crate) time: VirtualTime,
    pub(crate) provider: Provider,
    /// What survives a crash.
    pub(crate) durable: D,
    pub(crate) nodes: Vec<Node<D>>,
    pub(crate) notes: Mutex<Notes>,
    pub(crate) tally: Tally,
    drawn: Rates,
    calm: Rates,
    is_calm: AtomicBool,
    /// No process starts meanwhile.
    is_down: AtomicBool,
    is_restored: AtomicBool,
    is_out: AtomicBool,
    chance: Mutex<Chance>,
    trace: Trace,
}

/// What the simulation knows, and no process does.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// What goes back when a backup is restored.
    pub(crate) known: Known,
    /// The ids of the payments and off-ramps at the provider, by key.
    pub(crate) payments: BTreeMap<String, Vec<String>>,
    /// Effects of handlers that write outside of the transaction.
    pub(crate) effects: BTreeMap<String, u64>,
    /// Keys whose requests may be under way while the journal, restored from a backup, does not know of them.
    excused: BTreeSet<String>,
    /// When a backup was restored.
    pub(crate) restored_at: Duration,
    /// Whether the payments that the provider lists are tracked since a backup was restored.
    pub(crate) is_relisted: bool,
    pub(crate) findings: Vec<Finding>,
    pub(crate) crashes: u64,
    pub(crate) webhooks: u64,
}

/// What our application has in its database, beside the inbox.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) orders: BTreeMap<String, Order>,
    /// The phase of each call in the journal.
    phases: BTreeMap<String, Phase>,
    /// The final outcome of each order.
    pub(crate) outcomes: BTreeMap<String, Final>,
    /// What is expected on our account, by payment.
    pub(crate) transfers: BTreeMap<String, Transfer>,
    /// Token and key of the latest lease of each event.
    pub(crate) leases: BTreeMap<i64, (i64, String)>,
    /// Credits that wait for a person, since their reconciliation was refused.
    pub(crate) left: BTreeSet<String>,
    /// Keys of events that were acknowledged.
    pub(crate) acknowledged: BTreeSet<String>,
    /// Bodies that were acknowledged and are no event, or not the first of their event.
    pub(crate) acknowledged_bodies: BTreeSet<Vec<u8>>,
}

/// A transfer that a customer was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transfer {
    pub(crate) concept: u64,
    pub(crate) amount: Money,
    /// When it was asked for.
    pub(crate) since: Duration,
    /// A credit was tied to its payment.
    pub(crate) is_tied: bool,
}

impl Notes {
    /// The database is an old one now.
    pub(crate) fn restore(&mut self, known: Known) {
        let sent = std::mem::replace(&mut self.known, known).phases;
        self.excused.extend(sent.into_keys());
    }
}

impl<D: Durable> World<D> {
    pub(crate) fn new(seed: u64, variant: Variant, durable: D, subjects: Vec<String>) -> Arc<Self> {
        let time = VirtualTime::default();
        let mut chance = Chance::part(seed, 1);
        let nodes = D::MACHINES.min(1 + chance.index(2));
        time.set_gate(durable.gate());
        Arc::new(Self {
            seed,
            variant,
            provider: Provider::open(seed, &time),
            durable,
            nodes: (0..nodes).map(|number| Node::new(seed, number, &time)).collect(),
            notes: Mutex::default(),
            tally: Tally::default(),
            drawn: Rates::draw(&mut chance),
            calm: Rates::calm(),
            is_calm: AtomicBool::new(false),
            is_down: AtomicBool::new(false),
            is_restored: AtomicBool::new(false),
            is_out: AtomicBool::new(false),
            chance: Mutex::new(Chance::part(seed, 2)),
            trace: Trace::new(subjects, time.clone()),
            time,
        })
    }

    pub(crate) fn rates(&self) -> &Rates {
        if self.is_calm.load(Ordering::Relaxed) {
            &self.calm
        } else {
            &self.drawn
        }
    }

    /// Ends all faults: the system may settle now.
    pub(crate) fn calm_down(&self) {
        self.is_calm.store(true, Ordering::Relaxed);
        self.set_outage(false);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Relaxed)
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.is_down.store(down, Ordering::Relaxed);
    }

    pub(crate) fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Relaxed)
    }

    pub(crate) fn set_restored(&self) {
        self.is_restored.store(true, Ordering::Relaxed);
    }

    /// Whether the store was restored from a backup.
    pub(crate) fn is_restored(&self) -> bool {
        self.is_restored.load(Ordering::Relaxed)
    }

    pub(crate) fn chance(&self) -> MutexGuard<'_, Chance> {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn draw(&self, rate: impl Fn(&Rates) -> u32) -> bool {
        let rate = rate(self.rates());
        let strikes = rate > 0 && self.chance().happens(rate);
        self.tally.faults.add(usize::from(strikes));
        strikes
    }

    pub(crate) fn between(&self, shortest: Duration, longest: Duration) -> Duration {
        self.chance().between(shortest, longest)
    }

    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_outage(&self, out: bool) {
        self.is_out.store(out, Ordering::Relaxed);
    }

    /// Whether an operation of the store fails before it does anything, and how.
    pub(crate) fn store_failure(&self) -> Option<ErrorKind> {
        const KINDS: [ErrorKind; 3] = [ErrorKind::Full, ErrorKind::Unavailable, ErrorKind::Locked];
        let fails = self.is_out.load(Ordering::Relaxed) || self.draw(|rates| rates.store_failure);
        fails.then(|| KINDS[self.chance().index(KINDS.len())])
    }

    pub(crate) fn trace(&self, subject: &str, line: impl FnOnce() -> String) {
        self.trace.note(subject, line);
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.trace.lines()
    }

    pub(crate) fn find(&self, finding: Finding) {
        self.notes().findings.push(finding);
    }

    /// A phase of a call is durable.
    pub(crate) fn recorded(&self, key: &str, phase: Phase) {
        self.notes().known.phases.insert(key.to_owned(), phase);
    }

    /// The key of the order with this number.
    pub(crate) fn key(&self, number: u32) -> String {
        format!("order-{number}-{:x}", self.seed)
    }

    /// The provider has created a payment or an off-ramp.
    pub(crate) fn created(world: &Arc<Self>, created: Created, answer: impl FnOnce() -> String) {
        let id = created.id.clone();
        let key = match created.kind {
            Kind::Offramp => world.key(payout::number(&created.reference).unwrap_or(u32::MAX)),
            _ => created.reference.clone(),
        };
        world.trace(&key, || {
            format!("{key}: created at the provider as {id}; {}", answer())
        });
        let mut notes = world.notes();
        let phase = notes.known.phases.get(&key).copied();
        world.tally.checks.add(2);
        if phase != Some(Phase::Sending) && !notes.excused.contains(&key) {
            let text = format!("{key} was created as {id} while its journal row says {phase:?}");
            let finding = Finding::new(JOURNALLED, &[&key, &id], text);
            notes.findings.push(finding);
        }
        let payments = notes.payments.entry(key.clone()).or_default();
        payments.push(id.clone());
        if payments.len() > 1 {
            let text = format!("{key} was created {} times: {payments:?}", payments.len());
            notes.findings.push(Finding::new(TWICE, &[&key, &id], text));
        }
        drop(notes);
        let world = Arc::clone(world);
        tokio::spawn(async move { payer::pay(&world, created).await });
    }
}
