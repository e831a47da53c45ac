//! Setting the stage: what a scenario makes of a world that has just begun.

use std::collections::BTreeSet;

use super::ScenarioError;
use crate::catalogue::local_fiat;
use crate::faults::{Fault, Times, TransferFault, WebhookFault};
use crate::moment::Moment;
use crate::wire::Failure;
use crate::world::{Incoming, NewCustomer, NewOfframp, Order, Outage, Reinforcement, World};

/// What is there when the first call comes.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    pub off_the_whitelist: bool,
    pub barred_methods: Vec<String>,
    pub outages: Vec<Outage>,
    pub customers: Vec<Registered>,
    pub payments: Vec<Bought>,
    pub offramps: Vec<Sold>,
    pub credits: Vec<Credited>,
    pub subscriptions: Vec<(&'static str, String)>,
    pub faults: Vec<(String, Fault, Times)>,
    pub webhook_faults: Vec<(String, WebhookFault, Times)>,
    pub transfer_faults: Vec<(TransferFault, Times)>,
}

#[derive(Clone, Debug)]
pub struct Registered {
    pub new: NewCustomer,
    pub kyc: Option<String>,
    pub banned: bool,
    pub reinforcement: Option<Reinforcement>,
}

/// A purchase that was made before the first call.
#[derive(Clone, Debug)]
pub struct Bought {
    /// The customer's mail address.
    pub by: String,
    /// Whose `user` is not known yet.
    pub order: Order,
    pub id: Option<String>,
    pub concept: Option<u64>,
    pub status: Option<String>,
    pub created_at: Option<Moment>,
}

/// A sale that was made before the first call.
#[derive(Clone, Debug)]
pub struct Sold {
    /// The customer's mail address.
    pub by: String,
    /// Whose `user` is not known yet.
    pub offramp: NewOfframp,
    /// It is paid out in the currency of the customer's country.
    pub latam: bool,
    pub status: Option<String>,
}

/// Entries with their places in the file, the earliest first: everything is filed in the order of its time.
fn in_their_order<T>(entries: &[T], at: impl Fn(&T) -> Moment) -> Vec<(usize, &T)> {
    let mut entries: Vec<_> = entries.iter().enumerate().collect();
    entries.sort_by_key(|(_, one)| at(one));
    entries
}

#[derive(Clone, Debug)]
pub struct Credited {
    pub incoming: Incoming,
    /// The `external_id` of the payment that the payer meant.
    pub meant_for: Option<String>,
    pub booked_at: Option<Moment>,
}

impl World {
    /// Sets the stage. Whoever read the scenario has seen it succeed once.
    pub fn open(&mut self, opening: &Opening) -> Result<(), ScenarioError> {
        for (place, one) in opening.customers.iter().enumerate() {
            self.open_customer(one).map_err(|code| {
                ScenarioError::new(
                    format!("customers[{place}].email"),
                    format!("registering this customer is refused: {code}"),
                    "use an address that no other customer has, without tags that ask for a refusal",
                )
            })?;
        }
        let given: Vec<&str> = opening
            .payments
            .iter()
            .filter_map(|one| one.id.as_deref())
            .collect();
        let (now, mut concepts) = (self.now(), BTreeSet::new());
        let made_at = |one: &Bought| one.created_at.unwrap_or(now);
        for (place, one) in in_their_order(&opening.payments, made_at) {
            let place = format!("payments[{place}]");
            self.open_payment(&place, one, &given)?;
            if let Some(concept) = one.concept.filter(|concept| !concepts.insert(*concept)) {
                let rule = format!("`{concept}` is the concept of another payment");
                let cure = "write another, or leave it out";
                return Err(ScenarioError::new(format!("{place}.concept"), rule, cure));
            }
        }
        for (place, one) in opening.offramps.iter().enumerate() {
            self.open_sale(&format!("offramps[{place}]"), one)?;
        }
        for (place, one) in in_their_order(&opening.credits, |one| one.booked_at.unwrap_or(now)) {
            self.open_credit(&format!("bank_credits[{place}]"), one)?;
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

    fn open_payment(&mut self, place: &str, one: &Bought, given: &[&str]) -> Result<(), ScenarioError> {
        let user = self.named_customer(place, &one.by)?;
        let order = Order {
            user,
            ..one.order.clone()
        };
        let (id, status) = ((one.id.as_deref(), given), one.status.as_deref());
        self.place_as_is(0, order, id, (one.concept, status), one.created_at)
            .map_err(|(field, rule)| {
                let cure = "change it or leave it out";
                ScenarioError::new(format!("{place}.{field}"), rule, cure)
            })
    }

    fn open_sale(&mut self, place: &str, one: &Sold) -> Result<(), ScenarioError> {
        let user = self.named_customer(place, &one.by)?;
        let mut new = NewOfframp {
            user,
            ..one.offramp.clone()
        };
        if one.latam {
            let country = self
                .customer(0, user)
                .and_then(|customer| customer.country.as_deref());
            new.fiat = local_fiat(country);
        }
        self.open_offramp_as_is(0, new, one.status.as_deref());
        Ok(())
    }

    fn named_customer(&self, place: &str, email: &str) -> Result<u64, ScenarioError> {
        let known = self.integrations[0].by_email.get(&email.to_ascii_lowercase());
        known.copied().ok_or_else(|| {
            ScenarioError::new(
                format!("{place}.customer"),
                format!("`{email}` is none of the customers"),
                "write the mail address of one that stands under `customers`",
            )
        })
    }

    fn open_credit(&mut self, place: &str, one: &Credited) -> Result<(), ScenarioError> {
        let mut incoming = one.incoming.clone();
        if let Some(named) = &one.meant_for {
            let id = match self.payments_called(0, named).as_slice() {
                [id] => id.clone(),
                found => {
                    let rule = if found.is_empty() {
                        format!("`{named}` is neither id nor external_id of one of the payments")
                    } else {
                        format!("`{named}` is the external_id of several of the payments")
                    };
                    let cure = "write that of one that stands under `payments`";
                    return Err(ScenarioError::new(format!("{place}.meant_for"), rule, cure));
                }
            };
            incoming.meant_for = Some(id);
        }
        self.credit_at(0, incoming, one.booked_at).map(drop).map_err(|_| {
            ScenarioError::new(
                format!("{place}.amount"),
                "a bank books whole cents, and not zero",
                "write an amount such as 240.00",
            )
        })
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
