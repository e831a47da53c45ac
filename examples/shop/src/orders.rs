//! The endpoints of the shop's customers.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
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
        Ok((StatusCode::CONFLICT, Json(body)).into_response())
    };
    let asset = Asset::new("USDC", "polygon");
    let (money, cents) = match checked(&new, &asset) {
        Ok(amount) => amount,
        Err(wrong) => return Ok((StatusCode::BAD_REQUEST, Json(wrong)).into_response()),
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
    if let Some(payment) = stored.payment
        && shop
            .journal
            .entry(&new.order)
            .await?
            .is_none_or(|entry| entry.object.is_none())
    {
        return Ok(Json(json!({"payment": payment, "pay": null})).into_response());
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
    let money = new.amount.parse::<Money>().ok();
    let Some(money) = money.filter(|money| money.currency() == Currency::EUR) else {
        return Err(wrong(
            "amount",
            "is no amount of euros",
            "Give an amount such as 240 EUR.",
        ));
    };
    checks("amount", input::money("amount", money))?;
    checks(
        "wallet",
        input::wallet(&new.wallet.as_str().into(), Some(asset.chain())),
    )?;
    let cents = money.to_minor().ok().and_then(|cents| i64::try_from(cents).ok());
    let cents = cents.ok_or_else(|| wrong("amount", "is too large", "Give an amount such as 240 EUR."))?;
    Ok((money, cents))
}

async fn answer<S: Ledger>(shop: &Shop<S>, order: &str, once: PaymentOnce) -> Result<Response, Broken> {
    let unavailable = |body: Value| {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [("retry-after", "1")],
            Json(body),
        )
            .into_response()
    };
    let (payment, body) = match once {
        PaymentOnce::Done(created) => {
            let pay = match &created.next {
                // The customer's own details, for the customer: nothing logs them.
                NextStep::BankTransfer(transfer) => {
                    json!({"iban": transfer.iban.reveal(), "concept": transfer.concept.to_string()})
                }
                _ => Value::Null,
            };
            let body = json!({"payment": created.payment_id, "pay": pay});
            (created.payment_id.to_string(), body)
        }
        PaymentOnce::Recovered(payment) => {
            let body = json!({"payment": payment.id, "pay": null, "note": "the transfer's details were lost: cancel, and order again"});
            (payment.id.to_string(), body)
        }
        PaymentOnce::Named { id } => {
            let body = json!({"payment": id, "pay": null});
            (id, body)
        }
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
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response());
        }
        PaymentOnce::Ambiguous { .. } => {
            let body = json!({"pending": "a person looks into it"});
            return Ok((StatusCode::CONFLICT, Json(body)).into_response());
        }
        PaymentOnce::Pending { after, .. } => {
            let wait = after.as_secs().max(1).to_string();
            let body = Json(json!({"pending": "ask again"}));
            return Ok((StatusCode::ACCEPTED, [("retry-after", wait)], body).into_response());
        }
        PaymentOnce::NotSent { reason, .. } => return Ok(unavailable(json!({"not_sent": reason}))),
        _ => return Ok(unavailable(json!({"pending": "ask again"}))),
    };
    if !shop.tie(order, &payment).await? {
        // Its details would have the customer pay a second time.
        let body = json!({"conflict": "another payment pays this order: a person looks into it"});
        return Ok((StatusCode::CONFLICT, Json(body)).into_response());
    }
    Ok(Json(body).into_response())
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
