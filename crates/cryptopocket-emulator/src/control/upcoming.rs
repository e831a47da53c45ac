//! What is going to go wrong, and what is going to happen by itself.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::faults::Waiting;
use crate::moment::Moment;
use crate::world::{Due, World};

/// A fault that has not struck as often yet as it was to; see `Sandbox::armed_faults`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArmedFault {
    /// The fault's name, such as `drop_after`.
    pub what: String,
    /// What suffers it: `call`, `webhook` or `transfer`.
    pub of: String,
    /// The operation or the type of event that it waits for, `*` for any; of a transfer, `transfer`.
    pub on: String,
    /// Its detail, such as a status, where it has one.
    pub detail: Option<String>,
    /// How many pass unharmed before it strikes.
    pub skip: u32,
    /// How many suffer it then.
    pub left: u32,
}

/// Something that happens by itself when its time has come; see `Sandbox::timers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Timer {
    /// When it happens on the emulator's clock, as RFC 3339.
    pub at: String,
    /// `kyc_decision` on a customer, `coins` for a payment, `payout` of an off-ramp, `credit` on the bank account, or
    /// `webhook`, which then leaves.
    pub what: String,
    /// The customer that is decided on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<u64>,
    /// The payment that gets its coins, or that the credit is meant for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
    /// The off-ramp that is paid out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offramp_id: Option<u64>,
    /// What arrives on the bank account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// The webhook's number in the delivery log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<u64>,
}

pub fn armed_faults(world: &World) -> Vec<ArmedFault> {
    let waiting = world.faults.waiting().into_iter();
    waiting
        .map(|one: Waiting| ArmedFault {
            what: one.name.to_owned(),
            of: one.of.to_owned(),
            on: one.on,
            detail: one.detail,
            skip: one.skip,
            left: one.left,
        })
        .collect()
}

pub fn timers(world: &World) -> Vec<Timer> {
    let queue = world.timers.queue.iter();
    queue.map(|((at, _), due)| timer(*at, due)).collect()
}

fn timer(at: Moment, due: &Due) -> Timer {
    let bare = |what: &str| Timer {
        at: at.to_string(),
        what: what.to_owned(),
        user_id: None,
        payment_id: None,
        offramp_id: None,
        amount: None,
        delivery_id: None,
    };
    match due {
        Due::KycDecision { user, .. } => Timer {
            user_id: Some(*user),
            ..bare("kyc_decision")
        },
        Due::Coins { payment, .. } => Timer {
            payment_id: Some(payment.clone()),
            ..bare("coins")
        },
        Due::Payout { offramp, .. } => Timer {
            offramp_id: Some(*offramp),
            ..bare("payout")
        },
        Due::Credit { incoming, .. } => Timer {
            payment_id: incoming.meant_for.clone(),
            amount: Some(incoming.amount.rescaled(2).unwrap_or(incoming.amount)),
            ..bare("credit")
        },
        Due::Attempt(delivery) | Due::NotOvertaken(delivery) => Timer {
            delivery_id: Some(*delivery),
            ..bare("webhook")
        },
    }
}
