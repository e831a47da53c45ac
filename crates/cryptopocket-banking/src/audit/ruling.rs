//! What people decide, and the decisions of the matcher.

use std::borrow::Borrow;
use std::io;

use cryptopocket_types::{PaymentId, Timestamp};

use super::{AuditLog, Doubt, Event, Pair};
use crate::TransactionKey;
use crate::matcher::{Decision, Outcome};

/// Entries that are written at once.
const BATCH: usize = 1024;

/// Every method writes to the disk before it returns. It fails when the log cannot be written, and with `InvalidInput` for
/// a ruling without a reason or about a payment that the log does not know.
impl AuditLog {
    /// Records the matcher's decisions with their evidence: those that differ from the last one about their payment.
    ///
    /// A payment that is settled or closed is not decided about. Returns how many were recorded.
    ///
    /// # Errors
    ///
    /// When the log cannot be written.
    pub fn record<D: Borrow<Decision>>(
        &mut self,
        at: Timestamp,
        by: &str,
        decisions: impl IntoIterator<Item = D>,
    ) -> io::Result<u64> {
        let before = self.entries();
        let mut batch = Vec::new();
        for decision in decisions {
            let decision = decision.borrow();
            let is_made = !matches!(decision.outcome, Outcome::Settled | Outcome::Closed);
            if is_made && !self.state().is_recorded(decision) {
                batch.push(Event::Decided {
                    decision: decision.clone(),
                });
            }
            if batch.len() == BATCH {
                self.write(at, by, std::mem::take(&mut batch))?;
            }
        }
        self.write(at, by, batch)?;
        Ok(self.entries() - before)
    }

    /// Accepts that `transactions` pay the payment, whatever the matcher says.
    ///
    /// A single transaction that pays this payment alone is posted by the next [`apply`](crate::Banking::apply), unless the
    /// provider tied the payment already. A split is recorded only, and what the matcher called a split, partial or over: the
    /// provider's call takes one pair of equal amounts. Returns whether it will be posted.
    ///
    /// # Errors
    ///
    /// As for every ruling; `InvalidInput` also without a transaction.
    pub fn accept(
        &mut self,
        at: Timestamp,
        by: &str,
        payment_id: PaymentId,
        transactions: Vec<TransactionKey>,
        reason: &str,
    ) -> io::Result<bool> {
        if transactions.is_empty() {
            return Err(refused("name at least one transaction"));
        }
        let state = self.state();
        let is_split = match transactions.as_slice() {
            [one] => {
                state.other_payment(&payment_id, one).is_some() || is_part(state.of(&payment_id).outcome)
            }
            _ => true,
        };
        let post = !is_split && !state.of(&payment_id).remains_at_provider();
        let event = Event::Accepted {
            payment_id,
            transactions,
            reason: given(reason)?,
            post,
        };
        self.append(at, by, event)?;
        Ok(post)
    }

    /// Rejects a pair: it is no candidate any more.
    ///
    /// # Errors
    ///
    /// As for every ruling; `InvalidInput` also for a pair that was posted, which must be revoked.
    pub fn reject(&mut self, at: Timestamp, by: &str, pair: Pair, reason: &str) -> io::Result<()> {
        if self.state().of(&pair.payment_id).is_posted() {
            return Err(refused("the payment was posted: revoke or contest that"));
        }
        let reason = given(reason)?;
        self.append(at, by, Event::Rejected { pair, reason })
    }

    /// Doubts what was decided about the payment: nothing is posted for it until a person accepts or revokes.
    ///
    /// Returns whether the provider tied the payment, or may have: no call is known that undoes that.
    ///
    /// # Errors
    ///
    /// As for every ruling.
    pub fn contest(
        &mut self,
        at: Timestamp,
        by: &str,
        payment_id: PaymentId,
        reason: &str,
    ) -> io::Result<bool> {
        self.doubt(at, by, payment_id, reason, Event::Contested)
    }

    /// Takes back what was decided about the payment, by people or by the matcher, posted or not.
    ///
    /// The payment takes part in matching again. If anything but a person's ruling was taken back, nothing is posted for it
    /// until a person accepts. Returns whether the provider tied the payment, or may have: no call is known that undoes that.
    ///
    /// # Errors
    ///
    /// As for every ruling.
    pub fn revoke(
        &mut self,
        at: Timestamp,
        by: &str,
        payment_id: PaymentId,
        reason: &str,
    ) -> io::Result<bool> {
        self.doubt(at, by, payment_id, reason, Event::Revoked)
    }

    /// Writes a ruling about a payment that the log knows. Returns whether the provider tied it, or may have.
    fn doubt(
        &mut self,
        at: Timestamp,
        by: &str,
        payment_id: PaymentId,
        reason: &str,
        event: fn(Doubt) -> Event,
    ) -> io::Result<bool> {
        if !self.state().knows(&payment_id) {
            return Err(refused("the log has no decision about this payment"));
        }
        let remains_at_provider = self.state().of(&payment_id).remains_at_provider();
        let doubt = Doubt {
            payment_id,
            reason: given(reason)?,
            remains_at_provider,
        };
        self.append(at, by, event(doubt))?;
        Ok(remains_at_provider)
    }
}

/// Whether the credit and the payment differ in amount, by the matcher's last word.
const fn is_part(outcome: Option<Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Split | Outcome::Partial | Outcome::Over))
}

fn given(reason: &str) -> io::Result<String> {
    match reason.trim() {
        "" => Err(refused("a reason is missing")),
        reason => Ok(reason.to_owned()),
    }
}

fn refused(rule: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, rule)
}
