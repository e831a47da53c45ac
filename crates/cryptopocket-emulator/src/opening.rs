//! Opening an engine with the records of a scenario.

use crate::catalogue::{EVENT_TYPES, PAYMENT_TYPES};
use crate::engine::Engine;
use crate::error::{Misfit, known, wrong};
use crate::integration::seeding::Reserved;
use crate::moment::Moment;
use crate::records::BankCredit;
use crate::scenario::values::{Result, parsed, time};
use crate::scenario::{PaymentEntry, Scenario};
use crate::shapes::is_url;

/// Adds to an error the entry in which it is.
fn at(list: &str, index: usize) -> impl Fn(Misfit) -> Misfit {
    move |error| error.within(&format!("{list}[{index}]"))
}

/// Carries out a step for each entry of a list.
fn each<E>(list: &str, entries: &[E], mut step: impl FnMut(&E) -> Result<()>) -> Result<()> {
    let mut entries = entries.iter().enumerate();
    entries.try_for_each(|(index, entry)| step(entry).map_err(at(list, index)))
}

/// Like [`each`], the earliest entry first: records are created in the order of their times.
fn each_by_time<E>(
    list: &str,
    entries: &[E],
    time: impl Fn(&E) -> Result<Moment>,
    mut step: impl FnMut(&E, Moment) -> Result<()>,
) -> Result<()> {
    let mut timed = Vec::new();
    each(list, entries, |entry| {
        timed.push((time(entry)?, timed.len()));
        Ok(())
    })?;
    timed.sort_unstable();
    let mut timed = timed.into_iter();
    timed.try_for_each(|(time, index)| step(&entries[index], time).map_err(at(list, index)))
}

impl Engine {
    /// Checks the entries of a scenario and adds them.
    pub(crate) fn open(&mut self, scenario: &Scenario) -> Result<()> {
        let (file, mut first) = (&scenario.file, self.tenant(0));
        let now = first.provider.now();
        let moment =
            |field, text: &Option<String>| Ok(time(field, text.as_deref())?.map_or(now, Moment::from));
        each("customers", &file.customers, |entry| first.seed_customer(entry))?;
        let payments = file.payments.iter();
        let reserved = Reserved {
            ids: payments.clone().filter_map(|entry| entry.id.as_deref()).collect(),
            concepts: payments.filter_map(|entry| entry.concept).collect(),
        };
        let created_at = |entry: &PaymentEntry| moment("created_at", &entry.created_at);
        each_by_time("payments", &file.payments, created_at, |entry, time| {
            first.seed_payment(entry, time, &reserved)
        })?;
        each("offramps", &file.offramps, |entry| first.seed_offramp(entry))?;
        let booked_at = |entry: &BankCredit| moment("booked_at", &entry.booked_at);
        each_by_time("bank_credits", &file.bank_credits, booked_at, |entry, time| {
            first.seed_credit(entry, time)
        })?;
        let (own, faults) = (first.own, &mut first.provider.faults);
        each("outages", &file.outages, |name| {
            own.outages.insert(parsed("", name)?);
            Ok(())
        })?;
        each("barred_methods", &file.barred_methods, |name| {
            known("", "payment method", name, PAYMENT_TYPES)?;
            own.barred_methods.insert(name.clone());
            Ok(())
        })?;
        own.whitelisted = file.whitelisted != Some(false);
        each("subscriptions", &file.subscriptions, |entry| {
            known("event", "event", &entry.event, EVENT_TYPES)?;
            if !is_url(&entry.url) {
                let rule = format!("`{}` is not a URL", entry.url);
                return wrong("url", rule, "write one such as http://127.0.0.1:9000/hook");
            }
            own.subscriptions.insert(entry.event.clone(), entry.url.clone());
            Ok(())
        })?;
        each("faults", &file.faults, |entry| entry.arm(&mut faults.calls))?;
        each("webhook_faults", &file.webhook_faults, |entry| {
            entry.arm(&mut faults.events)
        })?;
        each("transfer_faults", &file.transfer_faults, |entry| {
            entry.arm(&mut faults.transfers)
        })
    }
}
