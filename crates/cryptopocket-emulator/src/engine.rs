//! The engine: the emulated provider with its integrations, its clock and its call log.

mod commands;
mod opening;
mod persistence;
mod queries;
mod restore;
mod scenario;

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{Clock, SystemClock, Timestamp};

use persistence::Persistence;
pub use persistence::{Changes, FORMAT, GROUPS};
pub use restore::Unreadable;

use crate::call_log::CallLog;
use crate::clock::{Speed, VirtualClock};
use crate::entropy::{Entropy, derive};
use crate::integration::{Integration, Tenant};
use crate::moment::Moment;
use crate::provider::{Limits, Provider};
use crate::records::BankAccount;
use crate::scenario::{Scenario, ScenarioReader};
use crate::timers::Due;
use crate::webhooks::{Answer, Webhook};

/// How an engine starts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// What ids, tokens and prices follow from. The same seed and the same calls give the same bytes.
    pub seed: u64,
    /// How fast the virtual clock runs. Default [`Speed::Instant`].
    pub speed: Speed,
    /// The clock on the wall: webhook timestamps come from it, and a running virtual clock follows it.
    pub wall_clock: Arc<dyn Clock>,
    /// What the virtual clock shows at first. Default: a fixed morning if it stands still, the wall clock's time if not.
    pub start_at: Option<Timestamp>,
    /// The sums at which the provider refuses.
    pub limits: Limits,
    /// How long a token lives on the virtual clock. Default: one hour.
    pub token_life: Duration,
    /// Key and secret of the first integration. Default: made from the seed.
    pub credentials: Option<(String, String)>,
    /// Scheme, host and port that links in replies begin with. Default `http://sandbox.test`.
    pub origin: String,
    /// The state to start with, now and after a reset.
    pub scenario: Option<Arc<Scenario>>,
    /// Reads scenarios that come as text. Without it they are refused.
    pub scenario_reader: Option<ScenarioReader>,
}

impl Settings {
    /// Defaults with a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            speed: Speed::Instant,
            wall_clock: Arc::new(SystemClock),
            start_at: None,
            limits: Limits::default(),
            token_life: Duration::from_secs(3_600),
            credentials: None,
            origin: "http://sandbox.test".to_owned(),
            scenario: None,
            scenario_reader: None,
        }
    }
}

/// The emulated provider. It does no I/O and spawns nothing: things happen in the calls of its methods.
///
/// # Examples
///
/// ```
/// use cryptopocket_emulator::{Command, Engine, Request};
///
/// let mut engine = Engine::new(1);
/// let (key, secret) = engine.credentials();
/// let login = Request::post("/api/authenticate", format!(r#"{{"api_key":"{key}","api_secret":"{secret}"}}"#));
/// let response = engine.handle(&login);
/// assert_eq!(response.reply.unwrap().status, 200);
/// engine.execute(Command::ExpireTokens)?;
/// # Ok::<(), cryptopocket_emulator::CommandError>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    pub(crate) provider: Provider,
    pub(crate) integrations: Vec<Integration>,
    pub(crate) call_log: CallLog,
    /// Counts resets, so that an attempt to deliver that began before a reset is not recorded after it.
    generation: u64,
    persistence: Persistence,
    scenario: Option<Arc<Scenario>>,
    scenario_reader: Option<ScenarioReader>,
    /// Whether the scenario is another one than at the start.
    restaged: bool,
}

impl Engine {
    /// An engine with the default settings.
    pub fn new(seed: u64) -> Self {
        Self::with(Settings::new(seed))
    }

    /// An engine with these settings.
    pub fn with(settings: Settings) -> Self {
        let start = settings.start_at.map(Moment::from);
        let clock = VirtualClock::new(settings.wall_clock, settings.speed, start);
        let mut provider = Provider::new(settings.seed, clock, settings.limits, settings.token_life);
        provider.origin = settings.origin;
        let mut engine = Self::empty(provider);
        engine.scenario = settings.scenario;
        engine.scenario_reader = settings.scenario_reader;
        let (key, secret) = settings.credentials.unzip();
        engine.add_integration(key, secret);
        engine.stage();
        engine
    }

    fn empty(provider: Provider) -> Self {
        Self {
            provider,
            integrations: Vec::new(),
            call_log: CallLog::default(),
            generation: 0,
            persistence: Persistence::default(),
            scenario: None,
            scenario_reader: None,
            restaged: false,
        }
    }

    /// Adds an integration with a bank account and returns its index.
    pub(crate) fn add_integration(&mut self, key: Option<String>, secret: Option<String>) -> usize {
        let (index, provider) = (self.integrations.len(), &mut self.provider);
        // From a stream of their own, so that nothing else depends on whether they were given or made.
        let mut keys = Entropy::new(derive(provider.seed, "keys", index as u64));
        let key = key.unwrap_or_else(|| format!("sbx_key_{}", keys.alphanumeric(24)));
        let secret = secret.unwrap_or_else(|| format!("sbx_secret_{}", keys.alphanumeric(40)));
        let account = BankAccount::open(&mut provider.entropy, "EUR");
        let integration = Integration::new(index, key, secret, account);
        for (_, store) in integration.stores() {
            store.track(self.persistence.on);
        }
        self.integrations.push(integration);
        index
    }

    /// Drops everything but the first integration's credentials, as after a start.
    fn reset(&mut self) {
        let first = &self.integrations[0];
        let credentials = (first.key.clone(), first.secret.clone());
        let provider = &mut self.provider;
        provider.clock.restart();
        let mut fresh = Provider::new(
            provider.seed,
            provider.clock.clone(),
            provider.limits.clone(),
            provider.token_life,
        );
        fresh.origin = std::mem::take(&mut provider.origin);
        let mut engine = Self::empty(fresh);
        engine.generation = self.generation + 1;
        engine.scenario = self.scenario.take();
        engine.scenario_reader = self.scenario_reader;
        engine.restaged = self.restaged;
        engine.add_integration(Some(credentials.0), Some(credentials.1));
        engine.stage();
        engine.persistence.afresh = true;
        if self.persistence.on {
            engine.track();
        }
        *self = engine;
    }

    /// An integration and the state that it shares with the others.
    pub(crate) fn tenant(&mut self, index: usize) -> Tenant<'_> {
        Tenant {
            own: &mut self.integrations[index],
            provider: &mut self.provider,
        }
    }

    /// Fires every timer that is due.
    pub fn settle(&mut self) {
        while let Some((at, due)) = self.provider.timers.take(self.now()) {
            match due {
                Due::KycDecision { integration, user } => self.integrations[integration].end_review(user),
                Due::Coins { integration, payment } => self.tenant(integration).send_coins(&payment),
                Due::Payout { integration, offramp } => self.tenant(integration).pay_out(offramp),
                // The account existed when the transfer was sent, and accounts are never closed.
                Due::Credit { integration, credit } => drop(self.tenant(integration).book(credit, None)),
                Due::Attempt(delivery) => self.provider.webhooks.make_ready(delivery, at),
                Due::NotOvertaken(delivery) => self.provider.webhooks.release(delivery, at),
            }
        }
    }

    /// Moves the clock on, stopping at each timer on the way.
    pub fn advance(&mut self, by: Duration) {
        let end = self.now().plus(by);
        while let Some(next) = self.next_timer().filter(|next| *next <= end) {
            self.provider.clock.advance(next.since(self.now()));
            self.settle();
        }
        self.provider.clock.advance(end.since(self.now()));
        self.persistence.clock_moved = true;
        self.settle();
    }

    /// Takes the webhooks that can leave now, signed; at most one for each URL. Report the answer of each with
    /// [`Engine::webhook_answered`]; until then no other leaves for its URL.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_emulator::Engine;
    ///
    /// let mut engine = Engine::new(1);
    /// for webhook in engine.take_webhooks() {
    ///     // Hand `webhook.headers` and `webhook.body` to the code under test, then:
    ///     engine.webhook_answered(&webhook, Ok((204, String::new())));
    /// }
    /// ```
    pub fn take_webhooks(&mut self) -> Vec<Webhook> {
        self.settle();
        let (integrations, generation) = (&self.integrations, self.generation);
        let wall_now = self.provider.clock.wall_now().unix_seconds();
        let leaving = self.provider.webhooks.take_ready();
        let webhooks: Vec<_> = leaving
            .into_iter()
            .map(|delivery| {
                let integration = &integrations[delivery.integration];
                Webhook::sign(
                    &delivery,
                    &integration.key,
                    &integration.secret,
                    wall_now,
                    generation,
                )
            })
            .collect();
        let (signed, unsigned): (Vec<_>, Vec<_>) = webhooks.into_iter().partition(Webhook::is_signed);
        for webhook in unsigned {
            self.webhook_answered(&webhook, Err("the integration's secret cannot sign".to_owned()));
        }
        signed
    }

    /// Records the answer to a webhook: the HTTP status and the beginning of the body, or why there was none.
    pub fn webhook_answered(&mut self, webhook: &Webhook, answer: Answer) {
        if webhook.generation != self.generation {
            return;
        }
        let provider = &mut self.provider;
        let now = provider.now();
        if let Some((from, after)) = provider.webhooks.record(webhook, now, answer) {
            provider.schedule_from(from, after, Due::Attempt(webhook.id));
        }
        self.settle();
    }
}
