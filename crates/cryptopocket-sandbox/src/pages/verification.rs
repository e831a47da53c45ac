//! The verification of a person (KYC) or a company (KYB).

use cryptopocket_emulator::server::{Fields, Link};
use cryptopocket_emulator::{Command, Customer, Engine, Reply};
use maud::html;

use super::Visit;
use super::form::{Answers, Choice, Line, choices};
use super::layout::{gone, page, state, way_back};

pub(super) fn visit(engine: &mut Engine, token: &str, company: bool, visit: Visit<'_>) -> Reply {
    let Some(Link::Verification { integration, user }) = engine.link(token).cloned() else {
        return gone();
    };
    let now = engine.now();
    let customer = engine.integrations()[integration]
        .customers
        .get(&user)
        .filter(|one| one.company == company && one.page_until > now)
        .cloned();
    let Some(customer) = customer else { return gone() };
    match visit {
        Visit::Show => show(200, &customer, &Answers::default()),
        Visit::Submit(form) => submit(engine, &customer, form),
    }
}

const COMPANY: [Line<'static>; 3] = [
    Line {
        name: "password",
        label: "Password you were given",
        kind: "password",
        autocomplete: "current-password",
        hint: "Twelve characters. Whoever registered the company got it together with this link.",
    },
    Line {
        name: "registration_number",
        label: "Registration number",
        kind: "text",
        autocomplete: "off",
        hint: "",
    },
    Line {
        name: "representative",
        label: "Legal representative",
        kind: "text",
        autocomplete: "name",
        hint: "",
    },
];

const PERSON: [Line<'static>; 3] = [
    Line {
        name: "full_name",
        label: "Full name",
        kind: "text",
        autocomplete: "name",
        hint: "",
    },
    Line {
        name: "birth_date",
        label: "Date of birth",
        kind: "date",
        autocomplete: "bday",
        hint: "",
    },
    Line {
        name: "document_number",
        label: "Number of your identity document",
        kind: "text",
        autocomplete: "off",
        hint: "",
    },
];

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
        "valid" => Some((
            "good",
            "The verification is complete. There is nothing left to do here.",
        )),
        "processing" => Some(("", "Everything was handed in and is being looked at.")),
        _ => None,
    };
    if let Some((kind, text)) = over {
        let content = html! { p { "For " strong { (customer.name) } "." } (state(kind, text)) (back(true)) };
        return page(status, title, &content);
    }
    let lines = lines(customer);
    let order = lines.each_ref().map(|line| line.name);
    let reviews = [("approve", "Approve"), ("reject", "Reject")].map(|(value, label)| Choice {
        value,
        label,
        end: String::new(),
    });
    let review = if answers.value("review") == "reject" {
        "reject"
    } else {
        "approve"
    };
    let content = html! {
        p {
            "For " strong { (customer.name) } ". Write anything you like: nothing is checked but that "
            @if customer.company { "it is there and that the password is the right one." } @else { "it is there." }
        }
        @if customer.kyc == "fail" { (state("bad", "The last verification failed. You can try again.")) }
        (answers.summary())
        form.sheet method="post" {
            @for line in lines { (line.show(answers, &order)) }
            (choices("review", "What the review will say", &reviews, review, answers))
            div.row { button.lead type="submit" { "Hand in" } }
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
            let handed_in = state("good", "Everything was handed in and is being looked at.");
            let content = html! { (handed_in) (way_back(customer.callback_url.as_deref(), true)) };
            page(200, "Thank you", &content)
        }
        Err(_) => engine
            .customer(user)
            .map_or_else(gone, |(_, customer)| show(409, customer, &Answers::default())),
    }
}
