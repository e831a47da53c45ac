//! The pages of a customer: the verification of a person (KYC) or company (KYB), and the declaration of funds.

use askama::Template;
use cryptopocket_emulator::server::{Fields, Link};
use cryptopocket_emulator::{Command, Customer, Engine, Reinforcement, Reply};

use super::{Answers, page};

const COMPANY: &[&str] = &["password", "registration_number", "representative"];
const PERSON: &[&str] = &["full_name", "birth_date", "document_number"];
const UNDER_REVIEW: &str = "The form was submitted and is under review.";

#[derive(Debug, Template)]
#[template(path = "pages/verification.html")]
struct Verification<'a> {
    customer: &'a Customer,
    answers: Answers<'a>,
}

#[derive(Debug, Template)]
#[template(path = "pages/declaration.html")]
struct Declaration<'a> {
    customer: &'a Customer,
    answers: Answers<'a>,
}

/// The result of a form, and the link back to the page that the customer came from.
#[derive(Debug, Template)]
#[template(path = "pages/result.html")]
struct Outcome<'a> {
    customer: &'a Customer,
    /// The meaning of the result: `good`, `bad` or empty.
    kind: &'static str,
    text: &'static str,
}

fn result(status: u16, title: &str, customer: &Customer, kind: &'static str, text: &'static str) -> Reply {
    page(status, title, Outcome { customer, kind, text })
}

/// Shows the verification, or takes its form; `None` if the link leads nowhere.
pub(super) fn verify(
    engine: &mut Engine,
    token: &str,
    company: bool,
    form: Option<Fields<'_>>,
) -> Option<Reply> {
    let Link::Verification(user) = *engine.link(token)? else {
        return None;
    };
    let (_, customer) = engine.customer(user)?;
    if customer.company != company || customer.page_until <= engine.now() {
        return None;
    }
    let customer = customer.clone();
    let Some(mut form) = form else {
        return Some(show(200, &customer, Answers::default()));
    };
    let names = if company { COMPANY } else { PERSON };
    for name in names {
        form.required_text(name, 255);
    }
    let complete = form.check().is_ok();
    let trusted = !company || form.raw_text("password") == Some(customer.password.as_str());
    if !trusted && form.has("password") {
        form.wrong("password", "is not the one you were given");
    }
    if !complete || !trusted {
        let status = if complete { 403 } else { 422 };
        return Some(show(status, &customer, Answers::refused(form, names)));
    }
    let reject = form.raw_text("review") == Some("reject");
    let submitted = engine.execute(Command::SubmitVerification { user, reject });
    if submitted.is_err() {
        let (_, customer) = engine.customer(user)?;
        return Some(show(409, customer, Answers::default()));
    }
    Some(result(200, "Thank you", &customer, "good", UNDER_REVIEW))
}

fn show(status: u16, customer: &Customer, answers: Answers<'_>) -> Reply {
    let kind = if customer.company { "Company" } else { "Identity" };
    let title = &format!("{kind} verification");
    match customer.kyc.as_str() {
        "valid" => result(status, title, customer, "good", "The verification is complete."),
        "processing" => result(status, title, customer, "", UNDER_REVIEW),
        _ => page(status, title, Verification { customer, answers }),
    }
}

/// Shows the declaration, or takes its form; `None` if the link leads nowhere.
pub(super) fn declare(engine: &mut Engine, token: &str, form: Option<Fields<'_>>) -> Option<Reply> {
    const TITLE: &str = "Declaration of the source of funds";
    let Link::Declaration(user) = *engine.link(token)? else {
        return None;
    };
    let (mut status, mut answers) = (200, Answers::default());
    if let Some(mut form) = form {
        for name in ["source", "occupation", "truth"] {
            form.required_text(name, 255);
        }
        if form.check().is_ok() {
            drop(engine.execute(Command::SubmitDeclaration { user }));
        } else {
            (status, answers) = (422, Answers::refused(form, &["occupation"]));
        }
    }
    let (_, customer) = engine.customer(user)?;
    if customer.reinforcement != Reinforcement::Done {
        return Some(page(status, TITLE, Declaration { customer, answers }));
    }
    Some(result(
        200,
        TITLE,
        customer,
        "good",
        "The declaration was received.",
    ))
}
