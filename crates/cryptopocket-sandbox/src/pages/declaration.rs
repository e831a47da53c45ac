//! The declaration of the enhanced verification.

use askama::Template;
use cryptopocket_emulator::server::{Fields, Link};
use cryptopocket_emulator::{Command, Customer, Engine, Reinforcement, Reply};

use super::form::Answers;
use super::layout::{Outcome, gone, page};

const TITLE: &str = "Declaration of the source of funds";

#[derive(Debug, Template)]
#[template(path = "pages/declaration.html")]
struct Declaration<'a> {
    customer: &'a Customer,
    answers: Answers<'a>,
}

pub(super) fn visit(engine: &mut Engine, token: &str, form: Option<Fields<'_>>) -> Reply {
    let Some(Link::Declaration { user, .. }) = engine.link(token).cloned() else {
        return gone();
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
    let Some((_, customer)) = engine.customer(user) else {
        return gone();
    };
    if customer.reinforcement == Reinforcement::Done {
        let outcome = Outcome {
            name: None,
            kind: "good",
            text: "The declaration was received.",
            back: customer.callback_url.as_deref(),
        };
        return page(200, TITLE, outcome);
    }
    page(status, TITLE, Declaration { customer, answers })
}
