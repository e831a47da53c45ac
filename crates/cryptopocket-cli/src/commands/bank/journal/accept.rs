//! What `bank journal accept` checks before it writes, and what will follow.

use crate::prelude::*;
use cryptopocket::banking::TransactionKey;
use cryptopocket::banking::audit::State;
use cryptopocket::banking::matcher::Outcome;
use cryptopocket::{Iban, PaymentId, Personal};

const SHOW: &str = "`bank journal FILE show` lists what was decided. For a pair that the log does not know, use `bank reconcile`.";

/// Refuses a pair that no decision of the log names, and amounts that differ.
pub(super) fn check(
    state: &State,
    payment: &PaymentId,
    transactions: &[TransactionKey],
    amounts_differ: bool,
) -> Result<()> {
    let known = &state.of(payment).candidates;
    let id = clean(payment.as_str());
    for key in transactions {
        let Some(named) = known.iter().find(|other| other.may_be(key)) else {
            let listed: Vec<_> = known.iter().map(|key| clean(key.id().as_str())).collect();
            let told = match state.of(payment).outcome {
                None => format!("the log has no decision about payment {id}"),
                Some(_) if listed.is_empty() => format!("the log names no transaction for payment {id}"),
                Some(_) => format!("for payment {id} the log names {}", listed.join(", ")),
            };
            let key = clean(key.id().as_str());
            let message =
                format!("transaction {key}, in this account, is not known: {told}; nothing was recorded");
            return Err(Failure::input(message, SHOW));
        };
        let is_iban = |text: Personal| text.reveal().parse::<Iban>().is_ok();
        if named.account().is_none() && !key.account().is_none_or(is_iban) {
            let message = "--iban: not a valid IBAN; nothing was recorded";
            return Err(Failure::input(message, "Check it, or leave it out."));
        }
    }
    let part = matches!(state.of(payment).outcome, Some(Outcome::Partial | Outcome::Over));
    if part && !amounts_differ {
        return Err(Failure::input(
            format!("the amounts of payment {id} and its transactions differ; nothing was recorded"),
            "Add --amounts-differ to record it all the same. It is not posted then: the provider is assumed to refuse it.",
        ));
    }
    Ok(())
}

/// Why the acceptance will only be recorded, if it will.
pub(super) fn recorded_only(
    state: &State,
    payment: &PaymentId,
    transactions: &[TransactionKey],
) -> Option<String> {
    let [one] = transactions else {
        return Some("a split over several transactions; tie it by hand with the provider".to_owned());
    };
    if let Some(other) = state.other_payment(payment, one) {
        let (key, other) = (clean(one.id().as_str()), clean(other.as_str()));
        return Some(format!(
            "transaction {key} was accepted for payment {other}, or posted to it; revoke that first if it is wrong"
        ));
    }
    let why = match state.of(payment).outcome {
        _ if state.of(payment).is_posted() => "the provider has the payment tied already",
        _ if state.of(payment).remains_at_provider() => {
            "the provider has the payment tied, or may have; ask the provider"
        }
        Some(Outcome::Split) => {
            "one part of a split: the amounts differ, so no call can tie it; tie it by hand with the provider"
        }
        Some(Outcome::Partial | Outcome::Over) => "the amounts differ; tie it by hand with the provider",
        _ => return None,
    };
    Some(why.to_owned())
}
