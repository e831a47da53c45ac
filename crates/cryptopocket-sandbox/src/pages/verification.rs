//! The verification of a person (KYC) or a company (KYB).

use askama::Template;
use cryptopocket_emulator::server::{Fields, Link};
use cryptopocket_emulator::{Command, Customer, Engine, Reply};

use super::form::Answers;
use super::layout::{Outcome, gone, page};

const COMPANY: &[&str] = &["password", "registration_number", "representative"];
const PERSON: &[&str] = &["full_name", "birth_date", "document_number"];
const UNDER_REVIEW: &str = "The form was submitted and is under review.";

#[derive(Debug, Template)]
#[template(path = "pages/verification.html")]
struct Verification<'a> {
    customer: &'a Customer,
    answers: Answers<'a>,
}

pub(super) fn visit(engine: &mut Engine, token: &str, company: bool, form: Option<Fields<'_>>) -> Reply {
    let Some(Link::Verification { user, .. }) = engine.link(token).cloned() else {
        return gone();
    };
    let now = engine.now();
    let customer = engine.customer(user).map(|(_, customer)| customer);
    let valid = customer.filter(|customer| customer.company == company && customer.page_until > now);
    let Some(customer) = valid.cloned() else {
        return gone();
    };
    match form {
        None => show(200, &customer, Answers::default()),
        Some(form) => submit(engine, &customer, form),
    }
}

fn show(status: u16, customer: &Customer, answers: Answers<'_>) -> Reply {
    let title = if customer.company {
        "Company verification"
    } else {
        "Identity verification"
    };
    let (kind, text) = match customer.kyc.as_str() {
        "valid" => ("good", "The verification is complete."),
        "processing" => ("", UNDER_REVIEW),
        _ => return page(status, title, Verification { customer, answers }),
    };
    let outcome = Outcome {
        name: Some(&customer.name),
        kind,
        text,
        back: customer.callback_url.as_deref(),
    };
    page(status, title, outcome)
}

fn submit(engine: &mut Engine, customer: &Customer, mut form: Fields<'_>) -> Reply {
    let names = if customer.company { COMPANY } else { PERSON };
    for name in names {
        form.required_text(name, 255);
    }
    let complete = form.check().is_ok();
    let trusted = !customer.company || form.raw_text("password") == Some(customer.password.as_str());
    if !trusted && form.has("password") {
        form.wrong("password", "is not the one you were given");
    }
    if !complete || !trusted {
        let status = if complete { 403 } else { 422 };
        return show(status, customer, Answers::refused(form, names));
    }
    let reject = form.raw_text("review") == Some("reject");
    let user = customer.id;
    if engine
        .execute(Command::SubmitVerification { user, reject })
        .is_err()
    {
        let customer = engine.customer(user);
        return customer.map_or_else(gone, |(_, customer)| show(409, customer, Answers::default()));
    }
    let outcome = Outcome {
        name: None,
        kind: "good",
        text: UNDER_REVIEW,
        back: customer.callback_url.as_deref(),
    };
    page(200, "Thank you", outcome)
}
