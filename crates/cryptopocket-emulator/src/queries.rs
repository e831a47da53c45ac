//! Queries: state that the API does not show.

use std::collections::BTreeMap;

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::engine::Engine;
use crate::faults::ArmedFault;
use crate::moment::Moment;
use crate::records::{Offramp, Payment};
use crate::timers::Due;
use crate::webhooks::Delivery;
use crate::wire::{self, Object, object};

/// The state of an engine, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct State {
    /// The time of its clock, as RFC 3339.
    pub now: String,
    /// The speed of its clock, as [`Speed`](crate::Speed) writes it.
    pub speed: String,
    /// Its integrations.
    pub integrations: Vec<Counts>,
    /// Whether no webhook is ready to leave or in flight. Webhooks that wait for their time, for another attempt or to
    /// be overtaken do not count; they are among [`State::due`].
    pub idle: bool,
    /// The number of pending timers.
    pub due: usize,
}

/// An integration, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each field counts what it names")]
pub struct Counts {
    /// The API key.
    pub api_key: String,
    /// Off the whitelist, every token is refused.
    pub whitelisted: bool,
    pub customers: usize,
    pub payments: usize,
    pub offramps: usize,
    pub bank_transactions: usize,
    /// Webhook URLs by event type.
    pub subscriptions: BTreeMap<String, String>,
}

impl State {
    /// The number of payments in all integrations.
    pub fn payments(&self) -> usize {
        self.integrations.iter().map(|one| one.payments).sum()
    }

    /// The number of off-ramps in all integrations.
    pub fn offramps(&self) -> usize {
        self.integrations.iter().map(|one| one.offramps).sum()
    }
}

/// A credit whose payer's intention is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Transfer {
    /// The bank transaction.
    pub transaction_id: String,
    /// The payment it was meant for.
    pub meant_for: String,
    /// The payment it was reconciled with.
    pub reconciled_with: Option<String>,
    /// The amount that arrived.
    pub amount: Decimal,
    /// The amount of the payment it was meant for. Only a credit of that amount can be reconciled with it.
    pub expected_amount: Decimal,
}

/// A pending timer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Timer {
    /// When it fires on the virtual clock, as RFC 3339.
    pub at: String,
    /// `kyc_decision` on a customer, `coins` for a payment, `payout` of an off-ramp, `credit` on an account, `webhook`.
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
    /// The amount that arrives on the bank account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// The webhook's number in the delivery log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<u64>,
}

impl Timer {
    fn of(at: Moment, due: &Due) -> Self {
        let of = |what: &str| Self {
            at: at.to_string(),
            what: what.to_owned(),
            ..Self::default()
        };
        match due {
            Due::KycDecision(_, user) => Self {
                user_id: Some(*user),
                ..of("kyc_decision")
            },
            Due::Coins(_, payment) => Self {
                payment_id: Some(payment.clone()),
                ..of("coins")
            },
            Due::Payout(_, offramp) => Self {
                offramp_id: Some(*offramp),
                ..of("payout")
            },
            Due::Credit(_, credit) => Self {
                payment_id: credit.meant_for.clone(),
                amount: credit.amount.rescaled(2),
                ..of("credit")
            },
            Due::Attempt(delivery) | Due::NotOvertaken(delivery) => Self {
                delivery_id: Some(*delivery),
                ..of("webhook")
            },
        }
    }
}

impl Engine {
    /// The state, in numbers.
    pub fn state(&self) -> State {
        let counts = self.integrations.iter().map(|one| Counts {
            api_key: one.key.clone(),
            whitelisted: one.whitelisted,
            customers: one.customers.len(),
            payments: one.payments.len(),
            offramps: one.offramps.len(),
            bank_transactions: one.accounts.iter().map(|account| account.feed.len()).sum(),
            subscriptions: one.subscriptions.clone(),
        });
        State {
            now: self.now().to_string(),
            speed: self.settings().speed.to_string(),
            integrations: counts.collect(),
            idle: self.is_idle(),
            due: self.provider.timers.queue.len(),
        }
    }

    /// The pending timers, in the order in which they fire.
    pub fn timers(&self) -> Vec<Timer> {
        let queue = self.provider.timers.queue.iter();
        queue.map(|((at, _), due)| Timer::of(*at, due)).collect()
    }

    /// The armed faults: of calls, then of webhooks, then of transfers, the oldest of each first.
    pub fn armed_faults(&self) -> Vec<ArmedFault> {
        self.provider.faults.list()
    }

    /// The bank transactions that were reconciled with another payment than their payer meant.
    pub fn misattributed(&self) -> Vec<Transfer> {
        let mut transfers = self.transfers();
        transfers.retain(|one| one.reconciled_with.as_ref().unwrap_or(&one.meant_for) != &one.meant_for);
        transfers
    }

    /// Every credit whose payer's intention is known, integration by integration and account by account, oldest first.
    pub fn transfers(&self) -> Vec<Transfer> {
        let known = self.integrations.iter().flat_map(|one| {
            let credits = one.accounts.iter().flat_map(|account| account.feed.values());
            credits.filter_map(|credit| {
                let meant_for = credit.meant_for.clone()?;
                let payment = one.payments.get(&meant_for)?;
                Some(Transfer {
                    transaction_id: credit.id.clone(),
                    reconciled_with: credit.payment.clone(),
                    amount: credit.amount,
                    expected_amount: payment.fiat_amount.rescaled(2).unwrap_or(payment.fiat_amount),
                    meant_for,
                })
            })
        });
        known.collect()
    }
}

/// A payment as the control plane shows it.
pub(crate) fn payment_details(payment: &Payment) -> Object {
    object! {
        payment: wire::payment(payment), payment_type: payment.method.payment_type, guided: payment.guided,
        wallet: &payment.wallet, concept: payment.concept,
    }
}

/// An off-ramp as the control plane shows it.
pub(crate) fn offramp_details(offramp: &Offramp) -> Object {
    object! {
        rampoff: wire::offramp(offramp), user_id: offramp.user, wallet: &offramp.wallet,
        received: offramp.received.to_string(), payout_to: &offramp.payout_to, fiat_symbol: &offramp.fiat,
        created_at: offramp.created_at.to_string(),
    }
}

/// A delivery as the control plane shows it.
pub(crate) fn delivery_details(delivery: &Delivery) -> Object {
    let attempts = delivery.attempts.iter().map(|attempt| {
        let result = attempt.result.as_ref();
        object! { at: attempt.at.to_string(), status: result.ok(), error: result.err() }
    });
    let body: Option<&RawValue> = serde_json::from_str(&delivery.body).ok();
    object! {
        id: delivery.id, event: &delivery.event, subject: &delivery.subject, url: &delivery.url,
        state: delivery.state.name(), body: body, attempts: attempts.collect::<Vec<_>>(),
    }
}
