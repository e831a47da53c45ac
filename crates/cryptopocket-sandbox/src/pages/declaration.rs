//! The declaration of the enhanced verification.

use cryptopocket_emulator::server::Link;
use cryptopocket_emulator::{Command, Engine, Reinforcement, Reply};
use maud::html;

use super::Visit;
use super::form::{Answers, Choice, Line, choices, tick};
use super::layout::{gone, page, state, way_back};

const TITLE: &str = "Declaration of the source of funds";
const OCCUPATION: Line<'static> = Line {
    name: "occupation",
    label: "Occupation",
    kind: "text",
    autocomplete: "organization-title",
    hint: "",
};
const SOURCES: &[(&str, &str)] = &[
    ("salary", "Salary"),
    ("savings", "Savings"),
    ("sale", "Sale of something I owned"),
];

pub(super) fn visit(engine: &mut Engine, token: &str, visit: Visit<'_>) -> Reply {
    let Some(Link::Declaration { integration, user }) = engine.link(token).cloned() else {
        return gone();
    };
    let mut answers = Answers::default();
    let mut status = 200;
    if let Visit::Submit(mut form) = visit {
        for name in ["source", "occupation", "truth"] {
            form.required_text(name, 255);
        }
        if form.check().is_ok() {
            drop(engine.execute(Command::SubmitDeclaration { user }));
        } else {
            status = 422;
            answers = Answers::refused(form);
        }
    }
    let Some(customer) = engine.integrations()[integration].customers.get(&user) else {
        return gone();
    };
    let back = |lead| way_back(customer.callback_url.as_deref(), lead);
    if customer.reinforcement == Reinforcement::Done {
        let content = html! { (state("good", "The declaration was received.")) (back(true)) };
        return page(200, TITLE, &content);
    }
    let sources: Vec<Choice<'_>> = SOURCES
        .iter()
        .map(|(value, label)| Choice {
            value,
            label,
            end: String::new(),
        })
        .collect();
    let content = html! {
        p { "For " strong { (customer.name) } ". Write anything you like: nothing is checked but that it is there." }
        (answers.summary())
        form.sheet method="post" {
            (choices("source", "Where the money comes from", &sources, answers.value("source"), &answers))
            (OCCUPATION.show(&answers, &["occupation"]))
            (tick("truth", "Confirmation", "All of this is true", &answers))
            div.row { button.lead type="submit" { "Hand in" } }
        }
        (back(false))
    };
    page(status, TITLE, &content)
}
