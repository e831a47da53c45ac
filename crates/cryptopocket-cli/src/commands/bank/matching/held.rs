//! What `--apply` would not post, and why.

use std::collections::BTreeSet;

use cryptopocket::PaymentId;
use cryptopocket::banking::Basis;
use cryptopocket::banking::audit::{AuditLog, Hold, Pair};
use cryptopocket::banking::matcher::Decisions;
use serde::Serialize;

use crate::output::clean;

/// A pair that is not posted for now.
#[derive(Serialize)]
pub(super) struct Held {
    #[serde(flatten)]
    pair: Pair,
    reason: Hold,
}

impl Held {
    pub(super) fn line(&self) -> String {
        let (payment, key) = (self.pair.payment_id.as_str(), self.pair.transaction.id().as_str());
        let (payment, key) = (clean(payment), clean(key));
        format!("held: payment {payment}, transaction {key}: {}", self.reason)
    }

    pub(super) const fn payment(&self) -> &PaymentId {
        &self.pair.payment_id
    }
}

/// Confirmed and accepted pairs that are held, and accepted ones that the provider refused.
pub(super) fn held(log: &AuditLog, decisions: &Decisions<'_>, basis: &Basis) -> Vec<Held> {
    let state = log.state();
    let accepted = state.to_post().filter_map(|pair| {
        let reason = state.hold_of_accepted(&pair, basis)?;
        Some(Held { pair, reason })
    });
    let mut held: Vec<Held> = accepted.collect();
    let refused = state.refused().map(|(pair, code)| Held {
        pair: pair.clone(),
        reason: Hold::Refused {
            code: code.to_owned(),
        },
    });
    held.extend(refused);
    let told: BTreeSet<Pair> = held.iter().map(|one| one.pair.clone()).collect();
    let confirmed = decisions
        .confirmed()
        .map(|(payment, key)| Pair::new(payment, key));
    held.extend(confirmed.filter(|pair| !told.contains(pair)).filter_map(|pair| {
        let reason = state.hold_of_confirmed(&pair, basis)?;
        Some(Held { pair, reason })
    }));
    held
}
