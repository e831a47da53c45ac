//! `bank match --apply`: posts what is accepted or confirmed, and says what is held.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use cryptopocket::banking::audit::{AuditLog, Hold, Pair};
use cryptopocket::banking::matcher::{Decisions, Rule};
use cryptopocket::banking::{Applied, ApplyOptions, ApplyResult, Basis};
use cryptopocket::{Client, Clock, ErrorCode, PaymentId, PaymentStatus, SystemClock};
use serde::Serialize;

use super::super::journal;
use super::Match;
use super::gather::Gathered;
use crate::prelude::*;

/// A payment that is still unpaid so long after a call with a lost answer was not paid by it.
const GRACE: Duration = Duration::from_mins(10);

/// How many records took no part although they may be rivals. What is worth nothing is none.
pub(super) fn left_out(gathered: &Gathered, decisions: &Decisions<'_>) -> usize {
    let harmless = |rule| matches!(rule, Rule::ZeroAmount | Rule::NegativeAmount);
    let problems = decisions.problems().iter();
    let rivals = problems.filter(|problem| !harmless(problem.rule));
    gathered.malformed.len() + rivals.count()
}

/// Refuses to post transactions by the bank's ids, and warns of a journal that would hold them.
pub(super) fn check_ids(matching: &Match, gathered: &Gathered) -> Result<()> {
    let Some(file) = gathered.bank_ids.first() else {
        return Ok(());
    };
    if matching.apply {
        let message = format!(
            "{file} is a bank statement: its transaction ids are the bank's, and only the provider's can be posted; nothing \
             was posted or written"
        );
        let cure = "Give --iban instead of --transactions: it reads the provider's list. Or give the provider's ids, as `bank \
             transactions --json` prints them.";
        return Err(Failure::input(message, cure));
    }
    if matching.journal.is_some() {
        warn(&format!(
            "the transaction ids in {file} are the bank's: a later run with --iban needs another journal, or holds these payments"
        ));
    }
    Ok(())
}

/// Refuses to post when a second credit for a payment may be missing.
pub(super) fn check(gathered: &Gathered, left_out: usize, allowed: bool) -> Result<()> {
    if left_out > 0 && !allowed {
        return Err(Failure::check(
            "rows_left_out",
            format!("left out: {left_out}; such a row may be a second credit, so nothing was posted"),
            "Correct them: without --apply they are listed. Or accept that with --allow-unreadable-rows.",
        ));
    }
    if let Some(empty) = gathered.empty.first() {
        return Err(Failure::check(
            "nothing_read",
            format!("{empty}, so nothing was posted"),
            "Give the complete lists: payments as --payments, transactions as --transactions.",
        ));
    }
    if gathered.unproven {
        return Err(Failure::check(
            "list_incomplete",
            "nothing shows that the provider's lists are complete, so nothing was posted",
            "Give the transactions as a file, or reconcile pairs one by one.",
        ));
    }
    Ok(())
}

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
    let held = |pair: Pair, reason: Option<Hold>| reason.map(|reason| Held { pair, reason });
    let accepted = state.to_post().filter_map(|pair| {
        let reason = state.hold_of_accepted(&pair, basis);
        held(pair, reason)
    });
    let refused = state.refused().filter_map(|(pair, code)| {
        let code = code.to_owned();
        held(pair, Some(Hold::Refused { code }))
    });
    let mut all: Vec<Held> = accepted.chain(refused).collect();
    let told: BTreeSet<Pair> = all.iter().map(|one| one.pair.clone()).collect();
    let confirmed = decisions.confirmed();
    let confirmed = confirmed.map(|(payment, key)| Pair::new(payment, key));
    all.extend(confirmed.filter(|pair| !told.contains(pair)).filter_map(|pair| {
        let reason = state.hold_of_confirmed(&pair, basis);
        held(pair, reason)
    }));
    all
}

/// Opens the log, and finds out what became of calls that an earlier run does not know the outcome of.
pub(super) async fn open(matching: &Match, client: Option<&Client>) -> Result<Option<AuditLog>> {
    let Some(path) = &matching.journal else {
        return Ok(None);
    };
    let mut log = journal::open(path)?;
    let Some(client) = client.filter(|_| log.state().pending().next().is_some()) else {
        return Ok(Some(log));
    };
    let is_paid = async |payment: &PaymentId| {
        let payment = client.onramp().payment(payment).await?;
        Ok(payment.status.rank() > PaymentStatus::PendingBank.rank())
    };
    let banking = client.banking();
    let resolved = banking
        .resolve_pending(&mut log, &matching.by, GRACE, is_paid)
        .await;
    resolved.map_err(|error| journal::failed(path, &error))?;
    Ok(Some(log))
}

/// Writes the decisions to the log.
pub(super) fn record(matching: &Match, log: &mut AuditLog, decisions: &Decisions<'_>) -> Result<()> {
    let recorded = log.record(SystemClock.now(), &matching.by, decisions.iter());
    let path = matching.journal.as_deref().unwrap_or(Path::new(""));
    recorded.map(drop).map_err(|error| journal::failed(path, &error))
}

/// Posts what people accepted, and the confirmed ones of `decisions`; records all of them.
pub(super) async fn post(
    matching: &Match,
    client: &Client,
    log: &mut AuditLog,
    (decisions, basis): (&Decisions<'_>, &Basis),
    progress: &Progress,
) -> Result<Vec<Applied>> {
    let mut options = ApplyOptions::new(&matching.by);
    options.every = Duration::from_mins(1) / matching.per_minute.max(1);
    let mut done = 0;
    let told = |_: &Applied| {
        done += 1;
        progress.label(format!("posting, {done} done"));
    };
    let banking = client.banking();
    let posting = banking.apply(decisions.iter(), basis, log, &options, told);
    let applied = progress.during(posting).await;
    applied.map_err(|error| {
        let message = format!("the audit log could not be written: {error}");
        let cure = "Run it again: what was posted is looked up first.";
        Failure::new(Exit::Unknown, "journal", message, cure)
    })
}

/// The failure that the rows amount to, worst first.
pub(super) fn failure(applied: &[Applied]) -> Option<Failure> {
    let count = |wanted: fn(&ApplyResult) -> bool| applied.iter().filter(|row| wanted(&row.result)).count();
    if count(|result| matches!(result, ApplyResult::Unknown { .. })) > 0 {
        return Some(Failure::new(
            Exit::Unknown,
            "unknown_outcome",
            "the answer to a call was lost: the pair may be tied",
            "Run the same command again: it looks the payment up before it posts anything.",
        ));
    }
    if count(|result| matches!(result, ApplyResult::NotSent { .. })) > 0 {
        let message = "a call could not be sent; the rest was not tried";
        return Some(Failure::new(
            Exit::NotSent,
            "not_sent",
            message,
            "Run the same command again.",
        ));
    }
    let refused = count(|result| matches!(result, ApplyResult::Refused { .. }));
    let unknown = |result: &ApplyResult| matches!(result, ApplyResult::Refused { code } if code == ErrorCode::TransactionNotFound.as_str());
    let hint = if count(unknown) > 0 {
        "transaction_not_found: the id is not the provider's. Give --iban instead of --transactions: it reads the provider's list."
    } else {
        "Look at their codes: another process may have tied them, or a payment no longer waits."
    };
    let message = format!("the provider refused {refused} of {} matches", applied.len());
    (refused > 0).then(|| Failure::new(Exit::Refused, "refused", message, hint))
}

/// A row of the table.
pub(super) fn row(applied: &Applied) -> Vec<String> {
    let result = match &applied.result {
        ApplyResult::Posted => "posted".to_owned(),
        ApplyResult::Refused { code } => format!("refused: {code}"),
        ApplyResult::NotSent { cause } => format!("not sent: {cause}"),
        ApplyResult::Unknown { cause } => format!("outcome unknown: {cause}"),
        ApplyResult::Skipped => "skipped: decided before".to_owned(),
        ApplyResult::Held { reason } => format!("held: {reason}"),
        ApplyResult::WouldPost => "would be posted".to_owned(),
        ApplyResult::NotTried => "not tried".to_owned(),
        _ => "another result".to_owned(),
    };
    let (payment, transaction) = (&applied.pair.payment_id, &applied.pair.transaction);
    vec![payment.to_string(), transaction.to_string(), result]
}
