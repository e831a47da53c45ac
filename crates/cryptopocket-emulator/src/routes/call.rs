//! An API call being answered.

use crate::engine::Engine;
use crate::integration::{Integration, Tenant};
use crate::provider::Provider;
use crate::request::Request;
use crate::wire::{Failure, Reply};

/// The result of a call.
pub(super) type Answer = Result<Reply, Failure>;

/// An API call being answered.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) engine: &'a mut Engine,
    /// The index of the integration whose token came with the call.
    pub(super) index: usize,
    pub(super) request: &'a Request,
    /// The first parameter in the path.
    pub(super) parameter: &'a str,
}

impl Call<'_> {
    pub(super) fn provider(&self) -> &Provider {
        &self.engine.provider
    }

    pub(super) fn integration(&self) -> &Integration {
        &self.engine.integrations[self.index]
    }

    pub(super) fn tenant(&mut self) -> Tenant<'_> {
        self.engine.tenant(self.index)
    }
}
