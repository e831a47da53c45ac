//! What our application does about changes: it counts effects that must be made once.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::tracker::{Change, ChangeHandler, Changed, Object};
use cryptopocket_inbox::{Delivery, Failure};

use crate::durable::Durable;
use crate::life::Life;
use crate::variant::Variant;
use crate::world::World;

/// What our application does about changes and events.
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

    /// The end of each handling: it can be late, and it can fail.
    async fn end(&self) -> Result<(), Failure> {
        self.life.step().await;
        if self.world.draw(|rates| rates.slow_handler) {
            let pause = self
                .world
                .between(Duration::from_secs(1), Duration::from_secs(20));
            self.world.time.sleep(pause).await;
        }
        if self.world.draw(|rates| rates.handler_failure) {
            return Err(Failure::retry("a simulated failure"));
        }
        Ok(())
    }
}

impl<D: Durable> ChangeHandler<D::Transaction> for Effects<D> {
    async fn change(&self, changed: &Changed, transaction: &mut D::Transaction) -> Result<(), Failure> {
        let id = &match &changed.object {
            Object::Offramp(id) => format!("offramp-{id}"),
            Object::Payment(id) => id.to_string(),
        };
        self.world.trace(id, || {
            format!("{id}: {:?} by {:?}", changed.change, changed.source)
        });
        self.life.step().await;
        match &changed.change {
            Change::Moved { to, .. } => {
                self.add(transaction, format!("moved {id} to {}", to.as_str()))
                    .await?;
            }
            Change::Confirmed { state } => {
                self.add(transaction, format!("credit {id} {}", state.as_str()))
                    .await?;
            }
            _ => {}
        }
        self.end().await
    }

    async fn event(&self, delivery: &Delivery, transaction: &mut D::Transaction) -> Result<(), Failure> {
        let key = delivery.key();
        self.world
            .trace(key, || format!("{key}: handled, attempt {}", delivery.attempt()));
        self.life.step().await;
        self.add(transaction, format!("event {key}")).await?;
        self.end().await
    }
}
