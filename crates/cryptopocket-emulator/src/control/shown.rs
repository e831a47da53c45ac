//! How the control plane shows what the API does not.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::delivery::Delivery;
use crate::wire::{OfframpView, PaymentView};
use crate::world::{Offramp, Payment, World};

#[derive(Serialize)]
pub(super) struct State {
    now: String,
    speed: String,
    integrations: Vec<Counts>,
    idle: bool,
    due: usize,
}

#[derive(Serialize)]
struct Counts {
    api_key: String,
    whitelisted: bool,
    customers: usize,
    payments: usize,
    offramps: usize,
    bank_transactions: usize,
    subscriptions: std::collections::BTreeMap<&'static str, String>,
}

impl State {
    pub(super) fn of(world: &World) -> Self {
        let counts = world.integrations.iter().map(|one| Counts {
            api_key: one.key.clone(),
            whitelisted: one.whitelisted,
            customers: one.customers.len(),
            payments: one.payments.len(),
            offramps: one.offramps.len(),
            bank_transactions: one.accounts.iter().map(|account| account.feed.len()).sum(),
            subscriptions: one.subscriptions.clone(),
        });
        Self {
            now: world.now().to_string(),
            speed: world.clock.speed().to_string(),
            integrations: counts.collect(),
            idle: world.post.is_idle(),
            due: world.timers.queue.iter().len(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct PaymentShown<'a> {
    payment: PaymentView<'a>,
    payment_type: &'a str,
    guided: bool,
    wallet: Option<&'a str>,
    concept: Option<u64>,
}

impl<'a> PaymentShown<'a> {
    pub(super) fn of(payment: &'a Payment) -> Self {
        Self {
            payment: PaymentView::of(payment),
            payment_type: payment.method.payment_type,
            guided: payment.guided,
            wallet: payment.wallet.as_deref(),
            concept: payment.concept,
        }
    }
}

#[derive(Serialize)]
pub(super) struct OfframpShown<'a> {
    rampoff: OfframpView<'a>,
    user_id: u64,
    wallet: &'a str,
    received: String,
    payout_to: &'a str,
    fiat_symbol: &'a str,
    created_at: String,
}

impl<'a> OfframpShown<'a> {
    pub(super) fn of(offramp: &'a Offramp) -> Self {
        Self {
            rampoff: OfframpView::of(offramp),
            user_id: offramp.user,
            wallet: &offramp.wallet,
            received: offramp.received.to_string(),
            payout_to: &offramp.payout_to,
            fiat_symbol: offramp.fiat,
            created_at: offramp.created_at.to_string(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct DeliveryShown<'a> {
    id: u64,
    event: &'a str,
    subject: &'a str,
    url: &'a str,
    state: &'a str,
    body: Box<RawValue>,
    attempts: Vec<AttemptShown>,
}

#[derive(Serialize)]
struct AttemptShown {
    at: String,
    status: Option<u16>,
    error: Option<String>,
}

impl<'a> DeliveryShown<'a> {
    pub(super) fn of(delivery: &'a Delivery) -> Self {
        let attempts = delivery.attempts.iter().map(|attempt| AttemptShown {
            at: attempt.at.to_string(),
            status: attempt.result.as_ref().ok().copied(),
            error: attempt.result.as_ref().err().cloned(),
        });
        let body = serde_json::from_slice(&delivery.body).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self {
            id: delivery.id,
            event: delivery.event,
            subject: &delivery.subject,
            url: &delivery.url,
            state: delivery.state.name(),
            body,
            attempts: attempts.collect(),
        }
    }
}
