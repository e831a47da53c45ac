//! The handler of events: it counts effects that must be made once.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::{Delivery, Failure, Handler};
use cryptopocket_webhooks::Event;

use crate::durable::Durable;
use crate::life::Life;
use crate::variant::Variant;
use crate::world::World;

/// The handler of events: it counts effects that must be made once.
#[derive(Debug)]
pub(crate) struct Effects<D> {
    world: Arc<World<D>>,
    life: Arc<Life>,
}

impl<D: Durable> Effects<D> {
    pub(crate) fn new(world: Arc<World<D>>, life: Arc<Life>) -> Self {
        Self { world, life }
    }

    async fn add(&self, transaction: &mut D::Transaction, effect: String) -> Result<(), Failure> {
        if self.world.variant == Variant::HandlerOutsideTransaction {
            *self.world.notes().effects.entry(effect).or_insert(0) += 1;
            return Ok(());
        }
        D::add(transaction, effect).await
    }
}

impl<D: Durable> Handler<D::Transaction> for Effects<D> {
    async fn handle(&self, delivery: &Delivery, transaction: &mut D::Transaction) -> Result<(), Failure> {
        let key = delivery.key();
        self.world
            .trace(key, || format!("{key}: handled, attempt {}", delivery.attempt()));
        self.life.step().await;
        if self.world.draw(|rates| rates.slow_handler) {
            let pause = self
                .world
                .between(Duration::from_secs(1), Duration::from_secs(20));
            self.world.time.sleep(pause).await;
        }
        self.add(transaction, format!("event {key}")).await?;
        self.life.step().await;
        let payment = delivery.event().filter(|event| event.name() == "COINS_SENT");
        if let Some(id) = payment.and_then(Event::object_id) {
            self.add(transaction, format!("credit {id}")).await?;
            self.life.step().await;
        }
        if self.world.draw(|rates| rates.handler_failure) {
            return Err(Failure::retry("a simulated failure"));
        }
        Ok(())
    }
}
