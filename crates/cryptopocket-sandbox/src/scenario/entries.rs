//! Checks of a scenario's entries.

use cryptopocket_emulator::server::{EVENT_TYPES, NewCustomer, SeedCredit, SeedCustomer, is_email, is_url};
use cryptopocket_emulator::{
    BankCredit, Fault, Moment, ROUTES, Reinforcement, Times, TransferFault, WebhookFault,
};

use super::checked::{Check, Checked, Result, known, misfit};
use super::file::{
    CreditEntry, CustomerEntry, FaultEntry, SubscriptionEntry, TransferFaultEntry, WebhookFaultEntry,
};

impl Checked for SeedCustomer {
    type Entry = CustomerEntry;

    fn check(entry: CustomerEntry) -> Result<Self> {
        if !is_email(&entry.email) {
            let rule = format!("`{}` is no mail address", entry.email);
            return misfit("email", rule, "write one such as ana@example.com");
        }
        if entry.name.trim().is_empty() {
            return misfit("name", "a customer has a name", "write one such as Ana");
        }
        if let Some(country) = &entry.country
            && (country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            let rule = format!("`{country}` is no country");
            return misfit("country", rule, "write two capital letters, such as ES");
        }
        let reinforcement = match entry.enhanced.as_deref() {
            None => None,
            Some("asked") => Some(Reinforcement::Asked),
            Some("done") => Some(Reinforcement::Done),
            Some(other) => {
                let rule = format!("`{other}` is no state of it");
                return misfit("enhanced", rule, "use `asked` or `done`");
            }
        };
        Ok(Self {
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
}

impl Checked for SeedCredit {
    type Entry = CreditEntry;

    fn check(entry: CreditEntry) -> Result<Self> {
        let Check(amount) = entry.amount;
        let mut credit = BankCredit::new(amount);
        if let Some(concept) = entry.concept {
            credit = credit.concept(concept);
        }
        if let Some(id) = entry.end_to_end_id {
            credit = credit.end_to_end_id(id);
        }
        if let Some(payment) = entry.meant_for {
            credit = credit.meant_for(payment);
        }
        if let Some(iban) = &entry.payer_iban {
            credit = credit.payer_iban(iban);
        }
        if let Some(name) = entry.payer_name {
            credit = credit.payer(name, entry.payer_iban.as_deref());
        }
        let booked_at = entry.booked_at.map(|Check(time)| Moment::from(time));
        Ok(Self { credit, booked_at })
    }
}

/// An event type and the URL it is posted to.
pub(super) type Subscription = (&'static str, String);

impl Checked for Subscription {
    type Entry = SubscriptionEntry;

    fn check(entry: SubscriptionEntry) -> Result<Self> {
        let event = known("event", "event", &entry.event, EVENT_TYPES)?;
        if !is_url(&entry.url) {
            let rule = format!("`{}` is no URL", entry.url);
            return misfit("url", rule, "write one such as http://127.0.0.1:9000/hook");
        }
        Ok((event, entry.url))
    }
}

/// A fault and how often it strikes.
pub(super) type Armed<F> = (F, Times);
/// A fault of calls, with its operation.
pub(super) type ArmedCall = (String, Fault, Times);
/// A fault of webhooks, with its event type.
pub(super) type ArmedWebhook = (String, WebhookFault, Times);

impl Checked for ArmedCall {
    type Entry = FaultEntry;

    fn check(entry: FaultEntry) -> Result<Self> {
        let operations: Vec<&'static str> = ROUTES.iter().map(|route| route.operation).collect();
        let operation = target("operation", entry.operation.as_deref(), &operations)?;
        let fault = Fault::read(&entry.fault, entry.detail.as_deref())?;
        Ok((operation, fault, times(entry.skip, entry.times)?))
    }
}

impl Checked for ArmedWebhook {
    type Entry = WebhookFaultEntry;

    fn check(entry: WebhookFaultEntry) -> Result<Self> {
        let event = target("event", entry.event.as_deref(), EVENT_TYPES)?;
        let fault = WebhookFault::read(&entry.fault, entry.detail.as_deref())?;
        Ok((event, fault, times(entry.skip, entry.times)?))
    }
}

impl Checked for Armed<TransferFault> {
    type Entry = TransferFaultEntry;

    fn check(entry: TransferFaultEntry) -> Result<Self> {
        let fault = TransferFault::read(&entry.fault, entry.detail.as_deref())?;
        Ok((fault, times(entry.skip, entry.times)?))
    }
}

/// What a fault strikes; `*` for any.
fn target(field: &'static str, word: Option<&str>, words: &[&'static str]) -> Result<String> {
    match word {
        None | Some("*") => Ok("*".to_owned()),
        Some(word) => known(field, field, word, words).map(str::to_owned),
    }
}

fn times(skip: Option<u32>, strike: Option<u32>) -> Result<Times> {
    if strike == Some(0) {
        let cure = "write how many suffer it, from 1 on, or leave the fault out";
        return misfit("times", "a fault that strikes 0 times never strikes", cure);
    }
    Ok(Times {
        skip: skip.unwrap_or(0),
        strike: strike.unwrap_or(1),
    })
}
