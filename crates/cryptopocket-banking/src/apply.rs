//! Posting of confirmed matches, journalled before and after every call.

use std::io;
use std::time::Duration;

use cryptopocket_core::{Effect, Error};
use cryptopocket_types::{PaymentId, Personal, TransactionId};
use serde::Serialize;

use crate::audit::{AuditLog, Event};
use crate::matcher::{Decision, Outcome};
use crate::{Banking, NewReconciliation};

/// How matches are posted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// Who posts, for the audit log.
    pub by: String,
    /// The account that holds the credits, if it is one.
    pub iban: Option<Personal>,
    /// The least time from one call to the next. The provider documents no limit.
    pub every: Duration,
    /// Whether to write and post nothing.
    pub dry_run: bool,
}

impl ApplyOptions {
    /// Posts in the name of `by`, at most five a second.
    pub fn new(by: impl Into<String>) -> Self {
        Self {
            by: by.into(),
            iban: None,
            every: Duration::from_millis(200),
            dry_run: false,
        }
    }
}

/// What became of a confirmed match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Applied {
    /// The payment.
    pub payment_id: PaymentId,
    /// The transaction.
    pub transaction_id: TransactionId,
    /// The result.
    #[serde(flatten)]
    pub result: ApplyResult,
}

/// The result of posting one match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApplyResult {
    /// The provider tied the pair.
    Posted,
    /// The provider refused, and nothing was done.
    Refused {
        /// The provider's code.
        code: String,
    },
    /// The call was not sent. The rest was not tried.
    NotSent {
        /// The kind of the error.
        cause: String,
    },
    /// The answer was lost, so the pair may be tied. The rest was not tried.
    Unknown {
        /// The kind of the error.
        cause: String,
    },
    /// A decision stands already, or an earlier call has no known outcome.
    Skipped,
    /// A dry run: it would have been posted.
    WouldPost,
    /// An earlier failure stopped the run before it.
    NotTried,
}

impl Banking {
    /// Posts confirmed matches, and nothing else.
    ///
    /// Each decision is written to the log with its evidence before its call, and the result after it, so a run that died can
    /// be run again: what was posted is skipped, and what was begun is [resolved](Self::resolve_pending) first. A refusal
    /// concerns its row alone. A call that cannot be sent, or whose answer is lost, ends the run.
    ///
    /// **Idempotency.** Each call is [`reconcile`](Self::reconcile): never resent once it may have arrived.
    ///
    /// # Errors
    ///
    /// Only when the log cannot be written. Failures of calls are in the result.
    pub async fn apply(
        &self,
        decisions: &[Decision],
        log: &mut AuditLog,
        options: &ApplyOptions,
        mut progress: impl FnMut(&Applied),
    ) -> io::Result<Vec<Applied>> {
        let mut applied = Vec::new();
        let mut stopped = false;
        let mut called = false;
        for decision in decisions {
            let (Outcome::Confirmed, [candidate]) = (decision.outcome, decision.candidates.as_slice()) else {
                continue;
            };
            let result = if log.state().is_taken(&decision.payment_id) {
                ApplyResult::Skipped
            } else if stopped {
                ApplyResult::NotTried
            } else if options.dry_run {
                ApplyResult::WouldPost
            } else {
                if called {
                    self.session().runtime().sleep(options.every).await;
                }
                called = true;
                self.post(decision, &candidate.transaction_id, log, options)
                    .await?
            };
            stopped |= matches!(result, ApplyResult::NotSent { .. } | ApplyResult::Unknown { .. });
            let row = Applied {
                payment_id: decision.payment_id.clone(),
                transaction_id: candidate.transaction_id.clone(),
                result,
            };
            progress(&row);
            applied.push(row);
        }
        Ok(applied)
    }

    async fn post(
        &self,
        decision: &Decision,
        transaction: &TransactionId,
        log: &mut AuditLog,
        options: &ApplyOptions,
    ) -> io::Result<ApplyResult> {
        let (payment_id, transaction_id) = (decision.payment_id.clone(), transaction.clone());
        let decision = decision.clone();
        let now = || self.session().runtime().now();
        log.append(now(), &options.by, Event::Decided { decision })?;
        let posting = Event::Posting {
            payment_id: payment_id.clone(),
            transaction_id: transaction_id.clone(),
        };
        log.append(now(), &options.by, posting)?;
        let mut pair = NewReconciliation::new(&payment_id, &transaction_id);
        pair.iban.clone_from(&options.iban);
        let (result, event) = match self.reconcile(pair).await {
            Ok(_) => (ApplyResult::Posted, posted(payment_id, transaction_id)),
            Err(error) => {
                let cause = cause(&error);
                match error.effect() {
                    Effect::Done => (ApplyResult::Posted, posted(payment_id, transaction_id)),
                    Effect::NotDone => {
                        let event = not_posted(payment_id, transaction_id, &cause);
                        (ApplyResult::Refused { code: cause }, event)
                    }
                    Effect::NotSent => {
                        let event = not_posted(payment_id, transaction_id, &cause);
                        (ApplyResult::NotSent { cause }, event)
                    }
                    Effect::Unknown => {
                        let event = Event::Unknown {
                            payment_id,
                            transaction_id,
                            cause: cause.clone(),
                        };
                        (ApplyResult::Unknown { cause }, event)
                    }
                }
            }
        };
        log.append(now(), &options.by, event)?;
        Ok(result)
    }

    /// Finds out what became of the calls that the log does not know the outcome of.
    ///
    /// `is_paid` tells whether the provider shows the payment as paid. One that is not paid so long after its call was begun
    /// as `grace` counts as not posted, and can be posted again; a younger one stays pending. Returns how many do.
    ///
    /// # Errors
    ///
    /// When the log cannot be written. A look that fails leaves its pair pending.
    pub async fn resolve_pending(
        &self,
        log: &mut AuditLog,
        by: &str,
        grace: Duration,
        is_paid: impl AsyncFn(&PaymentId) -> cryptopocket_core::Result<bool>,
    ) -> io::Result<usize> {
        let pending: Vec<_> = log
            .state()
            .pending()
            .map(|(payment, pending)| (payment.clone(), pending.clone()))
            .collect();
        let mut left = 0;
        for (payment_id, pending) in pending {
            let now = self.session().runtime().now();
            let old = pending.since.checked_add(grace).is_some_and(|end| now >= end);
            let event = match is_paid(&payment_id).await {
                Ok(true) => Event::Posted {
                    payment_id,
                    transaction_id: pending.transaction_id,
                    seen_later: true,
                },
                Ok(false) if old => not_posted(payment_id, pending.transaction_id, "not_seen"),
                Ok(false) | Err(_) => {
                    left += 1;
                    continue;
                }
            };
            log.append(now, by, event)?;
        }
        Ok(left)
    }
}

fn posted(payment_id: PaymentId, transaction_id: TransactionId) -> Event {
    Event::Posted {
        payment_id,
        transaction_id,
        seen_later: false,
    }
}

fn not_posted(payment_id: PaymentId, transaction_id: TransactionId, cause: &str) -> Event {
    Event::NotPosted {
        payment_id,
        transaction_id,
        cause: cause.to_owned(),
    }
}

/// The provider's code, or the kind of the error.
fn cause(error: &Error) -> String {
    error
        .code()
        .map_or_else(|| error.kind().as_str().to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests;
