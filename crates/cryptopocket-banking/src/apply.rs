//! Posting of matches, journalled before and after every call.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use cryptopocket_core::{Effect, Error};
use cryptopocket_types::{Iban, PaymentId, Timestamp, TransactionId};
use serde::Serialize;

use crate::audit::{AuditLog, Event, Hold, Pair};
use crate::matcher::{Decision, Outcome};
use crate::{Banking, Basis, NewReconciliation, TransactionKey};

/// How matches are posted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// Who posts, for the audit log.
    pub by: String,
    /// The least time from one call to the next. The provider documents no limit.
    pub every: Duration,
}

impl ApplyOptions {
    /// Posts in the name of `by`, at most five a second.
    pub fn new(by: impl Into<String>) -> Self {
        Self {
            by: by.into(),
            every: Duration::from_millis(200),
        }
    }
}

/// What became of a match that was to be posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Applied {
    /// The match.
    #[serde(flatten)]
    pub pair: Pair,
    /// The result.
    #[serde(flatten)]
    pub result: ApplyResult,
}

impl Applied {
    const fn new(pair: Pair, result: ApplyResult) -> Self {
        Self { pair, result }
    }
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
    /// A decision about the payment or the transaction stands already, an earlier call has no known outcome, or another
    /// transaction is posted for the payment in the same run.
    Skipped,
    /// Something must be cleared first.
    Held {
        /// What.
        reason: Hold,
    },
    /// A [`preview`]: it would be posted.
    WouldPost,
    /// An earlier failure stopped the run before it.
    NotTried,
}

/// What [`Banking::apply`] would post and hold, without a call and without an entry in the log.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::audit::AuditLog;
/// use cryptopocket_banking::matcher::{Decision, ExpectedPayment, Matcher, Policy};
/// use cryptopocket_banking::{ApplyResult, Basis, Transaction, preview};
///
/// let mut payment = ExpectedPayment::new("p-1", "10 EUR".parse().unwrap());
/// payment.concept = Some(120_037_u64.into());
/// let mut credit = Transaction::new("t-1", "10 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
/// credit.concept = cryptopocket_types::Personal::from("120037").into();
/// let mut matcher = Matcher::new(Policy::default()).unwrap();
/// matcher.add_payments(&[payment.clone()]);
/// matcher.add_transactions(&[credit.clone()]);
/// let decisions: Vec<Decision> = matcher.decide().iter().collect();
/// # let folder = tempfile::tempdir().unwrap();
/// let log = AuditLog::open(&folder.path().join("log")).unwrap();
/// let rows = preview(&decisions, &Basis::new([&payment], [&credit]), &log);
/// assert_eq!(rows[0].result, ApplyResult::WouldPost);
/// ```
pub fn preview<D: Borrow<Decision>>(
    decisions: impl IntoIterator<Item = D>,
    basis: &Basis,
    log: &AuditLog,
) -> Vec<Applied> {
    let decisions = decisions.into_iter();
    judged(
        decisions.filter_map(|decision| confirmed(decision.borrow())),
        basis,
        log,
    )
}

/// The pair of a confirmed decision.
fn confirmed(decision: &Decision) -> Option<Pair> {
    match (decision.outcome, decision.candidates.as_slice()) {
        (Outcome::Confirmed, [one]) => Some(Pair::new(&decision.payment_id, one.transaction.clone())),
        _ => None,
    }
}

/// What is to become of the pairs that people accepted, which come first, and of the confirmed ones.
fn judged(confirmed: impl IntoIterator<Item = Pair>, basis: &Basis, log: &AuditLog) -> Vec<Applied> {
    let state = log.state();
    // The transactions that are sent, as the input has them.
    let mut sent: BTreeMap<TransactionId, Vec<(&TransactionKey, PaymentId)>> = BTreeMap::new();
    let mut paid = BTreeSet::new();
    let accepted = state.to_post().map(|pair| (pair, true));
    let confirmed = confirmed.into_iter().map(|pair| (pair, false));
    let judged = accepted.chain(confirmed).map(|(pair, by_person)| {
        let payment = &pair.payment_id;
        let is_taken = paid.contains(payment) || (!by_person && state.of(payment).is_taken());
        if is_taken || state.other_payment(payment, &pair.transaction).is_some() {
            return Applied::new(pair, ApplyResult::Skipped);
        }
        let hold = if by_person {
            state.hold_of_accepted(&pair, basis)
        } else {
            state.hold_of_confirmed(&pair, basis)
        };
        let record = basis.records(&pair.transaction).next();
        let hold = hold.or_else(|| {
            let (record, _) = record?;
            let sent = sent.entry(pair.transaction.id().clone()).or_default();
            let other = sent.iter().find(|(key, _)| key.may_be(record));
            let hold = other.map(|(_, other)| Hold::SentForAnother(other.clone()));
            sent.push((record, payment.clone()));
            hold
        });
        if hold.is_none() {
            paid.insert(payment.clone());
        }
        let result = hold.map_or(ApplyResult::WouldPost, |reason| ApplyResult::Held { reason });
        Applied::new(pair, result)
    });
    judged.collect()
}

impl Banking {
    /// Posts what people accepted and what the matcher confirmed, and nothing else.
    ///
    /// All `decisions` are [recorded](AuditLog::record) with their evidence first. Each call is written to the log before it is
    /// made, and its result after it, so a run that died can be run again: what was posted is skipped, and what was begun is
    /// [resolved](Self::resolve_pending) first. A refusal concerns its row alone. A call that cannot be sent, or whose answer is
    /// lost, ends the run.
    ///
    /// `basis` is all records that the decisions were made from. A pair is [held](Hold) if one of its records is not there, if
    /// their amounts differ, or if the matcher confirmed it without a rival that an earlier decision in the log knows.
    ///
    /// **Idempotency.** Each call is [`reconcile`](Self::reconcile): never resent once it may have arrived.
    ///
    /// # Errors
    ///
    /// Only when the log cannot be written. Failures of calls are in the result.
    pub async fn apply<D: Borrow<Decision>>(
        &self,
        decisions: impl IntoIterator<Item = D>,
        basis: &Basis,
        log: &mut AuditLog,
        options: &ApplyOptions,
        mut progress: impl FnMut(&Applied),
    ) -> io::Result<Vec<Applied>> {
        let mut pairs = Vec::new();
        let decisions = decisions
            .into_iter()
            .inspect(|decision| pairs.extend(confirmed(decision.borrow())));
        // What was accepted before counts, and recording changes nothing of that.
        log.record(self.session().runtime().now(), &options.by, decisions)?;
        let mut rows = judged(pairs, basis, log);
        let (mut called, mut stopped) = (false, false);
        for row in &mut rows {
            if row.result == ApplyResult::WouldPost {
                row.result = ApplyResult::NotTried;
                // The calls before may have changed what the log says.
                if !log.state().may_post(&row.pair) {
                    row.result = ApplyResult::Skipped;
                } else if !stopped {
                    if called {
                        self.session().runtime().sleep(options.every).await;
                    }
                    called = true;
                    row.result = self.post(&row.pair, log, options).await?;
                }
            }
            stopped |= matches!(
                row.result,
                ApplyResult::NotSent { .. } | ApplyResult::Unknown { .. }
            );
            progress(row);
        }
        Ok(rows)
    }

    async fn post(&self, pair: &Pair, log: &mut AuditLog, options: &ApplyOptions) -> io::Result<ApplyResult> {
        let now = || self.session().runtime().now();
        log.append(now(), &options.by, Event::Posting(pair.clone()))?;
        let mut call = NewReconciliation::new(&pair.payment_id, pair.transaction.id());
        // An account that is no IBAN is one of a statement's own numbers, which the provider cannot know.
        let account = pair.transaction.account();
        call.iban = account.filter(|account| account.reveal().parse::<Iban>().is_ok());
        let (effect, cause) = match self.reconcile(call).await {
            Ok(_) => (Effect::Done, String::new()),
            Err(error) => (error.effect(), cause(&error)),
        };
        let (pair, kept) = (pair.clone(), cause.clone());
        let not_posted = |pair, refused| Event::NotPosted {
            pair,
            cause: kept.clone(),
            refused,
        };
        let (result, event) = match effect {
            Effect::Done => {
                let seen_later = false;
                (ApplyResult::Posted, Event::Posted { pair, seen_later })
            }
            Effect::NotDone => (ApplyResult::Refused { code: cause }, not_posted(pair, true)),
            Effect::NotSent => (ApplyResult::NotSent { cause }, not_posted(pair, false)),
            Effect::Unknown => {
                let event = Event::Unknown { pair, cause: kept };
                (ApplyResult::Unknown { cause }, event)
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
        let pending: Vec<(Pair, Timestamp)> = log.state().pending().collect();
        let mut left = 0;
        for (pair, since) in pending {
            let now = self.session().runtime().now();
            let old = since.checked_add(grace).is_some_and(|end| now >= end);
            let event = match is_paid(&pair.payment_id).await {
                Ok(true) => Event::Posted {
                    pair,
                    seen_later: true,
                },
                Ok(false) if old => Event::NotPosted {
                    pair,
                    cause: "not_seen".to_owned(),
                    refused: false,
                },
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

/// The provider's code, or the kind of the error.
fn cause(error: &Error) -> String {
    error
        .code()
        .map_or_else(|| error.kind().as_str().to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests;
