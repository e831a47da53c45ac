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
