//! Customers: whether, when and how they pay.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::{Command, Times, WebhookFault};

use crate::durable::Durable;
use crate::world::World;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// Pays a payment some time after its creation, or does not.
pub(crate) async fn pay<D: Durable>(world: &Arc<World<D>>, payment: String) {
    world.time.sleep(world.between(MINUTE, 2 * HOUR)).await;
    let (drawn, event) = {
        let mut chance = world.chance();
        (
            chance.below(100),
            if chance.happens(5_000) {
                "PAY_IN"
            } else {
                "COINS_SENT"
            },
        )
    };
    if world.draw(|rates| rates.faulty_webhook) {
        let fault = fault(world);
        world.provider.command(Command::ArmWebhookFault {
            event: event.to_owned(),
            fault,
            times: Times::first(1),
        });
    }
    let command = match drawn {
        0..90 => Command::Pay {
            payment: payment.clone(),
            holder: None,
            wallet: None,
        },
        90..95 => Command::FailPayment {
            payment: payment.clone(),
        },
        _ => return,
    };
    world.trace(&payment, || format!("{payment}: the customer acts: {command:?}"));
    world.provider.command(command);
}

fn fault<D: Durable>(world: &World<D>) -> WebhookFault {
    let mut chance = world.chance();
    match chance.below(6) {
        0 => WebhookFault::Duplicate,
        1 => WebhookFault::Corrupt,
        2 => WebhookFault::Skew(600 - 1200 * i64::from(chance.happens(5_000))),
        3 => WebhookFault::Late(chance.between(MINUTE, 72 * HOUR)),
        4 => WebhookFault::Overtaken,
        _ => WebhookFault::Lost,
    }
}
