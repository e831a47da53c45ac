//! The verification of a person (KYC) or a company (KYB).

use super::Visit;
use super::layout::{alert, escape, field, gone, page, way_back};
use crate::fields::Fields;
use crate::wire::Reply;
use crate::world::{Customer, PageFor, World};

pub(super) fn visit(world: &mut World, token: &str, company: bool, visit: Visit) -> Reply {
    let Some(PageFor::Verification { who, user }) = world.pages.get(token).cloned() else {
        return gone();
    };
    let now = world.now();
    let customer = world
        .customer(who, user)
        .filter(|one| one.company == company && one.page_until > now)
        .cloned();
    let Some(customer) = customer else { return gone() };
    match visit {
        Visit::Show => show(200, &customer, ""),
        Visit::Submit(form) => submit(world, who, &customer, form),
    }
}

fn show(status: u16, customer: &Customer, problem: &str) -> Reply {
    let title = if customer.company {
        "Company verification"
    } else {
        "Identity verification"
    };
    let state = match customer.kyc.as_str() {
        "valid" => Some("The verification is complete. There is nothing left to do here."),
        "processing" => Some("Everything was handed in and is being looked at."),
        _ => None,
    };
    if let Some(state) = state {
        let back = way_back(customer.callback_url.as_deref());
        return page(status, title, &format!("<p id=\"state\">{state}</p>{back}"));
    }
    let fields = if customer.company {
        [
            field(
                "password",
                "Password you were given",
                "password",
                "current-password",
                true,
            ),
            field("registration_number", "Registration number", "text", "off", true),
            field("representative", "Legal representative", "text", "name", true),
        ]
        .concat()
    } else {
        [
            field("full_name", "Full name", "text", "name", true),
            field("birth_date", "Date of birth", "date", "bday", true),
            field(
                "document_number",
                "Number of your identity document",
                "text",
                "off",
                true,
            ),
        ]
        .concat()
    };
    let failed = if customer.kyc == "fail" {
        alert("The last verification failed. You can try again.")
    } else {
        String::new()
    };
    let (name, content) = (escape(&customer.name), problem);
    page(
        status,
        title,
        &format!(
            "<p>For <strong>{name}</strong>. Write anything you like: only that something is there is checked.</p>{failed}{content}\
             <form method=\"post\">{fields}<fieldset><legend>What the review will say</legend>\
             <label><input type=\"radio\" name=\"review\" value=\"approve\" checked>Approve</label>\
             <label><input type=\"radio\" name=\"review\" value=\"reject\">Reject</label></fieldset>\
             <button type=\"submit\">Hand in</button></form>"
        ),
    )
}

fn submit(world: &mut World, who: usize, customer: &Customer, mut form: Fields) -> Reply {
    let wanted: &[&str] = if customer.company {
        &["password", "registration_number", "representative"]
    } else {
        &["full_name", "birth_date", "document_number"]
    };
    for name in wanted {
        form.required_text(name, 255);
    }
    if form.check().is_err() {
        return show(422, customer, &alert("Please fill in every field."));
    }
    if customer.company && form.raw_text("password") != Some(customer.password.as_str()) {
        return show(403, customer, &alert("That is not the password you were given."));
    }
    let reject = form.raw_text("review") == Some("reject");
    if let Some(customer) = world.customer_mut(who, customer.id).filter(|_| reject) {
        customer.rejected_at_review = true;
    }
    match world.begin_review(who, customer.id) {
        Ok(()) => {
            let back = way_back(customer.callback_url.as_deref());
            page(
                200,
                "Thank you",
                &format!("<p id=\"state\">Everything was handed in and is being looked at.</p>{back}"),
            )
        }
        Err(_) => world
            .customer(who, customer.id)
            .map_or_else(gone, |customer| show(409, customer, "")),
    }
}
