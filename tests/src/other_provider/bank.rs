//! Bank accounts, their transactions, reconciliation.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::reply::{Paging, body, invalid, refusal};
use super::state::{ACCOUNT, Shared};

/// The balance is cents; the account is named `iban`, its owner `owner`.
pub(super) async fn accounts() -> Response {
    body(&json!({"status": "ok", "data": [
        {"iban": ACCOUNT, "swift": "CAIXESBBXXX", "owner": "Remit SL", "currency": "EUR", "balance": 1_250_000},
    ]}))
}

/// Unsigned amounts with a direction, and the payer's text as a list of lines.
fn transaction(number: u32) -> Value {
    json!({
        "id": number, "iban": ACCOUNT, "amount": "100,00", "direction": if number == 3 { "debit" } else { "credit" },
        "currency": "EUR", "booking_date": format!("2026-05-0{number}T00:00:00Z"),
        "remittance_information": ["PAGO", format!("0{}", 120_000 + number)], "debtor_name": "ALMA RUIZ",
        "reconciled": if number == 1 { "true" } else { "false" }, "payment_id": null,
    })
}

/// Pages count from 0 here too.
pub(super) async fn transactions(Path(iban): Path<String>, Query(paging): Query<Paging>) -> Response {
    if iban != ACCOUNT {
        return refusal("account_not_found");
    }
    let rows: Vec<_> = (1..=3).map(transaction).collect();
    body(&json!({"status": "ok", "data": paging.paginator(&rows)}))
}

/// Named `reconciliations`; takes `bank_transaction_id`.
pub(super) async fn reconcile(State(written): State<Shared>, Json(request): Json<Value>) -> Response {
    let Some(payment) = request["payment_id"].as_str() else {
        return invalid("payment_id");
    };
    let transaction = &request["bank_transaction_id"];
    if transaction.is_null() {
        return invalid("bank_transaction_id");
    }
    written
        .lock()
        .expect("no handler panicked")
        .reconciled
        .push(payment.to_owned());
    body(&json!({"status": "ok", "data": {
        "payment_id": payment, "bank_transaction_id": transaction, "status": "payment_received",
    }}))
}
