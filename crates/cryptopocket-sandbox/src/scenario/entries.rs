//! Checks of a scenario's customers, bank credits, subscriptions and faults.

use cryptopocket_emulator::server::{EVENT_TYPES, NewCustomer, SeedCredit, SeedCustomer, is_email, is_url};
use cryptopocket_emulator::{
    BankCredit, Fault, Moment, ROUTES, Reinforcement, Times, TransferFault, WebhookFault,
};

use super::file::{
    CreditEntry, CustomerEntry, FaultEntry, SubscriptionEntry, TransferFaultEntry, WebhookFaultEntry,
};
use super::values::{Result, amount, known, misfit, time};

pub(super) fn customer(entry: CustomerEntry) -> Result<SeedCustomer> {
    if !is_email(&entry.email) {
        let rule = format!("`{}` is not an e-mail address", entry.email);
        return misfit("email", rule, "write one such as ana@example.com");
    }
    if entry.name.trim().is_empty() {
        return misfit("name", "the name is empty", "write one such as Ana");
    }
    if let Some(country) = &entry.country
        && (country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()))
    {
        let rule = format!("`{country}` is not a country code");
        return misfit("country", rule, "write two capital letters, such as ES");
    }
    let reinforcement = match entry.enhanced.as_deref() {
        None => None,
        Some("asked") => Some(Reinforcement::Asked),
        Some("done") => Some(Reinforcement::Done),
        Some(other) => {
            let rule = format!("`{other}` is not a state of the enhanced verification");
            return misfit("enhanced", rule, "use `asked` or `done`");
        }
    };
    Ok(SeedCustomer {
        new: NewCustomer {
            company: entry.company,
            external_id: entry.external_id,
            name: entry.name,
            last_name: entry.last_name,
            email: entry.email,
            country: entry.country,
            callback_url: None,
        },
        kyc: entry.kyc,
        banned: entry.banned,
        reinforcement,
    })
}

pub(super) fn credit(entry: CreditEntry) -> Result<SeedCredit> {
    let mut credit = BankCredit::new(amount("amount", &entry.amount)?);
    credit.concept = entry.concept;
    credit.payer_name = entry.payer_name;
    credit.payer_iban = entry.payer_iban;
    credit.end_to_end_id = entry.end_to_end_id;
    credit.meant_for = entry.meant_for;
    let booked_at = time("booked_at", entry.booked_at.as_deref())?.map(Moment::from);
    Ok(SeedCredit { credit, booked_at })
}

/// An event type and the URL it is posted to.
pub(super) fn subscription(entry: SubscriptionEntry) -> Result<(&'static str, String)> {
    let event = known("event", "event", &entry.event, EVENT_TYPES)?;
    if !is_url(&entry.url) {
        let rule = format!("`{}` is not a URL", entry.url);
        return misfit("url", rule, "write one such as http://127.0.0.1:9000/hook");
    }
    Ok((event, entry.url))
}

pub(super) fn call_fault(entry: FaultEntry) -> Result<(String, Fault, Times)> {
    let operations: Vec<&'static str> = ROUTES.iter().map(|route| route.operation).collect();
    let operation = target("operation", entry.operation, &operations)?;
    let fault = Fault::read(&entry.fault, entry.detail.as_deref())?;
    Ok((operation, fault, times(entry.skip, entry.times)?))
}

pub(super) fn webhook_fault(entry: WebhookFaultEntry) -> Result<(String, WebhookFault, Times)> {
    let event = target("event", entry.event, EVENT_TYPES)?;
    let fault = WebhookFault::read(&entry.fault, entry.detail.as_deref())?;
    Ok((event, fault, times(entry.skip, entry.times)?))
}

pub(super) fn transfer_fault(entry: &TransferFaultEntry) -> Result<(TransferFault, Times)> {
    let fault = TransferFault::read(&entry.fault, entry.detail.as_deref())?;
    Ok((fault, times(entry.skip, entry.times)?))
}

/// The operation or event that a fault strikes; `*` for any.
fn target(field: &'static str, word: Option<String>, words: &[&'static str]) -> Result<String> {
    let word = word.unwrap_or_else(|| "*".to_owned());
    if word != "*" {
        known(field, field, &word, words)?;
    }
    Ok(word)
}

fn times(skip: Option<u32>, strike: Option<u32>) -> Result<Times> {
    if strike == Some(0) {
        let cure = "write 1 or more, or leave the fault out";
        return misfit("times", "a fault that strikes 0 times never strikes", cure);
    }
    Ok(Times {
        skip: skip.unwrap_or(0),
        strike: strike.unwrap_or(1),
    })
}
