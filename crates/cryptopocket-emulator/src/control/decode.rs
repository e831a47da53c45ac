//! Commands read from a path and the JSON object in the body.

use cryptopocket_types::Decimal;

use super::Refusal;
use crate::catalogue::{EVENT_TYPES, GUIDED_TYPES, PAYMENT_TYPES};
use crate::command::{Command, LONGEST_LEAP};
use crate::engine::Engine;
use crate::error::CommandError;
use crate::faults::{Fault, Misfit, Times, TransferFault, WebhookFault};
use crate::fields::{Fields, invalid, refusal};
use crate::outage::{Outage, UnknownOutage};
use crate::records::BankCredit;
use crate::request::Request;
use crate::routes::operations;
use crate::suggest::shortened;
use crate::wire::Failure;

/// The fields that a path takes, in the order in which messages list them.
fn fields_of(path: &[&str]) -> &'static [&'static str] {
    match path {
        ["customers", _, "kyc"] | [_, _, "status"] => &["status"],
        ["customers", _, "ban"] => &["banned"],
        ["customers", _, "verification"] => &["reject"],
        ["payments", _, "method"] => &["payment_type", "wallet"],
        ["payments", _, "pay"] => &["holder", "wallet"],
        ["offramps", _, "deposit"] => &["amount"],
        ["clock", "advance"] => &["seconds"],
        ["bank", "credits"] => &[
            "amount",
            "iban",
            "concept",
            "payer_name",
            "payer_iban",
            "end_to_end_id",
            "meant_for",
            "api_key",
        ],
        ["bank", "reconcile"] => &["payment_id", "transaction_id", "api_key"],
        ["whitelist"] => &["listed", "api_key"],
        ["methods"] => &["payment_type", "barred", "api_key"],
        ["outages"] => &["part", "down", "api_key"],
        ["faults"] => &["operation", "fault", "detail", "times", "skip"],
        ["webhook-faults"] => &["event", "fault", "detail", "times", "skip"],
        ["transfer-faults"] => &["fault", "detail", "times", "skip"],
        _ => &[],
    }
}

pub(super) fn decode(engine: &Engine, request: &Request, path: &[&str]) -> Result<Command, Refusal> {
    if path == ["scenario"] {
        return scenario(engine, request);
    }
    let disarm = request.method.as_str() == "DELETE";
    if disarm && request.body.is_empty() {
        return Ok(Command::ClearFaults);
    }
    let mut input = Fields::json(request)?;
    input.only(if disarm { &[] } else { fields_of(path) })?;
    let command = match path {
        ["faults"] if disarm => Command::ClearFaults,
        ["customers", user, step] => of_customer(&mut input, user, step)?,
        ["payments", payment, step] => of_payment(&mut input, (*payment).to_owned(), step)?,
        ["offramps", offramp, step] => of_offramp(&mut input, offramp, step)?,
        ["faults" | "webhook-faults" | "transfer-faults"] => fault(&mut input, path)?,
        ["bank", "credits"] => {
            let api_key = api_key(engine, &mut input)?;
            input.require("amount");
            let amount: Decimal = input.signed("amount").unwrap_or_default();
            let mut credit = BankCredit::new(amount);
            credit.iban = input.text("iban", 42);
            credit.concept = input.id("concept");
            credit.payer_name = input.text("payer_name", 255);
            credit.payer_iban = input.text("payer_iban", 42);
            credit.end_to_end_id = input.text("end_to_end_id", 64);
            credit.meant_for = input.id("meant_for");
            Command::CreditBank { credit, api_key }
        }
        ["bank", "reconcile"] => Command::Reconcile {
            api_key: api_key(engine, &mut input)?,
            payment: input.required_text("payment_id", 255).trim().to_owned(),
            transaction: input.required_text("transaction_id", 255).trim().to_owned(),
        },
        ["clock", "advance"] => {
            input.require("seconds");
            let seconds = input.within("seconds", 0..=LONGEST_LEAP).unwrap_or(0);
            Command::AdvanceClock { seconds }
        }
        ["whitelist"] => Command::SetWhitelisted {
            api_key: api_key(engine, &mut input)?,
            listed: input.flag("listed"),
        },
        ["methods"] => Command::BarMethod {
            api_key: api_key(engine, &mut input)?,
            payment_type: required_word(&mut input, "payment_type", "payment method", PAYMENT_TYPES),
            barred: input.flag("barred"),
        },
        ["outages"] => outage(engine, &mut input)?,
        ["tokens", "expire"] => Command::ExpireTokens,
        ["deliveries", id, "redeliver"] => Command::Redeliver {
            delivery: number("a delivery", id)?,
        },
        ["integrations"] => Command::AddIntegration,
        ["reset"] => Command::Reset,
        _ => return Err(Refusal::NoSuchCall),
    };
    input.check()?;
    Ok(command)
}

fn of_customer(input: &mut Fields<'_>, user: &str, step: &str) -> Result<Command, Refusal> {
    let status = (step == "kyc").then(|| input.required_text("status", 64));
    let flag = match step {
        "ban" => input.flag("banned"),
        "verification" if input.has("reject") => input.flag("reject"),
        _ => false,
    };
    input.check()?;
    let user = number("a customer", user)?;
    Ok(match (step, status) {
        ("kyc", Some(status)) => Command::SetKyc { user, status },
        ("ban", _) => Command::Ban { user, banned: flag },
        ("verification", _) => Command::SubmitVerification { user, reject: flag },
        ("declaration", _) => Command::SubmitDeclaration { user },
        _ => return Err(Refusal::NoSuchCall),
    })
}

fn of_payment(input: &mut Fields<'_>, payment: String, step: &str) -> Result<Command, Refusal> {
    Ok(match step {
        "method" => Command::ChooseMethod {
            payment,
            payment_type: required_word(input, "payment_type", "payment method", GUIDED_TYPES),
            wallet: input.text("wallet", 128),
        },
        "pay" => Command::Pay {
            payment,
            holder: input.text("holder", 255),
            wallet: input.text("wallet", 128),
        },
        "fail" => Command::FailPayment { payment },
        "transfer" => Command::PayTransfer { payment },
        "announce" => Command::AnnounceTransfer { payment },
        "coins" => Command::SendCoins { payment },
        "status" => Command::SetPaymentStatus {
            payment,
            status: input.required_text("status", 64),
        },
        _ => return Err(Refusal::NoSuchCall),
    })
}

fn of_offramp(input: &mut Fields<'_>, offramp: &str, step: &str) -> Result<Command, Refusal> {
    let amount = input.signed("amount");
    let status = (step == "status").then(|| input.required_text("status", 64));
    input.check()?;
    let offramp = number("an off-ramp", offramp)?;
    Ok(match (step, status) {
        ("deposit", _) => Command::Deposit { offramp, amount },
        ("payout", _) => Command::PayOut { offramp },
        ("status", Some(status)) => Command::SetOfframpStatus { offramp, status },
        _ => return Err(Refusal::NoSuchCall),
    })
}

fn outage(engine: &Engine, input: &mut Fields<'_>) -> Result<Command, Refusal> {
    let api_key = api_key(engine, input)?;
    let (part, down) = (input.required_text("part", 64), input.flag("down"));
    input.check()?;
    let part: Outage = part.parse().map_err(|error: UnknownOutage| {
        let rule = format!("`{}` is not known", shortened(&part));
        refusal("part", &rule, &error.to_string())
    })?;
    Ok(Command::SetOutage { part, down, api_key })
}

fn fault(input: &mut Fields<'_>, path: &[&str]) -> Result<Command, Refusal> {
    Ok(match path {
        ["faults"] => {
            let (fault, times, operation) = armed(input, Fault::read, Some(("operation", &operations())))?;
            Command::ArmFault {
                operation,
                fault,
                times,
            }
        }
        ["webhook-faults"] => {
            let events = [EVENT_TYPES, &["*"]].concat();
            let (fault, times, event) = armed(input, WebhookFault::read, Some(("event", &events)))?;
            Command::ArmWebhookFault { event, fault, times }
        }
        _ => {
            let (fault, times, _) = armed(input, TransferFault::read, None)?;
            Command::ArmTransferFault { fault, times }
        }
    })
}

/// A fault, how often it strikes, and the word for what it strikes, by default `*`.
fn armed<F>(
    input: &mut Fields<'_>,
    read: impl Fn(&str, Option<&str>) -> Result<F, Misfit>,
    target: Option<(&str, &[&str])>,
) -> Result<(F, Times, String), Failure> {
    let (name, detail) = (input.required_text("fault", 64), input.id("detail"));
    let most = u64::from(u32::MAX);
    let count = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
    let times = Times {
        skip: count(input.within("skip", 0..=most)).unwrap_or(0),
        strike: count(input.within("times", 1..=most)).unwrap_or(1),
    };
    let word = target.and_then(|(field, words)| input.word(field, field, words).map(str::to_owned));
    input.check()?;
    let fault = read(&name, detail.as_deref())
        .map_err(|Misfit { field, rule, cure }| refusal(field, &rule, &cure))?;
    Ok((fault, times, word.unwrap_or_else(|| "*".to_owned())))
}

/// The scenario is the body, as YAML or JSON.
fn scenario(engine: &Engine, request: &Request) -> Result<Command, Refusal> {
    let text =
        std::str::from_utf8(&request.body).map_err(|_| invalid("body", "The scenario must be text."))?;
    let scenario = engine
        .read_scenario(text)
        .map_err(|error| CommandError::Invalid(error.to_string()))?;
    Ok(Command::Restage(Box::new(scenario)))
}

fn required_word(input: &mut Fields<'_>, name: &str, what: &str, words: &[&str]) -> String {
    input.require(name);
    input.word(name, what, words).unwrap_or_default().to_owned()
}

/// The key of an integration, refused before anything else if there is none with it.
fn api_key(engine: &Engine, input: &mut Fields<'_>) -> Result<Option<String>, Failure> {
    let Some(key) = input.text("api_key", 255) else {
        return Ok(None);
    };
    if engine.integrations().iter().any(|one| one.key == key) {
        return Ok(Some(key));
    }
    let rule = format!("`{}` is the key of no integration", shortened(&key));
    let cure = "use one that `GET state` lists, or leave it out for the first";
    Err(refusal("api_key", &rule, cure))
}

/// The number in a path that names a `what`.
pub(super) fn number(what: &str, text: &str) -> Result<u64, CommandError> {
    text.parse().map_err(|_| {
        let text = shortened(text);
        CommandError::Invalid(format!(
            "path: `{text}` is no id of {what}; write the number that the emulator gave it"
        ))
    })
}
