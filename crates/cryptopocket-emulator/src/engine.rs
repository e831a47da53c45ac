//! The engine: the emulated provider with its integrations, its clock and its call log.

mod persistence;

use std::time::Duration;

use persistence::Persistence;

use crate::call_log::CallLog;
use crate::entropy::{Entropy, derive};
use crate::error::{CommandError, shortened, wrong};
use crate::integration::{Integration, Tenant};
use crate::moment::Moment;
use crate::provider::{Link, Provider};
use crate::records::{BankAccount, Customer, Offramp, Payment};
use crate::settings::Settings;
use crate::timers::Due;
use crate::webhooks::{Answer, Delivery, Webhook};

pub use persistence::{Changes, FORMAT, GROUPS};

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
        let (key, secret) = settings.credentials.clone().unzip();
        let scenario = settings.scenario.clone();
        let mut engine = Self::empty(settings);
        engine.add_integration(key, secret);
        if let Some(scenario) = scenario {
            // Reading the scenario has tried this, and no seed makes a difference to the result.
            drop(engine.open(&scenario));
        }
        engine
    }

    /// An engine without integrations.
    fn empty(settings: Settings) -> Self {
        Self {
            provider: Provider::new(settings),
            integrations: Vec::new(),
            call_log: CallLog::default(),
            generation: 0,
            persistence: Persistence::default(),
            restaged: false,
        }
    }

    /// Adds an integration with a bank account and returns its index.
    pub(crate) fn add_integration(&mut self, key: Option<String>, secret: Option<String>) -> usize {
        let (index, provider) = (self.integrations.len(), &mut self.provider);
        // From a stream of their own, so that nothing else depends on whether they were given or made.
        let mut keys = Entropy::new(derive(provider.settings.seed, "keys", index as u64));
        let key = key.unwrap_or_else(|| format!("sbx_key_{}", keys.alphanumeric(24)));
        let secret = secret.unwrap_or_else(|| format!("sbx_secret_{}", keys.alphanumeric(40)));
        let account = BankAccount::open(&mut provider.entropy, "EUR");
        let integration = Integration {
            index,
            key,
            secret,
            whitelisted: true,
            accounts: vec![account],
            ..Integration::default()
        };
        for (_, store) in integration.stores() {
            store.track(self.persistence.on);
        }
        self.integrations.push(integration);
        self.persistence.lent.insert(index);
        index
    }

    /// Drops everything but the first integration's credentials, as after a start.
    pub(crate) fn reset(&mut self) {
        let credentials = Some(self.credentials());
        let settings = Settings {
            credentials,
            ..self.provider.settings.clone()
        };
        let (generation, restaged, is_tracked) = (self.generation + 1, self.restaged, self.persistence.on);
        *self = Self {
            generation,
            restaged,
            ..Self::with(settings)
        };
        self.persistence.afresh = true;
        if is_tracked {
            self.track();
        }
    }

    /// An integration and the state that it shares with the others.
    pub(crate) fn tenant(&mut self, index: usize) -> Tenant<'_> {
        self.persistence.lent.insert(index);
        Tenant {
            own: &mut self.integrations[index],
            provider: &mut self.provider,
        }
    }

    /// Fires every timer that is due.
    pub fn settle(&mut self) {
        while let Some((at, due)) = self.provider.timers.take(self.now()) {
            match due {
                Due::KycDecision(index, user) => self.integrations[index].end_review(user),
                Due::Coins(index, payment) => self.tenant(index).send_coins(&payment),
                Due::Payout(index, offramp) => self.tenant(index).pay_out(offramp),
                // The account existed when the transfer was sent, and accounts are never closed.
                Due::Credit(index, credit) => drop(self.tenant(index).book(*credit, None)),
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
        let wall_now = self.provider.clock.wall_now().unix_seconds();
        let mut signed = Vec::new();
        for delivery in self.provider.webhooks.take_ready() {
            let Integration { key, secret, .. } = &self.integrations[delivery.integration];
            let webhook = Webhook::sign(&delivery, (key, secret), wall_now, self.generation);
            if webhook.is_signed() {
                signed.push(webhook);
            } else {
                self.webhook_answered(&webhook, Err("the integration's secret cannot sign".to_owned()));
            }
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

impl Engine {
    /// The settings, as they are after the scenario that replaced the one at the start.
    pub const fn settings(&self) -> &Settings {
        &self.provider.settings
    }

    /// The time of the virtual clock.
    pub fn now(&self) -> Moment {
        self.provider.now()
    }

    /// When the next timer fires.
    pub fn next_timer(&self) -> Option<Moment> {
        self.provider.timers.next()
    }

    /// How long the wall clock runs until the next timer fires; `None` if there is none or the clock stands still.
    pub fn wall_time_to_next_timer(&self) -> Option<std::time::Duration> {
        let next = self.next_timer()?;
        self.provider.clock.wall_time_until(next)
    }

    /// Whether no webhook is ready to leave or in flight.
    pub fn is_idle(&self) -> bool {
        self.provider.webhooks.is_idle()
    }

    /// The integrations; the first is made at the start.
    pub fn integrations(&self) -> &[Integration] {
        &self.integrations
    }

    /// Key and secret of the first integration.
    pub fn credentials(&self) -> (String, String) {
        let first = &self.integrations[0];
        (first.key.clone(), first.secret.clone())
    }

    /// The subject of a link to a hosted page, by the last part of its path.
    pub fn link(&self, token: &str) -> Option<&Link> {
        self.provider.links.get(token)
    }

    /// The delivery log, oldest first.
    pub fn deliveries(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.provider.webhooks.deliveries.values()
    }

    /// The last calls of the API.
    pub const fn call_log(&self) -> &CallLog {
        &self.call_log
    }

    /// The integration with this key, or without a key the first.
    pub(crate) fn of_key(&mut self, api_key: Option<&str>) -> Result<Tenant<'_>, CommandError> {
        let Some(key) = api_key else {
            return Ok(self.tenant(0));
        };
        let Some(index) = self.integrations.iter().position(|one| one.key == key) else {
            let rule = format!("`{}` is the key of no integration", shortened(key));
            let cure = "use one that `GET state` lists, or leave it out for the first";
            return wrong("api_key", rule, cure);
        };
        Ok(self.tenant(index))
    }
}

/// Defines the look-ups of a kind of record in all integrations: of the record, and of its integration for a command.
macro_rules! look_ups {
    ($($what:literal $find:ident $of:ident ($id:ty) $kind:ty: |$one:ident, $key:ident| $get:expr;)*) => {
        impl Engine {
            $(
                #[doc = concat!("The ", $what, " with this id, and its integration.")]
                pub fn $find(&self, $key: $id) -> Option<(&Integration, &$kind)> {
                    self.integrations.iter().find_map(|$one| Some(($one, $get?)))
                }

                pub(crate) fn $of(&mut self, id: $id) -> Result<Tenant<'_>, CommandError> {
                    let (owner, _) = self.$find(id).ok_or(CommandError::NotFound($what))?;
                    let index = owner.index;
                    Ok(self.tenant(index))
                }
            )*
        }
    };
}

look_ups! {
    "payment" payment of_payment (&str) Payment: |one, id| one.payments.get(id);
    "off-ramp" offramp of_offramp (u64) Offramp: |one, id| one.offramps.get(&id);
    "customer" customer of_customer (u64) Customer: |one, id| one.customers.get(&id);
}
