//! Running worlds: one by its seed, or many on all cores.

use std::fmt;
use std::ops::AddAssign;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use cryptopocket_inbox::testing::MemoryStore;

use crate::durable::Durable;
use crate::finding::{Finding, SETTLES};
use crate::scenario;
use crate::sqlite_file::SqliteFile;
use crate::variant::Variant;
use crate::world::World;

/// Orders of one world, unless set otherwise.
pub const ORDERS: u32 = 100;

/// Which worlds are simulated.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The variant of the code under test.
    pub variant: Variant,
    /// How many orders come in each world.
    pub orders: u32,
    /// Every so many worlds, one has the store in a SQLite file; with 0 none has. The others have that in memory.
    pub sqlite_every: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            variant: Variant::Faithful,
            orders: ORDERS,
            sqlite_every: 20,
        }
    }
}

/// What happened, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field counts what it names")]
#[non_exhaustive]
pub struct Figures {
    pub worlds: u64,
    /// Orders of the worlds with a SQLite file.
    pub orders_on_sqlite: u64,
    pub orders: u64,
    /// Payments that the provider created.
    pub payments: u64,
    /// Off-ramps that the provider created.
    pub offramps: u64,
    /// Payments and off-ramps that the provider settled.
    pub settled: u64,
    /// Deliveries of webhooks to our machines.
    pub webhooks: u64,
    /// Processes that died.
    pub crashes: u64,
    /// Faults that struck, crashes not among them.
    pub faults: u64,
    /// Handlers that lost the lease of their event.
    pub lost_leases: u64,
    /// Comparisons of the system with what must hold.
    pub checks: u64,
    /// Requests to the provider.
    pub calls: u64,
    /// Operations of the store.
    pub operations: u64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.orders_on_sqlite += other.orders_on_sqlite;
        self.orders += other.orders;
        self.payments += other.payments;
        self.offramps += other.offramps;
        self.settled += other.settled;
        self.webhooks += other.webhooks;
        self.crashes += other.crashes;
        self.faults += other.faults;
        self.lost_leases += other.lost_leases;
        self.checks += other.checks;
        self.calls += other.calls;
        self.operations += other.operations;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} worlds: {} orders ({} on SQLite), {} payments, {} off-ramps, {} settled, {} webhooks, {} crashes, {} faults, \
             {} lost leases, {} checks, {} calls, {} operations of the store",
            self.worlds,
            self.orders,
            self.orders_on_sqlite,
            self.payments,
            self.offramps,
            self.settled,
            self.webhooks,
            self.crashes,
            self.faults,
            self.lost_leases,
            self.checks,
            self.calls,
            self.operations
        )
    }
}

/// An invariant that did not hold in a world.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The seed of the world.
    pub seed: u64,
    /// The invariant.
    pub invariant: &'static str,
    /// What was found instead.
    pub text: String,
    /// What happened to the object, step by step.
    pub trace: Vec<String>,
    orders: u32,
    sqlite_every: u32,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: violated: {}", self.seed, self.invariant)?;
        writeln!(f, "{}", self.text)?;
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        let Self {
            seed,
            orders,
            sqlite_every,
            ..
        } = self;
        write!(
            f,
            "replay: cargo run -p cryptopocket-simulation --example simulate -- --seed {seed} --orders {orders} \
             --sqlite-every {sqlite_every}"
        )
    }
}

/// Simulates the world of a seed.
///
/// The same seed and settings give the same world, step by step.
///
/// # Errors
///
/// The first invariant that does not hold, with the trace of its objects.
///
/// # Examples
///
/// ```
/// use cryptopocket_simulation::{Settings, simulate};
///
/// let settings = Settings { orders: 20, ..Settings::default() };
/// let figures = simulate(1, settings).unwrap_or_else(|violation| panic!("{violation}"));
/// assert_eq!(figures.worlds, 1);
/// ```
pub fn simulate(seed: u64, settings: Settings) -> Result<Figures, Box<Violation>> {
    let every = u64::from(settings.sqlite_every);
    // Not the first of them, so that a few worlds hold one.
    if every > 0 && seed % every == every / 4 {
        simulate_on(seed, settings, SqliteFile::new)
    } else {
        simulate_on(seed, settings, MemoryStore::default)
    }
}

pub(crate) fn simulate_on<D: Durable>(
    seed: u64,
    settings: Settings,
    store: impl Fn() -> D,
) -> Result<Figures, Box<Violation>> {
    let (figures, finding, _) = live(seed, settings, store(), Vec::new());
    let Some(finding) = finding else {
        return Ok(figures);
    };
    // The same world again, this time with a trace of the objects that are to blame.
    let (_, again, trace) = live(seed, settings, store(), finding.subjects.clone());
    let mut text = finding.text.clone();
    if again.as_ref() != Some(&finding) {
        text.push_str(
            "\nThe second run of the same seed took another course: the simulation is not deterministic.",
        );
    }
    Err(Box::new(Violation {
        seed,
        invariant: finding.invariant,
        text,
        trace,
        orders: settings.orders,
        sqlite_every: settings.sqlite_every,
    }))
}

fn live<D: Durable>(
    seed: u64,
    settings: Settings,
    store: D,
    subjects: Vec<String>,
) -> (Figures, Option<Finding>, Vec<String>) {
    let world = World::new(seed, settings.variant, store, subjects);
    let lived = world.time.run(scenario::live(world.clone(), settings.orders));
    if lived.is_err() {
        world.find(Finding::new(
            SETTLES,
            &[],
            "every task waits, and nothing will wake one",
        ));
    }
    let (offramps, settled) = (world.provider.offramps(), world.provider.settled());
    let mut notes = world.notes();
    let orders = notes.known.orders.len() as u64;
    let figures = Figures {
        worlds: 1,
        orders_on_sqlite: if world.durable.gate().is_some() { orders } else { 0 },
        orders,
        payments: world.provider.payments(),
        offramps,
        settled,
        webhooks: notes.webhooks,
        crashes: notes.crashes,
        faults: world.tally.faults.get(),
        lost_leases: world.tally.lost_leases.get(),
        checks: world.tally.checks.get(),
        calls: world.tally.calls.get(),
        operations: world.tally.operations.get(),
    };
    let finding = notes.findings.drain(..).next();
    drop(notes);
    (figures, finding, world.lines())
}

/// Simulates `worlds` worlds from the seed `first` on, on all cores, and tells `progress` after each.
///
/// # Errors
///
/// The violation with the lowest seed among those that were found before all threads stopped.
pub fn simulate_many(
    first: u64,
    worlds: u64,
    settings: Settings,
    progress: impl Fn(&Figures) + Sync,
) -> Result<Figures, Box<Violation>> {
    let next = AtomicU64::new(0);
    let shared: Mutex<(Figures, Option<Box<Violation>>)> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= worlds {
                        return;
                    }
                    let lived = simulate(first + index, settings);
                    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    match lived {
                        Ok(figures) => shared.0 += figures,
                        Err(violation) => {
                            next.store(worlds, Ordering::Relaxed);
                            if shared.1.as_ref().is_none_or(|known| known.seed > violation.seed) {
                                shared.1 = Some(violation);
                            }
                        }
                    }
                    progress(&shared.0);
                }
            });
        }
    });
    let (figures, violation) = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    violation.map_or(Ok(figures), Err)
}
