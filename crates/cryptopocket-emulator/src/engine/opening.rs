//! Adding the records of a scenario.

use std::collections::BTreeSet;

use super::Engine;
use crate::moment::Moment;
use crate::scenario::{Misfit, Opening, ScenarioError};

/// Entries with their indexes in the file, the earliest first: records are created in the order of their times.
fn by_time<T>(entries: &[T], at: impl Fn(&T) -> Moment) -> Vec<(usize, &T)> {
    let mut entries: Vec<_> = entries.iter().enumerate().collect();
    entries.sort_by_key(|(_, entry)| at(entry));
    entries
}

/// Names the entry that a misfit is in.
fn at(list: &str, index: usize) -> impl Fn(Misfit) -> ScenarioError {
    move |Misfit { field, rule, cure }| ScenarioError::new(format!("{list}[{index}].{field}"), rule, cure)
}

impl Engine {
    /// Adds the records of an opening, or says which entry cannot be added. Reading a scenario rehearses this.
    pub fn open(&mut self, opening: &Opening) -> Result<(), ScenarioError> {
        let (provider, first) = (&mut self.provider, &mut self.integrations[0]);
        for (index, customer) in opening.customers.iter().enumerate() {
            first
                .seed_customer(provider, customer)
                .map_err(at("customers", index))?;
        }
        let reserved: Vec<&str> = opening
            .payments
            .iter()
            .filter_map(|payment| payment.id.as_deref())
            .collect();
        let (now, mut concepts) = (provider.now(), BTreeSet::new());
        for (index, payment) in by_time(&opening.payments, |payment| payment.created_at.unwrap_or(now)) {
            first
                .seed_payment(provider, payment, &reserved)
                .map_err(at("payments", index))?;
            if let Some(concept) = payment.concept.filter(|concept| !concepts.insert(*concept)) {
                return Err(at("payments", index)(Misfit {
                    field: "concept",
                    rule: format!("`{concept}` is the concept of another payment"),
                    cure: "write another, or leave it out",
                }));
            }
        }
        for (index, offramp) in opening.offramps.iter().enumerate() {
            first
                .seed_offramp(provider, offramp)
                .map_err(at("offramps", index))?;
        }
        for (index, credit) in by_time(&opening.credits, |credit| credit.booked_at.unwrap_or(now)) {
            first
                .seed_credit(provider, credit)
                .map_err(at("bank_credits", index))?;
        }
        for outage in &opening.outages {
            first.set_outage(*outage, true);
        }
        for method in &opening.barred_methods {
            first.bar_method(method, true);
        }
        first.whitelisted = !opening.off_the_whitelist;
        first.subscriptions.extend(opening.subscriptions.iter().cloned());
        for (operation, fault, times) in &opening.faults {
            provider.faults.arm(operation, fault.clone(), *times);
        }
        for (event, fault, times) in &opening.webhook_faults {
            provider.faults.arm_event(event, *fault, *times);
        }
        for (fault, times) in &opening.transfer_faults {
            provider.faults.arm_transfer(*fault, *times);
        }
        Ok(())
    }
}
