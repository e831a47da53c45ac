//! The verification of a person (KYC) or a company (KYB).

use cryptopocket_emulator::server::{Fields, Link};
use cryptopocket_emulator::{Command, Customer, Engine, Reply};
use maud::html;

use super::form::{Answers, Line, choices};
use super::layout::{gone, page, state, way_back};

const COMPANY: [Line<'static>; 3] = [
    Line::new("password", "Password", "current-password")
        .kind("password")
        .hint("Twelve characters. The reply to the registration carries it beside this link."),
    Line::new("registration_number", "Registration number", "off"),
    Line::new("representative", "Legal representative", "name"),
];
const PERSON: [Line<'static>; 3] = [
    Line::new("full_name", "Full name", "name"),
    Line::new("birth_date", "Date of birth", "bday").kind("date"),
    Line::new("document_number", "Number of the identity document", "off"),
];
const UNDER_REVIEW: &str = "The form was submitted and is under review.";

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
        None => show(200, &customer, &Answers::default()),
        Some(form) => submit(engine, &customer, form),
    }
}

const fn lines(customer: &Customer) -> &'static [Line<'static>; 3] {
    if customer.company { &COMPANY } else { &PERSON }
}

fn show(status: u16, customer: &Customer, answers: &Answers<'_>) -> Reply {
    let title = if customer.company {
        "Company verification"
    } else {
        "Identity verification"
    };
    let back = |lead| way_back(customer.callback_url.as_deref(), lead);
    let over = match customer.kyc.as_str() {
        "valid" => Some(("good", "The verification is complete.")),
        "processing" => Some(("", UNDER_REVIEW)),
        _ => None,
    };
    if let Some((kind, text)) = over {
        let content = html! { p { "For " strong { (customer.name) } "." } (state(kind, text)) (back(true)) };
        return page(status, title, &content);
    }
    let lines = lines(customer);
    let order = lines.each_ref().map(|line| line.name);
    let reviews = [
        ("approve", "Approve", String::new()),
        ("reject", "Reject", String::new()),
    ];
    let review = match answers.value("review") {
        "reject" => "reject",
        _ => "approve",
    };
    let content = html! {
        p {
            "For " strong { (customer.name) } ". Any text is accepted, but no empty field"
            @if customer.company { " and no wrong password" } "."
        }
        @if customer.kyc == "fail" { (state("bad", "The last verification failed. You can try again.")) }
        (answers.summary())
        form.sheet method="post" {
            @for line in lines { (line.show(answers, &order)) }
            (choices("review", "Decision of the review", &reviews, review, answers))
            div.row { button.lead type="submit" { "Submit" } }
        }
        (back(false))
    };
    page(status, title, &content)
}

fn submit(engine: &mut Engine, customer: &Customer, mut form: Fields<'_>) -> Reply {
    for line in lines(customer) {
        form.required_text(line.name, 255);
    }
    let complete = form.check().is_ok();
    let trusted = !customer.company || form.raw_text("password") == Some(customer.password.as_str());
    if !trusted && form.has("password") {
        form.wrong("password", "is not the one you were given");
    }
    if !complete || !trusted {
        let status = if complete { 403 } else { 422 };
        return show(status, customer, &Answers::refused(form));
    }
    let reject = form.raw_text("review") == Some("reject");
    let user = customer.id;
    match engine.execute(Command::SubmitVerification { user, reject }) {
        Ok(_) => {
            let back = way_back(customer.callback_url.as_deref(), true);
            page(200, "Thank you", &html! { (state("good", UNDER_REVIEW)) (back) })
        }
        Err(_) => engine
            .customer(user)
            .map_or_else(gone, |(_, customer)| show(409, customer, &Answers::default())),
    }
}
