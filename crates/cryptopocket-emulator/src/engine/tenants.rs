//! The integration that a command is for.

use super::Engine;
use crate::error::{CommandError, invalid};
use crate::integration::Tenant;
use crate::suggest::shortened;

impl Engine {
    /// The integration with this key, or without a key the first.
    pub(crate) fn of_key(&mut self, api_key: Option<&str>) -> Result<Tenant<'_>, CommandError> {
        let Some(key) = api_key else {
            return Ok(self.tenant(0));
        };
        let Some(index) = self.integrations.iter().position(|one| one.key == key) else {
            let key = shortened(key);
            return invalid(format!(
                "api_key: `{key}` is the key of no integration; use one that `GET state` lists, or leave it out for the \
                 first"
            ));
        };
        Ok(self.tenant(index))
    }

    pub(crate) fn of_customer(&mut self, id: u64) -> Result<Tenant<'_>, CommandError> {
        let owner = self.customer(id).map(|(owner, _)| owner.index);
        Ok(self.tenant(owner.ok_or(CommandError::NotFound("customer"))?))
    }

    pub(crate) fn of_payment(&mut self, id: &str) -> Result<Tenant<'_>, CommandError> {
        let owner = self.payment(id).map(|(owner, _)| owner.index);
        Ok(self.tenant(owner.ok_or(CommandError::NotFound("payment"))?))
    }

    pub(crate) fn of_offramp(&mut self, id: u64) -> Result<Tenant<'_>, CommandError> {
        let owner = self.offramp(id).map(|(owner, _)| owner.index);
        Ok(self.tenant(owner.ok_or(CommandError::NotFound("off-ramp"))?))
    }
}
