//! Customers: whether, when and how they pay.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::{Command, Times, TransferFault, WebhookFault};
use cryptopocket_types::Decimal;

use crate::durable::Durable;
use crate::orders::Kind;
use crate::provider::Created;
use crate::world::World;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// Pays a payment, or sends the coins of an off-ramp, some time after its creation, or does not.
pub(crate) async fn pay<D: Durable>(world: &Arc<World<D>>, created: Created) {
    let payment = created.id;
    world.time.sleep(world.between(MINUTE, 2 * HOUR)).await;
    let drawn = world.chance().below(100);
    if world.draw(|rates| rates.faulty_webhook) {
        let (event, fault) = webhook_fault(world, created.kind);
        world.provider.command(Command::ArmWebhookFault {
            event: event.to_owned(),
            fault,
            times: Times::first(1),
        });
    }
    let command = match drawn {
        0..90 if created.kind == Kind::Offramp => Command::Deposit {
            offramp: payment.parse().unwrap_or(0),
            amount: None,
        },
        _ if created.kind == Kind::Offramp => return,
        0..90 if created.kind == Kind::Transfer => {
            if world.draw(|rates| rates.faulty_transfer) {
                let (fault, times) = (transfer_fault(world), Times::first(1));
                world.trace(&payment, || {
                    format!("{payment}: the transfer goes wrong: {fault:?}")
                });
                world.provider.command(Command::ArmTransferFault { fault, times });
            }
            Command::PayTransfer {
                payment: payment.clone(),
            }
        }
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

fn webhook_fault<D: Durable>(world: &World<D>, kind: Kind) -> (&'static str, WebhookFault) {
    let mut chance = world.chance();
    let events = match kind {
        Kind::Offramp => ["CRYPTO_RECEIVED", "RAMPOFF_FINISHED"],
        _ => ["PAY_IN", "COINS_SENT"],
    };
    let event = events[chance.index(2)];
    let fault = match chance.below(6) {
        0 => WebhookFault::Duplicate,
        1 => WebhookFault::Corrupt,
        2 => WebhookFault::Skew(600 - 1200 * i64::from(chance.happens(5_000))),
        3 => WebhookFault::Late(chance.between(MINUTE, 72 * HOUR)),
        4 => WebhookFault::Overtaken,
        _ => WebhookFault::Lost,
    };
    (event, fault)
}

fn transfer_fault<D: Durable>(world: &World<D>) -> TransferFault {
    match world.chance().below(7) {
        0 => TransferFault::WrongConcept,
        1 => TransferFault::MissingConcept,
        2 => TransferFault::Partial(Decimal::ONE),
        3 => TransferFault::Over(Decimal::ONE),
        4 => TransferFault::Twice,
        5 => TransferFault::Split,
        _ => TransferFault::Lost,
    }
}
