//! The endpoints of the shop's customers.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use cryptopocket::inbox::journal::Journal;
use cryptopocket::inbox::tracker::{NewObject, Object, Tracker};
use cryptopocket::inbox::{ErrorKind, Inbox};
use cryptopocket::once::{PaymentOnce, create_payment_once};
use cryptopocket::onramp::{NewPayment, NextStep};
use cryptopocket::{Asset, Client, Currency, Money, PaymentType, input};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::credit::Credit;
use crate::ledger::{self, Ledger, Order};

pub(crate) struct Shop<S> {
    pub(crate) client: Client,
    pub(crate) inbox: Inbox<S>,
    pub(crate) journal: Journal<Inbox<S>>,
    pub(crate) tracker: Tracker<S, Credit<S>>,
}

impl<S: Ledger> Shop<S> {
    /// Notes which payment pays an order, and has it polled if its webhooks do not come; `false` if another payment pays
    /// the order, and then this one is put aside once its money comes. It can be repeated.
    pub(crate) async fn tie(&self, order: &str, payment: &str) -> Result<bool, cryptopocket::inbox::Error> {
        let is_tied = ledger::tie(self.inbox.store(), order, payment).await?;
        let now = self.client.session().runtime().now();
        let new = NewObject::new(Object::payment(payment), now).method(PaymentType::Transfer);
        self.tracker.track(new).await?;
        Ok(is_tied)
    }
}

/// What a customer orders.
#[derive(Deserialize)]
pub(crate) struct NewOrder {
    /// Id of the order. Asking again with the same one never pays twice.
    order: String,
    /// The customer's id at the provider.
    customer: String,
    /// Such as `240 EUR`.
    amount: String,
    /// Where the USDC go, on polygon.
    wallet: String,
}

/// `POST /orders`
pub(crate) async fn place<S: Ledger>(
    State(shop): State<Arc<Shop<S>>>,
    Json(new): Json<NewOrder>,
) -> Result<Response, Broken> {
    let conflict = || {
        let body = json!({"conflict": "this order was placed with other details: give a new one another id"});
        Ok(answered(StatusCode::CONFLICT, None, body))
    };
    let asset = Asset::new("USDC", "polygon");
    let (money, cents) = match checked(&new, &asset) {
        Ok(amount) => amount,
        Err(wrong) => return Ok(answered(StatusCode::BAD_REQUEST, None, wrong)),
    };
    let order = Order {
        id: new.order.clone(),
        customer: new.customer.clone(),
        cents,
        payment: None,
    };
    // Before the payment exists, so that its webhooks find the order, however fast they come.
    let now = shop.client.session().runtime().now();
    ledger::place(shop.inbox.store(), order.clone(), now).await?;
    // The first request decides. What is credited later is the amount stored here, so no other one may be paid.
    let stored = ledger::order(shop.inbox.store(), &new.order).await?;
    let Some((stored, _)) =
        stored.filter(|(stored, _)| stored.customer == order.customer && stored.cents == order.cents)
    else {
        return conflict();
    };
    // Matched at the desk with a payment that the journal did not make.
    if let Some(payment) = stored.payment {
        let entry = shop.journal.entry(&new.order).await?;
        if entry.is_none_or(|entry| entry.object.is_none()) {
            return Ok(Json(json!({"payment": payment, "pay": null})).into_response());
        }
    }
    let payment = NewPayment::transfer(new.customer.as_str().into(), money, asset, new.wallet.as_str());
    match create_payment_once(&shop.journal, &shop.client, &new.order, payment).await {
        Ok(once) => answer(&shop, &new.order, once).await,
        Err(error) if error.kind() == ErrorKind::KeyReused => conflict(),
        Err(error) => Err(error.into()),
    }
}

/// The amount, also in cents, of an order that the SDK takes; or which field breaks what rule, and the cure. What is wrong
/// must not be stored: it would stay, and could never be sent.
fn checked(new: &NewOrder, asset: &Asset) -> Result<(Money, i64), Value> {
    let wrong = |field: &str, rule: &str, cure: &str| json!({"field": field, "rule": rule, "cure": cure});
    let checks = |field: &str, checked: cryptopocket::Result<()>| {
        checked.map_err(|error| {
            // The SDK's name of the field comes first.
            let text = error.to_string();
            let rule = text.split_once(' ').map_or(text.as_str(), |(_, rule)| rule);
            wrong(field, rule, error.advice().text())
        })
    };
    checks("order", input::external_id(&new.order.as_str().into()))?;
    checks("customer", input::user_id(&new.customer.as_str().into()))?;
    // Balances are kept in one currency.
    let amount = |rule: &str| wrong("amount", rule, "Give an amount such as 240 EUR.");
    let money = new.amount.parse::<Money>().ok();
    let euros = money.filter(|money| money.currency() == Currency::EUR);
    let money = euros.ok_or_else(|| amount("is no amount of euros"))?;
    checks("amount", input::money("amount", money))?;
    let wallet = input::wallet(&new.wallet.as_str().into(), Some(asset.chain()));
    checks("wallet", wallet)?;
    let cents = money.to_minor().ok().and_then(|cents| i64::try_from(cents).ok());
    let cents = cents.ok_or_else(|| amount("is too large"))?;
    Ok((money, cents))
}

async fn answer<S: Ledger>(shop: &Shop<S>, order: &str, once: PaymentOnce) -> Result<Response, Broken> {
    if let Some(payment) = once.payment_id() {
        if !shop.tie(order, payment.as_str()).await? {
            // Its details would have the customer pay a second time.
            let body = json!({"conflict": "another payment pays this order: a person looks into it"});
            return Ok(answered(StatusCode::CONFLICT, None, body));
        }
        let mut body = json!({"payment": payment, "pay": null});
        match &once {
            PaymentOnce::Done(created) => {
                if let NextStep::BankTransfer(transfer) = &created.next {
                    // The customer's own details, for the customer: nothing logs them.
                    body["pay"] =
                        json!({"iban": transfer.iban.reveal(), "concept": transfer.concept.to_string()});
                }
            }
            PaymentOnce::Recovered(_) => {
                body["note"] = json!("the transfer's details were lost: cancel, and order again");
            }
            _ => {}
        }
        return Ok(Json(body).into_response());
    }
    Ok(match once {
        PaymentOnce::Refused(refusal) => {
            ledger::refuse(shop.inbox.store(), order).await?;
            // The link is the customer's own: nothing logs it.
            let body = json!({
                "refused": refusal.reason,
                "code": refusal.code.as_ref().map(cryptopocket::ErrorCode::as_str),
                "advice": refusal.advice.as_ref().map(cryptopocket::Advice::text),
                "form": refusal.verification_url.as_ref().map(cryptopocket::Secret::expose),
                "next": "this order stays refused: once the cause is gone, order under a new id",
            });
            answered(StatusCode::UNPROCESSABLE_ENTITY, None, body)
        }
        PaymentOnce::Ambiguous { .. } => {
            let body = json!({"pending": "a person looks into it"});
            answered(StatusCode::CONFLICT, None, body)
        }
        PaymentOnce::Pending { after, .. } => {
            let body = json!({"pending": "ask again"});
            answered(StatusCode::ACCEPTED, Some(after.as_secs().max(1)), body)
        }
        PaymentOnce::NotSent { reason, .. } => answered(
            StatusCode::SERVICE_UNAVAILABLE,
            Some(1),
            json!({"not_sent": reason}),
        ),
        _ => answered(
            StatusCode::SERVICE_UNAVAILABLE,
            Some(1),
            json!({"pending": "ask again"}),
        ),
    })
}

/// An answer, and in how many seconds to ask again.
fn answered(status: StatusCode, after: Option<u64>, body: Value) -> Response {
    let mut answer = (status, Json(body)).into_response();
    if let Some(after) = after {
        answer.headers_mut().insert(RETRY_AFTER, after.into());
    }
    answer
}

/// `GET /orders/{id}`
pub(crate) async fn show<S: Ledger>(
    State(shop): State<Arc<Shop<S>>>,
    Path(id): Path<String>,
) -> Result<Response, Broken> {
    let Some((order, state)) = ledger::order(shop.inbox.store(), &id).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    Ok(Json(json!({"order": order.id, "payment": order.payment, "state": state})).into_response())
}

/// `GET /balances/{customer}`
pub(crate) async fn balance<S: Ledger>(
    State(shop): State<Arc<Shop<S>>>,
    Path(customer): Path<String>,
) -> Result<Json<Value>, Broken> {
    let cents = ledger::balance(shop.inbox.store(), &customer).await?;
    Ok(Json(json!({"cents": cents})))
}

/// A failure of the store. The customer asks again, which is always safe.
pub(crate) struct Broken;

impl<E: std::error::Error> From<E> for Broken {
    fn from(error: E) -> Self {
        eprintln!("shop: {error}");
        Self
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")]).into_response()
    }
}
