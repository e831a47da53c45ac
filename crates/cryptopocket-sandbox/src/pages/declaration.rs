//! The declaration of the enhanced verification.

use cryptopocket_emulator::server::{Fields, Link};
use cryptopocket_emulator::{Command, Engine, Reinforcement, Reply};
use maud::html;

use super::form::{Answers, Line, choices, tick};
use super::layout::{gone, page, state, way_back};

const TITLE: &str = "Declaration of the source of funds";
const OCCUPATION: Line<'static> = Line::new("occupation", "Occupation", "organization-title");

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
            (status, answers) = (422, Answers::refused(form));
        }
    }
    let Some((_, customer)) = engine.customer(user) else {
        return gone();
    };
    let back = |lead| way_back(customer.callback_url.as_deref(), lead);
    if customer.reinforcement == Reinforcement::Done {
        let content = html! { (state("good", "The declaration was received.")) (back(true)) };
        return page(200, TITLE, &content);
    }
    let sources = [
        ("salary", "Salary", String::new()),
        ("savings", "Savings", String::new()),
        ("sale", "Sale of property", String::new()),
    ];
    let content = html! {
        p { "For " strong { (customer.name) } ". Any text is accepted, but no empty field." }
        (answers.summary())
        form.sheet method="post" {
            (choices("source", "Where the money comes from", &sources, answers.value("source"), &answers))
            (OCCUPATION.show(&answers, &["occupation"]))
            (tick("truth", "Confirmation", "All of this is true", &answers))
            div.row { button.lead type="submit" { "Submit" } }
        }
        (back(false))
    };
    page(status, TITLE, &content)
}
