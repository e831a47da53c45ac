//! Customers and their verification.

use super::Call;
use crate::catalogue::{DOCUMENT_TYPES, identifications};
use crate::fields::Fields;
use crate::magic;
use crate::records::{Customer, NewCustomer};
use crate::shapes::is_file;
use crate::wire::{CompanyCreated, CustomerCreated, CustomerView, Failure, KycView, Reply};

pub(super) fn list(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let page = input.page();
    input.check()?;
    let customers = &call.integration().customers;
    let page = customers.page(customers.len(), 0..customers.len(), page);
    Ok(Reply::page(&page.map(CustomerView::of)))
}

fn person(input: &mut Fields<'_>) -> NewCustomer {
    let company = input.choice("user_type", &["individual", "company"]) == Some("company");
    let country = input.text("country", 2);
    if country
        .as_ref()
        .is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()))
    {
        input.wrong("country", "must be an ISO 3166-1 alpha-2 code");
    }
    for name in ["phone", "identification_number"] {
        input.text(name, 64);
    }
    if let Some(known) = country
        .as_deref()
        .and_then(|country| identifications(country, company))
    {
        input.choice("identification_type", known);
    } else {
        input.text("identification_type", 64);
    }
    NewCustomer {
        company,
        external_id: input.id("external_id"),
        name: input.required_text("name", 255),
        last_name: input.text("last_name", 255),
        email: input.required_email("email"),
        country,
        callback_url: input.url("callback_url"),
    }
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    let new = person(&mut input);
    input.check()?;
    let (integration, provider) = call.parts();
    let customer = integration.register(provider, new)?;
    Ok(Reply::data(&CustomerCreated {
        id: customer.id,
        uuid: None,
        kyc_form_url: Some(customer.verification_link(&provider.origin)),
        kyc_status: None,
    }))
}

pub(super) fn create_delegated(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    let new = person(&mut input);
    for name in ["country", "identification_type", "identification_number"] {
        input.require(name);
    }
    if input
        .moment("birth_date")
        .is_some_and(|born| born > call.engine.now())
    {
        input.wrong("birth_date", "must be a date before today");
    }
    for name in ["address", "city", "postal_code"] {
        input.text(name, 255);
    }
    input.required_file("document_front");
    input.required_file("face_image");
    input.file("document_back");
    input.file("liveness_image");
    input.check()?;
    let (integration, provider) = call.parts();
    let id = integration.register(provider, new)?.id;
    // A customer whose mail address asks to be approved at once needs no review.
    drop(integration.begin_review(provider, id, false));
    // At `Instant` the review is over before the call is answered.
    call.engine.settle();
    let customer = call.integration().customers.get(&id);
    let customer = customer.ok_or(Failure::Code("unexpected_error"))?;
    let kyc_status = Some(customer.kyc.as_str());
    Ok(Reply::data(&CustomerCreated {
        id,
        uuid: Some(customer.uuid.as_str()),
        kyc_form_url: None,
        kyc_status,
    }))
}

pub(super) fn create_company(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    let (email, name) = (
        input.required_email("email"),
        input.required_text("company_name", 255),
    );
    input.check()?;
    let new = NewCustomer {
        company: true,
        email,
        name,
        ..NewCustomer::default()
    };
    let (integration, provider) = call.parts();
    let customer = integration.register(provider, new)?;
    Ok(Reply::data(&CompanyCreated {
        id: customer.id,
        uuid: &customer.uuid,
        kyb_link: customer.verification_link(&provider.origin),
        password: &customer.password,
    }))
}

/// The caller's customer with this id.
fn own<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Customer, Failure> {
    let customers = &call.integration().customers;
    let customer = id.parse().ok().and_then(|id: u64| customers.get(&id));
    customer.ok_or(Failure::Code("user_not_found"))
}

pub(super) fn check_kyc(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let id = input.required_id("user_id");
    input.check()?;
    let customer = own(call, &id)?;
    Ok(Reply::data(&KycView {
        user_id: customer.id.to_string(),
        kyc_status: &customer.kyc,
    }))
}

pub(super) fn enhanced_link(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    let user = input.user_number("user_id");
    input.check()?;
    let (integration, provider) = call.parts();
    let customer = integration.customers.get(&user);
    customer.ok_or(Failure::Code("user_not_found"))?;
    let onboarding_link = integration.declaration_link(provider, user);
    Ok(Reply::data(&std::collections::BTreeMap::from([(
        "onboarding_link",
        onboarding_link,
    )])))
}

/// The one call of the API that uses HTTP statuses for its errors, all of them in the envelope of a business error.
pub(super) fn upload(call: &mut Call<'_>) -> Result<Reply, Failure> {
    store(call).map_err(|failure| match failure {
        Failure::Invalid(errors) => Failure::InvalidMarked(errors),
        other => other,
    })
}

fn store(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let unknown = Failure::Status(404, "user_not_found");
    let user: u64 = call.parameter().parse().map_err(|_| unknown.clone())?;
    let (owner, _) = call.engine.customer(user).ok_or(unknown)?;
    if owner.index != call.index {
        return Err(Failure::Status(403, "user_not_in_integration"));
    }
    let mut input = call.body()?;
    let kind = input.required_choice("type", DOCUMENT_TYPES);
    if !input.has("file") {
        input.wrong("file", "field is required");
    }
    input.check()?;
    if let Some(refusal) = input.raw_text("file").and_then(magic::file) {
        return Err(refusal);
    }
    if !input.raw_text("file").is_some_and(is_file) {
        return Err(Failure::Status(422, "invalid_file"));
    }
    let (integration, _) = call.parts();
    if let Ok(customer) = integration.customer_mut(user) {
        customer.documents.push(kind);
    }
    Ok(Reply::done())
}

pub(super) fn find(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let (email, external, user) = (
        input.text("email", 254),
        input.id("external_id"),
        input.id("user_id"),
    );
    if email.is_none() && external.is_none() && user.is_none() {
        input.wrong(
            "email",
            "field is required when none of external id / user id are present",
        );
    }
    input.check()?;
    let integration = call.integration();
    let by_id = |id: String| integration.customers.get(&id.parse::<u64>().ok()?);
    // The mail address counts before the id, and the id before the external id.
    let found = email
        .and_then(|email| integration.customer_by_email(&email))
        .or_else(|| user.and_then(by_id))
        .or_else(|| external.and_then(|external| integration.customer_by_external_id(&external)));
    Ok(Reply::data(&CustomerView::of(
        found.ok_or(Failure::Code("user_not_found"))?,
    )))
}
