//! Payments and off-ramps.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Paging, body, invalid, refusal, row_number};
use super::state::{ACCOUNT, Shared};
use super::users::refused;

fn id(number: u64) -> String {
    format!("otherpayment{number:013}")
}

/// Cents as text, the holder as an object, a time without its zone.
fn payment(number: u64, reconciled: &[String]) -> Value {
    let id = id(number);
    let status = if reconciled.contains(&id) {
        "payment_received"
    } else {
        "coins_sent"
    };
    json!({
        "id": id, "external_id": format!("order-{number}"), "user_id": 200_001, "status": status,
        "fiat_amount": "10000", "fiat_symbol": "EUR", "coin_symbol": "USDC", "coin_amount": "98.70",
        "created_at": "2026-05-02 09:30:00", "holder": {"name": "Alma Ruiz", "iban": null},
        "txid": format!("0x{number:064x}"), "network_fee": 12,
    })
}

fn all(written: &Shared) -> Vec<Value> {
    let written = written.lock().expect("no handler panicked");
    (1..=5)
        .chain(written.payments.iter().copied())
        .map(|number| payment(number, &written.reconciled))
        .collect()
}

/// `GET /payment/{id}`.
pub(super) async fn get(State(written): State<Shared>, Path(id): Path<String>) -> Response {
    match all(&written).into_iter().find(|row| row["id"] == id) {
        Some(row) => body(&json!({"status": "ok", "data": row})),
        None => refusal("payment_not_found"),
    }
}

#[derive(Deserialize)]
pub(super) struct Reference {
    external_id: Option<String>,
}

/// The framework's paginator around the rows, without a status word. It knows no filter but `external_id`.
pub(super) async fn list(
    State(written): State<Shared>,
    Query(paging): Query<Paging>,
    Query(reference): Query<Reference>,
) -> Response {
    let mut rows = all(&written);
    rows.retain(|row| {
        reference
            .external_id
            .as_deref()
            .is_none_or(|id| row["external_id"] == id)
    });
    body(&paging.paginator(&rows))
}

fn next(written: &Shared) -> u64 {
    let mut written = written.lock().expect("no handler panicked");
    let number = 6 + written.payments.len() as u64;
    written.payments.push(number);
    number
}

/// As documented for a transfer; `concept` is text with a leading zero, which a number could not keep.
pub(super) async fn create(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    if request["user_id"].is_null() {
        return refusal("fail_mandatory_field");
    }
    if let Some(refusal) = refused(&written, &request["user_id"]) {
        return refusal;
    }
    let number = next(&written);
    if request["payment_type"] == "transfer" {
        return body(
            &json!({"status": "sucess", "message": "payment_created", "data": {
                "payment_id": id(number), "iban": ACCOUNT, "bic": "CAIXESBBXXX",
                "concept": format!("0{}", 120_000 + number), "destination_name": "Other Provider SL",
            }}),
        );
    }
    let url = format!("https://pay.example/{number}");
    body(
        &json!({"status": "success", "message": "payment_created", "data": {"url_payment": url, "payment_id": id(number)}}),
    )
}

/// As documented.
pub(super) async fn create_guided(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    if request["user_id"].is_null() {
        return refusal("fail_mandatory_field");
    }
    if let Some(refusal) = refused(&written, &request["user_id"]) {
        return refusal;
    }
    let number = next(&written);
    body(
        &json!({"status": "success", "message": "guided_payment_created", "data": {
            "payment_id": id(number), "gateway_url": format!("https://pay.example/{number}"), "external_id": request["external_id"],
        }}),
    )
}

/// As an older page says.
pub(super) async fn create_offramp(Json(request): Json<Value>) -> Response {
    if request["user_id"].is_null() {
        return invalid("user_id");
    }
    body(&json!({"status": "ok", "data": {
        "id": 3, "rampoff": "payment created", "wallet": "0xde709f2102306220921060314715629080e2fb77",
    }}))
}

fn sale(number: u64) -> Value {
    json!({
        "id": number, "status": "waiting_for_coins", "blockchain": "polygon", "crypto": "USDC",
        "amount": "20000000", "decimals": "6", "fiat_amount": "18.42",
    })
}

#[derive(Deserialize)]
pub(super) struct One {
    id: Option<String>,
}

/// `GET /getRampoff`, with a status that no page names.
pub(super) async fn offramp(Query(one): Query<One>) -> Response {
    let Some(id) = one.id else {
        return invalid("id");
    };
    match row_number(&id).filter(|number| (1..=3).contains(number)) {
        Some(number) => body(&json!({"status": "ok", "data": sale(number)})),
        None => refusal("rampoff_not_found"),
    }
}

/// Named `rampoffs`.
pub(super) async fn offramps(Query(paging): Query<Paging>) -> Response {
    let rows: Vec<_> = (1..=3).map(sale).collect();
    body(&json!({"status": "ok", "data": paging.paginator(&rows)}))
}
