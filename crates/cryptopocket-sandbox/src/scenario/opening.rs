//! Setting the stage: what a scenario makes of a world that has just begun.

use super::ScenarioError;
use crate::faults::{Fault, Times, TransferFault, WebhookFault};
use crate::wire::Failure;
use crate::world::{Incoming, NewCustomer, Outage, Reinforcement, World};

/// What is there when the first call comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opening {
    pub(super) off_the_whitelist: bool,
    pub(super) barred_methods: Vec<String>,
    pub(super) outages: Vec<Outage>,
    pub(super) customers: Vec<Registered>,
    pub(super) credits: Vec<Incoming>,
    pub(super) subscriptions: Vec<(&'static str, String)>,
    pub(super) faults: Vec<(String, Fault, Times)>,
    pub(super) webhook_faults: Vec<(String, WebhookFault, Times)>,
    pub(super) transfer_faults: Vec<(TransferFault, Times)>,
}

#[derive(Clone, Debug)]
pub(super) struct Registered {
    pub(super) new: NewCustomer,
    pub(super) kyc: Option<String>,
    pub(super) banned: bool,
    pub(super) reinforcement: Option<Reinforcement>,
}

impl World {
    /// Sets the stage. Whoever read the scenario has seen it succeed once.
    pub(crate) fn open(&mut self, opening: &Opening) -> Result<(), ScenarioError> {
        for (place, one) in opening.customers.iter().enumerate() {
            self.open_customer(one).map_err(|code| {
                ScenarioError::new(
                    format!("customers[{place}].email"),
                    format!("registering this customer is refused: {code}"),
                    "use an address that no other customer has, without tags that ask for a refusal",
                )
            })?;
        }
        for (place, credit) in opening.credits.iter().enumerate() {
            self.credit(0, credit.clone()).map_err(|_| {
                ScenarioError::new(
                    format!("bank_credits[{place}].amount"),
                    "a bank books whole cents, and not zero",
                    "write an amount such as 240.00",
                )
            })?;
        }
        for outage in &opening.outages {
            self.set_outage(0, *outage, true);
        }
        for method in &opening.barred_methods {
            self.bar_method(0, method, true);
        }
        let one = &mut self.integrations[0];
        one.whitelisted = !opening.off_the_whitelist;
        one.subscriptions.extend(opening.subscriptions.iter().cloned());
        for (operation, fault, times) in &opening.faults {
            self.faults.arm(operation, fault.clone(), *times);
        }
        for (event, fault, times) in &opening.webhook_faults {
            self.faults.arm_event(event, *fault, *times);
        }
        for (fault, times) in &opening.transfer_faults {
            self.faults.arm_transfer(*fault, *times);
        }
        Ok(())
    }

    fn open_customer(&mut self, one: &Registered) -> Result<(), &'static str> {
        let registered = self.register(0, one.new.clone());
        let id = registered
            .map(|customer| customer.id)
            .map_err(|failure| match failure {
                Failure::Code(code) => code,
                _ => "unexpected_error",
            })?;
        let customer = self.customer_mut(0, id).ok_or("user_not_found")?;
        customer.banned |= one.banned;
        if let Some(kyc) = &one.kyc {
            kyc.clone_into(&mut customer.kyc);
        }
        if let Some(reinforcement) = one.reinforcement {
            customer.reinforcement = reinforcement;
        }
        Ok(())
    }
}
