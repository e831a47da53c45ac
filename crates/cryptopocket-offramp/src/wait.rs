use std::time::Duration;

use cryptopocket_core::{Progress, Schedule, Waiter};
use cryptopocket_types::{OfframpId, OfframpStatus};

use crate::{OffRamp, Offramp};

impl Progress for Offramp {
    type State = OfframpStatus;

    fn state(&self) -> &OfframpStatus {
        &self.status
    }

    fn is_final(&self) -> bool {
        self.status.is_final()
    }

    fn rank(status: &OfframpStatus) -> Option<u8> {
        status.rank()
    }
}

impl OffRamp {
    /// Waits until the money of an off-ramp is sent, or for the status of [`Waiter::until`].
    ///
    /// The wait reports unknown statuses and goes on: only `finished` is known to be final, so choose a limit and handle
    /// such statuses yourself. Pauses grow from 10 s to 2 min. Errors of [`OffRamp::offramp`] end it, unless they are
    /// transient.
    ///
    /// Operation: `get_offramp`
    pub fn wait_offramp(&self, id: &OfframpId) -> Waiter<Offramp> {
        let (offramp, id) = (self.clone(), id.clone());
        Waiter::new(self.session().runtime().clone(), move || {
            let (offramp, id) = (offramp.clone(), id.clone());
            async move { offramp.offramp(&id).await }
        })
        .schedule(Schedule::new(Duration::from_secs(10), Duration::from_secs(120)))
    }
}
