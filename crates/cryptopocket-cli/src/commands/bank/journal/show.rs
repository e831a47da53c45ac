//! `bank journal show`: who decided what, when and why.

use std::path::Path;

use cryptopocket::PaymentId;
use cryptopocket::banking::audit::{Entry, Event, entries};

use super::{GIVE_LOG, changed};
use crate::prelude::*;

pub(super) fn run(path: &Path, payment: Option<&PaymentId>, context: &mut Context) -> Result<()> {
    let bytes = file::input("bank journal", path, GIVE_LOG)?;
    let mut entries = entries(&bytes).map_err(|broken| changed(path, &broken))?;
    entries.retain(|entry| payment.is_none_or(|payment| entry.event.payment_id() == payment));
    if context.output.is_json() {
        return entries.iter().try_for_each(|entry| context.output.json(entry));
    }
    let row = |entry: &Entry| {
        let (number, at) = (entry.number.to_string(), entry.at.to_string());
        let payment = entry.event.payment_id().to_string();
        vec![number, at, entry.by.clone(), payment, what(&entry.event)]
    };
    let headings = [">entry", "at", "by", "payment", "what"];
    context.output.rows(&headings, entries.iter().map(row))
}

fn what(event: &Event) -> String {
    let when = |holds: &bool, words: &'static str| if *holds { words } else { "" };
    let remains = "; the provider's side remains";
    match event {
        Event::Decided { decision } => {
            let candidates = decision.candidates.iter().map(|candidate| {
                let reasons: Vec<_> = candidate.reasons.iter().map(ToString::to_string).collect();
                format!(" {} ({})", candidate.transaction, reasons.join("; "))
            });
            format!("{}:{}", decision.outcome, candidates.collect::<String>())
        }
        Event::Posting(pair) => format!("posting {}", pair.transaction),
        Event::Posted { pair, seen_later } => {
            let later = when(seen_later, ", seen after a lost answer");
            format!("posted {}{later}", pair.transaction)
        }
        Event::NotPosted { pair, cause, refused } => {
            let refused = if *refused { "refused" } else { "not posted" };
            format!("{refused} {}: {cause}", pair.transaction)
        }
        Event::Unknown { pair, cause } => format!("outcome unknown of {}: {cause}", pair.transaction),
        Event::Accepted {
            transactions,
            reason,
            post,
            ..
        } => {
            let ids: Vec<_> = transactions.iter().map(ToString::to_string).collect();
            let post = when(&!post, ", recorded only");
            format!("accepted {}{post}: {reason}", ids.join(" + "))
        }
        Event::Rejected { pair, reason } => format!("rejected {}: {reason}", pair.transaction),
        Event::Contested(doubt) => format!(
            "contested: {}{}",
            doubt.reason,
            when(&doubt.remains_at_provider, remains)
        ),
        Event::Revoked(doubt) => format!(
            "revoked: {}{}",
            doubt.reason,
            when(&doubt.remains_at_provider, remains)
        ),
        _ => "another event".to_owned(),
    }
}
