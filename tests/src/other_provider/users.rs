//! Login and customers.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Paging, TOKEN, body, invalid, refusal};
use super::state::{API_KEY, API_SECRET, Shared};

#[derive(Deserialize)]
pub(super) struct Login {
    api_key: String,
    api_secret: String,
}

/// The token stands beside `status`, and its lifetime has another name.
pub(super) async fn authenticate(Json(login): Json<Login>) -> Response {
    if (login.api_key.as_str(), login.api_secret.as_str()) != (API_KEY, API_SECRET) {
        return refusal("authorization_incorrect");
    }
    body(&json!({"status": "success", "access_token": TOKEN, "ttl_minutes": 30}))
}

/// Customers who were there before, with their identity proved.
const FIRST: u64 = 200_001;
const PROVED: u64 = 3;

/// Names of fields differ from the guess: `first_name`, `country_code`, `kyc` with 0 or 1. Times are seconds.
fn customers(written: &Shared) -> Vec<Value> {
    let written = written.lock().expect("no handler panicked");
    let before = (1..=PROVED).map(|number| format!("alma{number}@example.com"));
    let emails = before.chain(written.customers.iter().cloned());
    let row = |(id, email): (u64, String)| {
        json!({
            "id": id, "first_name": "Alma", "email": email,
            "external_id": format!("customer-{}", id + 1 - FIRST), "country_code": "ES", "kyc": i32::from(is_proved(id)),
            "created_at": 1_777_629_600,
        })
    };
    (FIRST..).zip(emails).map(row).collect()
}

fn is_proved(id: u64) -> bool {
    (FIRST..FIRST + PROVED).contains(&id)
}

/// As documented: the customer must exist, and have proved who they are.
pub(super) fn refused(written: &Shared, id: &Value) -> Option<Response> {
    let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let id: u64 = text.parse().unwrap_or_default();
    let known = PROVED + written.lock().expect("no handler panicked").customers.len() as u64;
    if is_proved(id) {
        None
    } else if (FIRST..FIRST + known).contains(&id) {
        Some(body(
            &json!({"status": "error", "error": "require_kyc", "data": {"kyc_form_url": FORM}}),
        ))
    } else {
        Some(refusal("user_not_found"))
    }
}

const FORM: &str = "https://kyc.example/other";

/// The framework's paginator inside of `data`.
pub(super) async fn list(State(written): State<Shared>, Query(paging): Query<Paging>) -> Response {
    body(&json!({"status": "ok", "data": paging.paginator(&customers(&written))}))
}

#[derive(Deserialize)]
pub(super) struct Search {
    email: Option<String>,
    external_id: Option<String>,
    user_id: Option<u64>,
}

/// Named `search`; answers with a list.
pub(super) async fn find(State(written): State<Shared>, Query(search): Query<Search>) -> Response {
    let found: Vec<_> = customers(&written)
        .into_iter()
        .filter(|row| {
            search.email.as_deref().is_none_or(|email| row["email"] == email)
                && search
                    .external_id
                    .as_deref()
                    .is_none_or(|id| row["external_id"] == id)
                && search.user_id.is_none_or(|id| row["id"] == id)
        })
        .collect();
    if found.is_empty() {
        refusal("user_not_found")
    } else {
        body(&json!({"status": "ok", "data": found}))
    }
}

/// Registers a customer, unless the address is taken; `reply` is the data of the reply, by the new id.
fn registered(written: &Shared, request: &Value, reply: impl FnOnce(u64) -> Value) -> Response {
    let Some(email) = request["email"].as_str().filter(|email| !email.is_empty()) else {
        return invalid("email");
    };
    if customers(written).iter().any(|row| row["email"] == email) {
        return refusal("user_already_exists");
    }
    let id = {
        let mut written = written.lock().expect("no handler panicked");
        written.customers.push(email.to_owned());
        FIRST + PROVED + written.customers.len() as u64 - 1
    };
    body(&json!({"status": "ok", "data": reply(id)}))
}

/// As documented.
pub(super) async fn create(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    registered(
        &written,
        &request,
        |id| json!({"id": id.to_string(), "kyc_form_url": FORM}),
    )
}

/// As documented.
pub(super) async fn create_company(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    if request["company_name"].is_null() {
        return invalid("company_name");
    }
    registered(&written, &request, |id| {
        json!({
            "id": id, "uuid": "5c1e8a5e-7a7d-4c58-8e0a-94d1f7d2b6c3",
            "kyb_link": "https://kyc.example/company", "password": "other-pw-123",
        })
    })
}

/// Takes the documented fields; the reply has `user_id` and `verification_status`.
pub(super) async fn create_verified(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    if request["document_front"].is_null() {
        return invalid("document_front");
    }
    registered(
        &written,
        &request,
        |id| json!({"user_id": id, "verification_status": "processing"}),
    )
}

/// The link is named `url`.
pub(super) async fn link(Json(request): Json<Value>) -> Response {
    if request["user_id"].is_null() {
        return invalid("user_id");
    }
    body(&json!({"status": "ok", "data": {"url": "https://kyc.example/declaration"}}))
}

/// As documented.
pub(super) async fn upload(Path(_): Path<String>, Json(request): Json<Value>) -> Response {
    if request["file"].is_null() {
        return invalid("file");
    }
    body(&json!({"status": "ok"}))
}

#[derive(Deserialize)]
pub(super) struct Check {
    user_id: Option<String>,
}

/// The documented field, at the top level.
pub(super) async fn kyc(Query(check): Query<Check>) -> Response {
    let Some(id) = check.user_id else {
        return invalid("user_id");
    };
    let is_proved = id.parse().is_ok_and(is_proved);
    body(&json!({"status": "ok", "kyc_status": if is_proved { "valid" } else { "processing" }}))
}
