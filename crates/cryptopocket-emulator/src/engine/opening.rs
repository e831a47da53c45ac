//! Adding the records of a scenario.

use std::collections::BTreeSet;

use super::Engine;
use crate::moment::Moment;
use crate::scenario::{Opening, ScenarioError, SeedMisfit};

/// Entries with their indexes in the file, the earliest first: records are created in the order of their times.
fn by_time<T>(entries: &[T], at: impl Fn(&T) -> Moment) -> Vec<(usize, &T)> {
    let mut entries: Vec<_> = entries.iter().enumerate().collect();
    entries.sort_by_key(|(_, entry)| at(entry));
    entries
}

/// Adds to a misfit the entry in which it is.
fn at(list: &str, index: usize) -> impl Fn(SeedMisfit) -> ScenarioError {
    move |SeedMisfit { field, rule, cure }| ScenarioError::new(format!("{list}[{index}].{field}"), rule, cure)
}

impl Engine {
    /// Adds the records of an opening. Reading a scenario tries this.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] with the entry that cannot be added.
    pub fn open(&mut self, opening: &Opening) -> Result<(), ScenarioError> {
        let mut first = self.tenant(0);
        for (index, customer) in opening.customers.iter().enumerate() {
            first.seed_customer(customer).map_err(at("customers", index))?;
        }
        let payments = &opening.payments;
        let reserved: Vec<&str> = payments
            .iter()
            .filter_map(|payment| payment.id.as_deref())
            .collect();
        let (now, mut concepts) = (first.provider.now(), BTreeSet::new());
        for (index, payment) in by_time(payments, |payment| payment.created_at.unwrap_or(now)) {
            let at = at("payments", index);
            first.seed_payment(payment, &reserved).map_err(&at)?;
            if let Some(concept) = payment.concept.filter(|concept| !concepts.insert(*concept)) {
                let (rule, cure) = (
                    format!("`{concept}` is the concept of another payment"),
                    "write another, or leave it out",
                );
                return Err(at(SeedMisfit {
                    field: "concept",
                    rule,
                    cure,
                }));
            }
        }
        for (index, offramp) in opening.offramps.iter().enumerate() {
            first.seed_offramp(offramp).map_err(at("offramps", index))?;
        }
        for (index, credit) in by_time(&opening.credits, |credit| credit.booked_at.unwrap_or(now)) {
            first.seed_credit(credit).map_err(at("bank_credits", index))?;
        }
        let (own, faults) = (first.own, &mut first.provider.faults);
        for outage in &opening.outages {
            own.set_outage(*outage, true);
        }
        for method in &opening.barred_methods {
            own.bar_method(method, true);
        }
        own.whitelisted = !opening.off_the_whitelist;
        let subscriptions = opening.subscriptions.iter();
        own.subscriptions
            .extend(subscriptions.map(|(event, url)| ((*event).to_owned(), url.clone())));
        for (operation, fault, times) in &opening.faults {
            faults.calls.arm(operation, fault.clone(), *times);
        }
        for (event, fault, times) in &opening.webhook_faults {
            faults.events.arm(event, *fault, *times);
        }
        for (fault, times) in &opening.transfer_faults {
            faults.transfers.arm("*", *fault, *times);
        }
        Ok(())
    }
}
