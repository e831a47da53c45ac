//! Reading the engine's records, and finding the integration that a command is for.

use super::Engine;
use crate::call_log::CallLog;
use crate::error::{CommandError, wrong};
use crate::integration::{Integration, Tenant};
use crate::moment::Moment;
use crate::provider::Link;
use crate::records::{Customer, Offramp, Payment};
use crate::settings::Settings;
use crate::suggest::shortened;
use crate::webhooks::Delivery;

/// A record with its integration.
type Owned<'e, T> = Option<(&'e Integration, &'e T)>;

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

    fn find<'e, T>(&'e self, get: impl Fn(&'e Integration) -> Option<&'e T>) -> Owned<'e, T> {
        self.integrations.iter().find_map(|one| Some((one, get(one)?)))
    }

    /// The payment with this id, and its integration.
    pub fn payment(&self, id: &str) -> Option<(&Integration, &Payment)> {
        self.find(|one| one.payments.get(id))
    }

    /// The off-ramp with this id, and its integration.
    pub fn offramp(&self, id: u64) -> Option<(&Integration, &Offramp)> {
        self.find(|one| one.offramps.get(&id))
    }

    /// The customer with this id, and its integration.
    pub fn customer(&self, id: u64) -> Option<(&Integration, &Customer)> {
        self.find(|one| one.customers.get(&id))
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

    pub(crate) fn of_customer(&mut self, id: u64) -> Result<Tenant<'_>, CommandError> {
        let owner = self.customer(id).map(|(owner, _)| owner.index);
        self.owned(owner, "customer")
    }

    pub(crate) fn of_payment(&mut self, id: &str) -> Result<Tenant<'_>, CommandError> {
        let owner = self.payment(id).map(|(owner, _)| owner.index);
        self.owned(owner, "payment")
    }

    pub(crate) fn of_offramp(&mut self, id: u64) -> Result<Tenant<'_>, CommandError> {
        let owner = self.offramp(id).map(|(owner, _)| owner.index);
        self.owned(owner, "off-ramp")
    }

    fn owned(&mut self, owner: Option<usize>, what: &'static str) -> Result<Tenant<'_>, CommandError> {
        Ok(self.tenant(owner.ok_or(CommandError::NotFound(what))?))
    }
}
