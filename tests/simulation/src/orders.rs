//! The orders of our application, and what becomes of them.

use std::time::Duration;

use cryptopocket::Asset;
use cryptopocket::once::{PaymentOnce, create_payment_once};
use cryptopocket::onramp::NewPayment;
use cryptopocket_inbox::ErrorKind;
use cryptopocket_types::{Currency, Decimal, Money, UserId};

use crate::durable::Durable;
use crate::finding::Finding;
use crate::node::Process;
use crate::world::World;

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

/// An order of a customer of ours.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) key: String,
    pub(crate) customer: u64,
    pub(crate) cents: u32,
    /// The machines that work on it.
    pub(crate) nodes: Vec<usize>,
}

impl Order {
    pub(crate) fn payment(&self) -> NewPayment {
        let amount = Decimal::from_minor(i128::from(self.cents), 2).unwrap_or_default();
        let money = Money::new(amount, Currency::EUR);
        let asset = Asset::new("USDC", "polygon");
        NewPayment::card(UserId::from(self.customer), money, asset, WALLET)
    }
}

/// What the journal says of an order in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was created, as the payment with this id.
    Created(String),
    /// It was refused.
    Refused,
}

/// Asks for the payment of an order until its outcome is known.
pub(crate) async fn place<D: Durable>(process: &Process<D>, order: &Order) {
    let world = &process.world;
    loop {
        let pause = match ask(process, order).await {
            Ok(outcome) => {
                told(world, order, &outcome);
                return;
            }
            Err(pause) => pause,
        };
        world.time.sleep(pause).await;
    }
}

/// What is known of an order, or how long to wait before the next question.
pub(crate) async fn ask<D: Durable>(process: &Process<D>, order: &Order) -> Result<Outcome, Duration> {
    let world = &process.world;
    let key = &order.key;
    let answer = create_payment_once(&process.journal, &process.onramp, key, order.payment()).await;
    world.trace(key, || {
        format!("{key}: machine {} is told {}", process.number, shown(&answer))
    });
    match answer {
        Ok(PaymentOnce::Done(created)) => Ok(Outcome::Created(created.payment_id.to_string())),
        Ok(PaymentOnce::Recovered(payment)) => Ok(Outcome::Created(payment.id.to_string())),
        Ok(PaymentOnce::Refused { .. }) => Ok(Outcome::Refused),
        Ok(PaymentOnce::Pending { after, .. }) => Err(after.max(Duration::from_secs(1))),
        Ok(PaymentOnce::NotSent { .. }) => Err(Duration::from_secs(20)),
        Ok(other) => {
            let text = format!("{key} is {other:?}, though its key was used once");
            world.find(Finding::new(
                "the final word agrees with the provider",
                &[key],
                text,
            ));
            Err(Duration::from_hours(1))
        }
        Err(error) => {
            if error.kind() == ErrorKind::KeyReused {
                let text = format!("{key}: {error}");
                world.find(Finding::new(
                    "the final word agrees with the provider",
                    &[key],
                    text,
                ));
            }
            Err(world.between(Duration::from_secs(1), Duration::from_secs(30)))
        }
    }
}

fn shown(answer: &Result<PaymentOnce, cryptopocket_inbox::Error>) -> String {
    match answer {
        Ok(PaymentOnce::Done(created)) => format!("created as {}", created.payment_id),
        Ok(PaymentOnce::Recovered(payment)) => format!("recovered as {}", payment.id),
        other => format!("{other:?}"),
    }
}

/// Notes a final outcome. There is only one.
pub(crate) fn told<D: Durable>(world: &World<D>, order: &Order, outcome: &Outcome) {
    let mut notes = world.notes();
    let before = notes.outcomes.insert(order.key.clone(), outcome.clone());
    if before.as_ref().is_some_and(|before| before != outcome) {
        let text = format!("{} was {before:?} and is {outcome:?}", order.key);
        let finding = Finding::new("no state backwards", &[&order.key], text);
        notes.findings.push(finding);
    }
}
