//! Customers and their verification.

use super::call::{Answer, Call};
use crate::catalogue::{DOCUMENT_TYPES, identifications, words};
use crate::fields::Fields;
use crate::magic;
use crate::records::Customer;
use crate::scenario::NewCustomer;
use crate::shapes::{is_country, is_file};
use crate::wire::{Failure, Reply, customer, object, or_refuse, summary};

pub(super) fn list(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let page = input.page();
    input.check()?;
    let page = call.integration().customers.page_of_all(page);
    Ok(Reply::page(&page, customer))
}

fn person(input: &mut Fields<'_>) -> NewCustomer {
    let company = input.choice("user_type", &["individual", "company"]) == Some("company");
    let country = input.text("country", 2);
    if country.as_deref().is_some_and(|country| !is_country(country)) {
        input.wrong("country", "must be an ISO 3166-1 alpha-2 code");
    }
    for name in ["phone", "identification_number"] {
        input.text(name, 64);
    }
    let known = country
        .as_deref()
        .and_then(|country| identifications(country, company));
    match known {
        Some(known) => drop(input.choice("identification_type", known)),
        None => drop(input.text("identification_type", 64)),
    }
    NewCustomer {
        company,
        external_id: input.id("external_id"),
        name: input.required_text("name", 255),
        last_name: input.text("last_name", 255),
        email: input.required_email("email"),
        country,
        callback_url: input.url("callback_url"),
        ..NewCustomer::default()
    }
}

/// Registers a customer whose fields have been read; returns it with the link to its verification.
fn registered(
    call: &mut Call<'_>,
    input: &Fields<'_>,
    new: NewCustomer,
) -> Result<(Customer, String), Failure> {
    input.check()?;
    let mut tenant = call.tenant();
    let customer = tenant.register(new)?.clone();
    let link = customer.verification_link(&tenant.provider.settings.origin);
    Ok((customer, link))
}

pub(super) fn create(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let new = person(&mut input);
    let (customer, link) = registered(call, &input, new)?;
    Ok(Reply::data(object! { id: customer.id, kyc_form_url: link }))
}

pub(super) fn create_delegated(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let now = call.provider().now();
    let new = person(&mut input);
    let required: &[&str] =
        words! { country identification_type identification_number document_front face_image };
    for name in required {
        input.require(name);
    }
    if input.moment("birth_date").is_some_and(|born| born > now) {
        input.wrong("birth_date", "must be a date before today");
    }
    for name in ["address", "city", "postal_code"] {
        input.text(name, 255);
    }
    for name in ["document_front", "face_image", "document_back", "liveness_image"] {
        input.file(name);
    }
    input.check()?;
    let mut tenant = call.tenant();
    let id = tenant.register(new)?.id;
    // A customer whose mail address asks to be approved at once needs no review.
    drop(tenant.begin_review(id, false));
    // At `Instant` the review ends before the call is answered.
    call.engine.settle();
    let customer = or_refuse(call.integration().customers.get(&id), "unexpected_error")?;
    Ok(Reply::data(
        object! { id: id, uuid: &customer.uuid, kyc_status: &customer.kyc },
    ))
}

pub(super) fn create_company(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let new = NewCustomer {
        company: true,
        email: input.required_email("email"),
        name: input.required_text("company_name", 255),
        ..NewCustomer::default()
    };
    let (customer, link) = registered(call, &input, new)?;
    let (uuid, password) = (customer.uuid, customer.password);
    Ok(Reply::data(
        object! { id: customer.id, uuid: uuid, kyb_link: link, password: password },
    ))
}

/// The caller's customer with this id.
fn own<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Customer, Failure> {
    let id: Option<u64> = id.parse().ok();
    let customer = id.and_then(|id| call.integration().customers.get(&id));
    or_refuse(customer, "user_not_found")
}

pub(super) fn check_kyc(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let id = input.required_id("user_id");
    input.check()?;
    let status = &own(call, &id)?.kyc;
    Ok(Reply::data(object! { kyc_status: status }))
}

pub(super) fn enhanced_link(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let user = input.user_number("user_id");
    input.check()?;
    own(call, &user.to_string())?;
    let link = call.tenant().declaration_link(user);
    Ok(Reply::data(object! { onboarding_link: link }))
}

/// The one call that uses HTTP statuses for its errors, all of them in the envelope of a business error.
pub(super) fn upload(call: &mut Call<'_>, _: Fields<'_>) -> Answer {
    store(call).or_else(|failure| match failure {
        Failure::Invalid(errors) => Ok(Reply {
            status: 422,
            ..Failure::Message(summary(&errors)).reply()
        }),
        other => Err(other),
    })
}

fn store(call: &mut Call<'_>) -> Answer {
    let unknown = Failure::Status(404, "user_not_found");
    let user: u64 = call.parameter.parse().map_err(|_| unknown.clone())?;
    let (owner, _) = call.engine.customer(user).ok_or(unknown)?;
    if owner.index != call.index {
        return Err(Failure::Status(403, "user_not_in_integration"));
    }
    let mut input = Fields::json(call.request)?;
    let kind = input.required_choice("type", DOCUMENT_TYPES);
    if !input.has("file") {
        input.wrong("file", "field is required");
    }
    input.check()?;
    let file = input.raw_text("file");
    if let Some(refusal) = file.and_then(magic::file) {
        return Err(refusal);
    }
    if !file.is_some_and(is_file) {
        return Err(Failure::Status(422, "invalid_file"));
    }
    if let Ok(customer) = call.tenant().own.customer_mut(user) {
        customer.documents.push(kind.to_owned());
    }
    Ok(Reply::json(200, &object! { status: "ok" }))
}

pub(super) fn find(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let email = input.text("email", 254);
    let (external_id, user) = (input.id("external_id"), input.id("user_id"));
    if email.is_none() && external_id.is_none() && user.is_none() {
        let rule = "field is required when none of external id / user id are present";
        input.wrong("email", rule);
    }
    input.check()?;
    let integration = call.integration();
    // The mail address has precedence over the id, and the id over the external id, which several customers can share.
    let found = email
        .and_then(|email| integration.customer_by_email(&email))
        .or_else(|| user.and_then(|id| own(call, &id).ok()))
        .or_else(|| integration.customer_by_external_id(&external_id?));
    Ok(Reply::data(customer(or_refuse(found, "user_not_found")?)))
}
