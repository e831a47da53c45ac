//! Login and customers.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Paging, TOKEN, body, invalid, refusal};
use super::{API_KEY, API_SECRET, Shared};

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

/// Names of fields differ from the guess: `first_name`, `country_code`, `kyc` with 0 or 1. Times are seconds.
fn customer(number: u64) -> Value {
    json!({
        "id": 200_000 + number, "first_name": "Alma", "email": format!("alma{number}@example.com"),
        "external_id": format!("customer-{number}"), "country_code": "ES", "kyc": 1,
        "created_at": 1_777_629_600,
    })
}

/// The framework's paginator inside of `data`.
pub(super) async fn list(State(written): State<Shared>, Query(paging): Query<Paging>) -> Response {
    let created = written.lock().expect("no handler panicked").customers;
    let rows: Vec<_> = (1..=3 + created).map(customer).collect();
    body(&json!({"status": "ok", "data": paging.paginator(&rows)}))
}

#[derive(Deserialize)]
pub(super) struct Search {
    email: Option<String>,
    external_id: Option<String>,
    user_id: Option<u64>,
}

/// Named `search`; answers with a list.
pub(super) async fn find(State(written): State<Shared>, Query(search): Query<Search>) -> Response {
    let created = written.lock().expect("no handler panicked").customers;
    let found: Vec<_> = (1..=3 + created)
        .map(customer)
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

/// As documented.
pub(super) async fn create(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    if request["email"].as_str().is_none_or(str::is_empty) {
        return invalid("email");
    }
    body(&json!({"status": "ok", "data": {
        "id": next(&written).to_string(), "kyc_form_url": "https://kyc.example/other",
    }}))
}

/// As documented.
pub(super) async fn create_company(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    if request["company_name"].is_null() {
        return invalid("company_name");
    }
    body(&json!({"status": "ok", "data": {
        "id": next(&written), "uuid": "5c1e8a5e-7a7d-4c58-8e0a-94d1f7d2b6c3",
        "kyb_link": "https://kyc.example/company", "password": "other-first-password",
    }}))
}

/// Takes the documented fields; the reply has `user_id` and `verification_status`.
pub(super) async fn create_verified(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    if request["document_front"].is_null() {
        return invalid("document_front");
    }
    body(&json!({"status": "ok", "data": {"user_id": next(&written), "verification_status": "processing"}}))
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

/// The id of a new customer.
fn next(written: &Shared) -> u64 {
    let mut written = written.lock().expect("no handler panicked");
    written.customers += 1;
    200_003 + written.customers
}

#[derive(Deserialize)]
pub(super) struct Check {
    user_id: Option<String>,
}

/// The documented field, at the top level.
pub(super) async fn kyc(Query(check): Query<Check>) -> Response {
    if check.user_id.is_none() {
        return invalid("user_id");
    }
    body(&json!({"status": "ok", "kyc_status": "valid"}))
}
