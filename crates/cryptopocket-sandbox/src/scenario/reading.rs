//! From what is written to what is meant: every value is looked at, and refused where it stands.

use std::str::FromStr;
use std::time::Duration;

use cryptopocket_emulator::server::{
    EVENT_TYPES, Misfit, NewCustomer, Opening, PAYMENT_TYPES, Scenario, SeedCredit, SeedCustomer, is_email,
    is_url,
};
use cryptopocket_emulator::{
    BankCredit, Engine, Fault, Limits, Moment, Outage, ROUTES, Reinforcement, Settings, Speed, Times,
    TransferFault, WebhookFault,
};
use cryptopocket_types::{Decimal, Timestamp};

use super::ScenarioError;
use super::file::{Amount, CreditEntry, CustomerEntry, File, LimitsEntry, SubscriptionEntry, Text};
use super::purchases;

pub(super) type Result<T> = std::result::Result<T, ScenarioError>;

pub(super) fn read(file: File, source: &str) -> Result<Scenario> {
    let scenario = Scenario {
        source: source.into(),
        seed: file.seed,
        speed: file
            .speed
            .map(|text| parsed::<Speed>("speed", &text))
            .transpose()?,
        start_at: file.start_at.map(|text| moment("start_at", &text)).transpose()?,
        token_life: file.token_life.map(token_life).transpose()?,
        limits: limits(&file.limits)?,
        opening: Opening {
            off_the_whitelist: file.whitelisted == Some(false),
            barred_methods: each("barred_methods", file.barred_methods, |place, text| {
                known(place, "payment method", &text, PAYMENT_TYPES).map(str::to_owned)
            })?,
            outages: each("outages", file.outages, |place, text| {
                parsed::<Outage>(place, &text)
            })?,
            customers: each("customers", file.customers, customer)?,
            payments: each("payments", file.payments, purchases::payment)?,
            offramps: each("offramps", file.offramps, purchases::offramp)?,
            credits: each("bank_credits", file.bank_credits, credit)?,
            subscriptions: each("subscriptions", file.subscriptions, subscription)?,
            faults: each("faults", file.faults, |place, one| {
                let on = operation(place, one.operation)?;
                let fault = fault(place, &one.fault, one.detail.as_ref(), Fault::read)?;
                Ok((on, fault, times(place, one.skip, one.times)?))
            })?,
            webhook_faults: each("webhook_faults", file.webhook_faults, |place, one| {
                let on = match one.event {
                    Some(event) if event != "*" => {
                        known(&format!("{place}.event"), "event", &event, EVENT_TYPES)?.to_owned()
                    }
                    _ => "*".to_owned(),
                };
                let fault = fault(place, &one.fault, one.detail.as_ref(), WebhookFault::read)?;
                Ok((on, fault, times(place, one.skip, one.times)?))
            })?,
            transfer_faults: each("transfer_faults", file.transfer_faults, |place, one| {
                let fault = fault(place, &one.fault, one.detail.as_ref(), TransferFault::read)?;
                Ok((fault, times(place, one.skip, one.times)?))
            })?,
        },
    };
    rehearse(&scenario)?;
    Ok(scenario)
}

fn token_life(seconds: u64) -> Result<Duration> {
    if seconds == 0 {
        let rule = "a token that lives no time is always refused";
        return Err(ScenarioError::new("token_life", rule, "write 1 or more seconds"));
    }
    Ok(Duration::from_secs(seconds))
}

/// Plays the opening once, so that what no single value shows is found here and not when the emulator starts.
fn rehearse(scenario: &Scenario) -> Result<()> {
    let mut settings = Settings::new(1);
    settings.speed = Speed::Manual;
    settings.limits = scenario.limits.clone();
    Engine::with(settings).open(&scenario.opening)
}

/// Reads every entry of a list by its own place.
fn each<T, U>(list: &str, entries: Vec<T>, read: impl Fn(&str, T) -> Result<U>) -> Result<Vec<U>> {
    let entries = entries.into_iter().enumerate();
    entries
        .map(|(place, entry)| read(&format!("{list}[{place}]"), entry))
        .collect()
}

fn parsed<T: FromStr<Err: std::fmt::Display>>(place: &str, text: &str) -> Result<T> {
    text.parse()
        .map_err(|cure| ScenarioError::new(place, format!("`{text}` is not known"), format!("{cure}")))
}

pub(super) fn moment(place: &str, text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| {
        let cure = "write it as RFC 3339, such as 2026-06-26T09:00:00Z";
        ScenarioError::new(place, format!("`{text}` is no time"), cure)
    })
}

pub(super) fn known(place: &str, what: &str, text: &str, values: &[&'static str]) -> Result<&'static str> {
    values
        .iter()
        .copied()
        .find(|value| *value == text)
        .ok_or_else(|| {
            let cure = format!("use one of {}", values.join(", "));
            ScenarioError::new(place, format!("`{text}` is no {what}"), cure)
        })
}

pub(super) fn amount(place: &str, Amount(text): &Amount) -> Result<Decimal> {
    text.parse().map_err(|_| {
        let cure = "write digits, and a point before the cents";
        ScenarioError::new(place, format!("`{text}` is no amount"), cure)
    })
}

fn limits(entry: &LimitsEntry) -> Result<Limits> {
    let limit = |name: &str, given: &Option<Amount>, default: Decimal| match given {
        Some(given) => {
            let place = format!("limits.{name}");
            let limit = amount(&place, given)?;
            if limit.is_negative() {
                let rule = format!("`{limit}` is below zero");
                return Err(ScenarioError::new(place, rule, "write 0 or more"));
            }
            Ok(limit)
        }
        None => Ok(default),
    };
    let default = Limits::default();
    Ok(Limits {
        min_purchase: limit("min_purchase", &entry.min_purchase, default.min_purchase)?,
        card_per_quarter: limit(
            "card_per_quarter",
            &entry.card_per_quarter,
            default.card_per_quarter,
        )?,
        reinforced_above: limit(
            "reinforced_above",
            &entry.reinforced_above,
            default.reinforced_above,
        )?,
    })
}

fn customer(place: &str, entry: CustomerEntry) -> Result<SeedCustomer> {
    let field = |name: &str| format!("{place}.{name}");
    if !is_email(&entry.email) {
        let rule = format!("`{}` is no mail address", entry.email);
        return Err(ScenarioError::new(
            field("email"),
            rule,
            "write one such as ana@example.com",
        ));
    }
    if entry.name.trim().is_empty() {
        let rule = "a customer has a name";
        return Err(ScenarioError::new(field("name"), rule, "write one such as Ana"));
    }
    if let Some(country) = &entry.country
        && (country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()))
    {
        let rule = format!("`{country}` is no country");
        return Err(ScenarioError::new(
            field("country"),
            rule,
            "write two capital letters, such as ES",
        ));
    }
    let reinforcement = match entry.enhanced.as_deref() {
        None => None,
        Some("asked") => Some(Reinforcement::Asked),
        Some("done") => Some(Reinforcement::Done),
        Some(other) => {
            let rule = format!("`{other}` is no state of it");
            return Err(ScenarioError::new(
                field("enhanced"),
                rule,
                "use `asked` or `done`",
            ));
        }
    };
    Ok(SeedCustomer {
        new: NewCustomer {
            company: entry.company,
            external_id: entry.external_id.map(|text| text.0),
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

fn credit(place: &str, entry: CreditEntry) -> Result<SeedCredit> {
    let meant_for = entry.meant_for.map(|text| text.0);
    let booked_at = entry.booked_at.as_deref();
    let booked_at = booked_at.map(|text| moment(&format!("{place}.booked_at"), text));
    let booked_at = booked_at.transpose()?.map(Moment::from);
    let mut credit = BankCredit::new(amount(&format!("{place}.amount"), &entry.amount)?);
    if let Some(concept) = entry.concept {
        credit = credit.concept(concept.0);
    }
    if let Some(id) = entry.end_to_end_id {
        credit = credit.end_to_end_id(id.0);
    }
    if let Some(payment) = meant_for {
        credit = credit.meant_for(payment);
    }
    if let Some(iban) = &entry.payer_iban {
        credit = credit.payer_iban(iban);
    }
    if let Some(name) = entry.payer_name {
        credit = credit.payer(name, entry.payer_iban.as_deref());
    }
    Ok(SeedCredit { credit, booked_at })
}

fn subscription(place: &str, entry: SubscriptionEntry) -> Result<(&'static str, String)> {
    let event = known(&format!("{place}.event"), "event", &entry.event, EVENT_TYPES)?;
    if !is_url(&entry.url) {
        let rule = format!("`{}` is no URL", entry.url);
        let cure = "write one such as http://127.0.0.1:9000/hook";
        return Err(ScenarioError::new(format!("{place}.url"), rule, cure));
    }
    Ok((event, entry.url))
}

fn operation(place: &str, name: Option<String>) -> Result<String> {
    let names: Vec<&'static str> = ROUTES.iter().map(|route| route.operation).collect();
    match name {
        Some(name) if name != "*" => {
            known(&format!("{place}.operation"), "operation", &name, &names).map(str::to_owned)
        }
        _ => Ok("*".to_owned()),
    }
}

fn fault<F>(
    place: &str,
    name: &str,
    detail: Option<&Text>,
    read: impl Fn(&str, Option<&str>) -> std::result::Result<F, Misfit>,
) -> Result<F> {
    let detail = detail.map(|text| text.0.as_str());
    read(name, detail)
        .map_err(|Misfit { field, rule, cure }| ScenarioError::new(format!("{place}.{field}"), rule, cure))
}

fn times(place: &str, skip: Option<u32>, strike: Option<u32>) -> Result<Times> {
    if strike == Some(0) {
        let cure = "write how many suffer it, from 1 on, or leave the fault out";
        return Err(ScenarioError::new(
            format!("{place}.times"),
            "a fault that strikes 0 times never strikes",
            cure,
        ));
    }
    Ok(Times {
        skip: skip.unwrap_or(0),
        strike: strike.unwrap_or(1),
    })
}
