//! Forms that all replies share: the token check, paginators, the framework's page for a missing route.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// The only token.
pub(super) const TOKEN: &str = "other-token";

/// Refuses calls without the token, with the documented code and HTTP 200.
pub(super) async fn require_token(request: Request, next: Next) -> Response {
    if request.headers().get("auth").is_some_and(|token| token == TOKEN) {
        return next.run(request).await;
    }
    refusal("authorization_incorrect")
}

/// A business refusal, as documented.
pub(super) fn refusal(code: &str) -> Response {
    body(&json!({"status": "error", "error": code}))
}

/// A refused field, as documented.
pub(super) fn invalid(field: &str) -> Response {
    let rule = format!("The {field} field is required.");
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        body(&json!({"message": "The given data was invalid.", "errors": {field: [rule]}})),
    )
        .into_response()
}

/// A reply with HTTP 200.
pub(super) fn body(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// What the web framework answers for a path that it does not know.
pub(super) async fn no_route() -> Response {
    let page =
        "<!DOCTYPE html>\n<html><head><title>Not Found</title></head><body><div>404</div></body></html>\n";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// Paging of lists: pages count from 0, and the page size is called `limit`.
#[derive(Deserialize)]
pub(super) struct Paging {
    #[serde(default)]
    page: usize,
    #[serde(default = "default_limit")]
    limit: usize,
}

fn default_limit() -> usize {
    2
}

impl Paging {
    /// The rows of the page, and the numbers that the framework's paginator gives. It announces no total.
    pub(super) fn paginator(&self, rows: &[Value]) -> Value {
        let limit = self.limit.max(1);
        let page: Vec<_> = rows.iter().skip(self.page * limit).take(limit).collect();
        let last = rows.len().div_ceil(limit).max(1) - 1;
        json!({"current_page": self.page, "data": page, "last_page": last, "per_page": limit.to_string()})
    }
}

/// The number at the end of an id such as `otherpayment0000000000007`.
pub fn row_number(id: &str) -> Option<u64> {
    id.trim_start_matches(|letter: char| !letter.is_ascii_digit())
        .parse()
        .ok()
}
