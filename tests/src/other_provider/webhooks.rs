//! Subscriptions, as documented.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::reply::{body, invalid, refusal};
use super::state::Shared;

#[derive(Deserialize)]
pub(super) struct Subscription {
    #[serde(rename = "type")]
    event: Option<String>,
    url: Option<String>,
}

pub(super) async fn subscribe(State(written): State<Shared>, Form(asked): Form<Subscription>) -> Response {
    let (Some(event), Some(_)) = (asked.event, asked.url) else {
        return invalid("type");
    };
    written.lock().expect("no handler panicked").events.push(event);
    body(&json!({"status": "ok", "data": "subscription_created"}))
}

/// Refuses an event that is not subscribed to.
pub(super) async fn update(State(written): State<Shared>, Form(asked): Form<Subscription>) -> Response {
    let (Some(event), Some(_)) = (asked.event, asked.url) else {
        return invalid("type");
    };
    if written
        .lock()
        .expect("no handler panicked")
        .events
        .contains(&event)
    {
        body(&json!({"status": "ok", "data": "subscription_updated"}))
    } else {
        refusal("subscription_not_found")
    }
}
