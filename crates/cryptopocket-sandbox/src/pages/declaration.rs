//! The declaration of the enhanced verification.

use super::Visit;
use super::layout::{alert, escape, field, gone, page, way_back};
use crate::wire::Reply;
use crate::world::{PageFor, Reinforcement, World};

const TITLE: &str = "Declaration of the source of funds";

pub(super) fn visit(world: &mut World, token: &str, visit: &Visit) -> Reply {
    let Some(PageFor::Declaration { who, user }) = world.pages.get(token).cloned() else {
        return gone();
    };
    let Some(customer) = world.customer_mut(who, user) else {
        return gone();
    };
    let back = way_back(customer.callback_url.as_deref());
    let mut problem = String::new();
    if let Visit::Submit(form) = visit {
        if form.has("source") && form.has("occupation") && form.has("truth") {
            customer.reinforcement = Reinforcement::Done;
        } else {
            problem = alert("Please fill in every field and confirm.");
        }
    }
    if customer.reinforcement == Reinforcement::Done {
        return page(
            200,
            TITLE,
            &format!("<p id=\"state\">The declaration was received.</p>{back}"),
        );
    }
    let status = if problem.is_empty() { 200 } else { 422 };
    let (name, occupation) = (
        escape(&customer.name),
        field("occupation", "Occupation", "text", "organization-title", true),
    );
    page(
        status,
        TITLE,
        &format!(
            "<p>For <strong>{name}</strong>.</p>{problem}<form method=\"post\"><label for=\"source\">Where the money comes from</label>\
             <select id=\"source\" name=\"source\" required><option value=\"salary\">Salary</option>\
             <option value=\"savings\">Savings</option><option value=\"sale\">Sale of something I owned</option></select>{occupation}\
             <fieldset><legend>Confirmation</legend><label><input type=\"checkbox\" name=\"truth\" value=\"yes\" required>\
             All of this is true</label></fieldset><button type=\"submit\">Hand in</button></form>"
        ),
    )
}
