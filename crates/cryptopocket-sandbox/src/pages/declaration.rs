//! The declaration of the enhanced verification.

use maud::html;

use super::Visit;
use super::form::{Answers, Choice, Line, choices, tick};
use super::layout::{gone, page, state, way_back};
use crate::wire::Reply;
use crate::world::{PageFor, Reinforcement, World};

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

pub(super) fn visit(world: &mut World, token: &str, visit: Visit<'_>) -> Reply {
    let Some(PageFor::Declaration { who, user }) = world.pages.get(token).cloned() else {
        return gone();
    };
    let Some(customer) = world.customer_mut(who, user) else {
        return gone();
    };
    let mut answers = Answers::default();
    let mut status = 200;
    if let Visit::Submit(mut form) = visit {
        for name in ["source", "occupation", "truth"] {
            form.required_text(name, 255);
        }
        if form.check().is_ok() {
            customer.reinforcement = Reinforcement::Done;
        } else {
            status = 422;
            answers = Answers::refused(form);
        }
    }
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
