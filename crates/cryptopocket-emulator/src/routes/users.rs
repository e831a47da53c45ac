//! Customers and their verification.

use super::Call;
use crate::catalogue::{DOCUMENT_TYPES, identifications};
use crate::fields::Fields;
use crate::shapes::is_file;
use crate::wire::{CompanyCreated, CustomerCreated, CustomerView, Failure, KycView, Page, Reply};
use crate::world::{Customer, NewCustomer, magic};

pub(super) fn list(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let page = input.page();
    input.check()?;
    let page = call.world.integrations[call.who].customers.page(page);
    let Page {
        items,
        current,
        per_page,
        total,
    } = page;
    Ok(Reply::page(&Page {
        items: items.into_iter().map(CustomerView::of).collect(),
        current,
        per_page,
        total,
    }))
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
    let customer = call.world.register(call.who, new)?.clone();
    let kyc_form_url = Some(call.world.verification_link(&customer));
    Ok(Reply::data(&CustomerCreated {
        id: customer.id,
        uuid: None,
        kyc_form_url,
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
        .is_some_and(|born| born > call.world.now())
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
    let id = call.world.register(call.who, new)?.id;
    // A customer who asked by mail address to be approved at once needs no review.
    drop(call.world.begin_review(call.who, id, false));
    // Where nothing takes time the review is over when this is answered.
    call.world.settle();
    let customer = call
        .world
        .customer(call.who, id)
        .ok_or(Failure::Code("unexpected_error"))?;
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
    let customer = call.world.register(call.who, new)?.clone();
    let kyb_link = call.world.verification_link(&customer);
    let Customer {
        id, uuid, password, ..
    } = &customer;
    Ok(Reply::data(&CompanyCreated {
        id: *id,
        uuid,
        kyb_link,
        password,
    }))
}

/// The customer a text id names, among the caller's own.
fn own<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Customer, Failure> {
    let id = id.parse().ok().and_then(|id| call.world.customer(call.who, id));
    id.ok_or(Failure::Code("user_not_found"))
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
    call.world
        .customer(call.who, user)
        .ok_or(Failure::Code("user_not_found"))?;
    let onboarding_link = call.world.declaration_link(call.who, user);
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
    let user: u64 = call
        .parameters
        .first()
        .and_then(|id| id.parse().ok())
        .ok_or(unknown.clone())?;
    match call.world.owner_of_customer(user) {
        Err(_) => return Err(unknown),
        Ok(owner) if owner != call.who => return Err(Failure::Status(403, "user_not_in_integration")),
        Ok(_) => {}
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
    if let Some(customer) = call.world.customer_mut(call.who, user) {
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
    let one = &call.world.integrations[call.who];
    let by_email = email.and_then(|email| one.by_email.get(&email.to_ascii_lowercase()).copied());
    let by_id = user.and_then(|id| id.parse().ok());
    let found = by_email
        .or(by_id)
        .and_then(|id| call.world.customer(call.who, id));
    let found = found.or_else(|| {
        let external = external?;
        one.customers.get(one.named.get(&external)?)
    });
    Ok(Reply::data(&CustomerView::of(
        found.ok_or(Failure::Code("user_not_found"))?,
    )))
}
