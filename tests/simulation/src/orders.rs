//! The orders of our application, and what becomes of them.

use std::fmt;
use std::time::Duration;

use cryptopocket::once::{Outcome, create_guided_once, create_payment_once};
use cryptopocket::onramp::{CreatedPayment, NewGuidedPayment, NewPayment, Payment};
use cryptopocket::{Asset, PaymentType};
use cryptopocket_inbox::ErrorKind;
use cryptopocket_inbox::tracker::{NewObject, Object};
use cryptopocket_types::{Currency, Decimal, Money, UserId};

use crate::durable::Durable;
use crate::finding::{AGREEMENT, BACKWARDS, Finding};
use crate::node::Process;
use crate::payout;
use crate::world::{Transfer, World};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

/// What is ordered, and how the customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Card,
    Transfer,
    Guided,
    Offramp,
}

/// An order of a customer of ours.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) key: String,
    pub(crate) number: u32,
    pub(crate) kind: Kind,
    pub(crate) customer: u64,
    pub(crate) cents: u32,
    /// The machines that work on it.
    pub(crate) nodes: Vec<usize>,
}

impl Order {
    pub(crate) fn amount(&self) -> Money {
        let amount = Decimal::from_minor(i128::from(self.cents), 2).unwrap_or_default();
        Money::new(amount, Currency::EUR)
    }
}

/// The final outcome of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Final {
    /// It was created, as the payment with this id.
    Created(String),
    /// It was refused.
    Refused,
}

/// What the journal says of an order.
pub(crate) struct Told {
    pub(crate) outcome: Final,
    /// The reference of a transfer, if it is known.
    concept: Option<u64>,
}

impl Told {
    pub(crate) fn of(outcome: Final) -> Self {
        Self {
            outcome,
            concept: None,
        }
    }
}

/// Asks for the payment of an order until its outcome is known, and tracks it.
pub(crate) async fn place<D: Durable>(process: &Process<D>, order: &Order) {
    let world = &process.world;
    loop {
        let pause = match ask(process, order).await {
            Ok(told) if track(process, order, &told).await => return conclude(world, order, &told),
            Ok(_) => Duration::from_secs(5),
            Err(pause) => pause,
        };
        world.time.sleep(pause).await;
    }
}

async fn track<D: Durable>(process: &Process<D>, order: &Order, told: &Told) -> bool {
    let Final::Created(id) = &told.outcome else {
        return true;
    };
    let payment = || NewObject::new(Object::payment(id.as_str()), process.now());
    let new = match order.kind {
        Kind::Transfer => payment().method(PaymentType::Transfer),
        Kind::Card | Kind::Guided => payment().method(PaymentType::Card),
        Kind::Offramp => NewObject::new(Object::offramp(id.as_str()), process.now()),
    };
    process.tracker.track(new).await.is_ok()
}

/// What is known of an order, or how long to wait before the next question.
pub(crate) async fn ask<D: Durable>(process: &Process<D>, order: &Order) -> Result<Told, Duration> {
    let Process { journal, world, .. } = process;
    let (client, key) = (&process.client, &order.key);
    let (user, asset) = (UserId::from(order.customer), Asset::new("USDC", "polygon"));
    let answer = match order.kind {
        Kind::Guided => {
            let payment = NewGuidedPayment::new(user, order.amount(), asset);
            create_guided_once(journal, client, key, payment).await
        }
        Kind::Card => {
            let payment = NewPayment::card(user, order.amount(), asset, WALLET);
            create_payment_once(journal, client, key, payment).await
        }
        Kind::Transfer => {
            let payment = NewPayment::transfer(user, order.amount(), asset, WALLET);
            create_payment_once(journal, client, key, payment).await
        }
        Kind::Offramp => return payout::ask(process, order).await,
    };
    world.trace(key, || {
        format!("{key}: machine {} is told {}", process.number, shown(&answer))
    });
    match answer {
        Ok(Outcome::Done(payment)) => Ok(Told {
            outcome: Final::Created(payment.payment_id.to_string()),
            concept: concept(&payment),
        }),
        Ok(Outcome::Recovered(payment)) => Ok(Told::of(Final::Created(payment.id.to_string()))),
        Ok(Outcome::Refused { .. }) => Ok(Told::of(Final::Refused)),
        Ok(other) => Err(waits(process, key, &other)),
        Err(error) => Err(failed(process, key, &error)),
    }
}

/// How long to wait after an outcome that is not final.
pub(crate) fn waits<D: Durable, T: fmt::Debug, F: fmt::Debug>(
    process: &Process<D>,
    key: &str,
    outcome: &Outcome<T, F>,
) -> Duration {
    match outcome {
        Outcome::Pending { after, .. } => (*after).max(Duration::from_secs(1)),
        Outcome::NotSent { .. } => Duration::from_secs(20),
        other => {
            let text = format!("{key} is {other:?}, though its key was used once");
            process.world.find(Finding::new(AGREEMENT, &[key], text));
            Duration::from_hours(1)
        }
    }
}

/// How long to wait after an error.
pub(crate) fn failed<D: Durable>(
    process: &Process<D>,
    key: &str,
    error: &cryptopocket_inbox::Error,
) -> Duration {
    let world = &process.world;
    if error.kind() == ErrorKind::KeyReused {
        world.find(Finding::new(AGREEMENT, &[key], format!("{key}: {error}")));
    }
    world.between(Duration::from_secs(1), Duration::from_secs(30))
}

fn concept(created: &CreatedPayment) -> Option<u64> {
    let transfer = created.next.bank_transfer()?;
    transfer.concept.as_str().parse().ok()
}

fn shown(answer: &Result<Outcome<CreatedPayment, Payment>, cryptopocket_inbox::Error>) -> String {
    match answer {
        Ok(Outcome::Done(created)) => format!("created as {}", created.payment_id),
        Ok(Outcome::Recovered(payment)) => format!("recovered as {}", payment.id),
        other => format!("{other:?}"),
    }
}

/// Notes a final outcome. There is only one.
pub(crate) fn conclude<D: Durable>(world: &World<D>, order: &Order, told: &Told) {
    let outcome = &told.outcome;
    let mut notes = world.notes();
    if let (Final::Created(id), Some(concept)) = (outcome, told.concept) {
        let transfer = Transfer {
            concept,
            amount: order.amount(),
            since: world.time.passed(),
            is_tied: false,
        };
        notes.known.transfers.entry(id.clone()).or_insert(transfer);
    }
    let before = notes.known.outcomes.insert(order.key.clone(), outcome.clone());
    if before.as_ref().is_some_and(|before| before != outcome) {
        let text = format!("{} was {before:?} and is {outcome:?}", order.key);
        notes.findings.push(Finding::new(BACKWARDS, &[&order.key], text));
    }
}
