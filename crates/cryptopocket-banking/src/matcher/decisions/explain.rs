//! Reasons of a pair, from its evidence and its rivals.

use cryptopocket_types::Money;

use super::super::edge::Edge;
use super::super::evidence::{AmountMatch, DateMatch, IbanMatch};
use super::super::name::NameMatch;
use super::super::reason::Reason;
use super::super::record::NO_DAY;
use super::super::resolve::Field;

pub(super) fn reasons(field: &Field<'_>, edge: &Edge) -> Vec<Reason> {
    let (store, policy) = (field.search.store, field.search.policy);
    let payment = &store.payments[edge.payment];
    let credit = &store.credits[edge.credit];
    let evidence = &edge.evidence;
    let mut reasons = Vec::new();
    if let Some(mention) = evidence.mention {
        reasons.push(Reason::Reference {
            kind: mention.origin,
            found: mention.reading,
            reference: store.text(payment.reference(mention.origin)).to_owned(),
        });
    }
    let difference = i128::from(credit.amount) - i128::from(payment.amount);
    let by = Money::from_minor(difference.abs(), payment.currency);
    let tolerated = evidence.amount == AmountMatch::Near;
    reasons.push(match difference {
        0 => Reason::AmountEqual,
        ..0 => Reason::AmountShort { by, tolerated },
        _ => Reason::AmountOver { by, tolerated },
    });
    if evidence.name != NameMatch::NotApplicable {
        reasons.push(Reason::Name { level: evidence.name });
    }
    match evidence.iban {
        IbanMatch::Equal => reasons.push(Reason::AccountEqual),
        IbanMatch::Cut => reasons.push(Reason::AccountCut),
        IbanMatch::Differs => reasons.push(Reason::AccountDiffers),
        IbanMatch::Unknown => {}
    }
    if payment.created != NO_DAY {
        reasons.push(Reason::Booked {
            days: credit.booked - payment.created,
            in_window: evidence.date == DateMatch::InWindow,
        });
    }
    match evidence.check(&policy.confirm) {
        Ok(()) => reasons.extend(field.rivalry(edge)),
        Err(reason) => {
            // Without a reference, another amount counts only in a sum.
            if reason == Some(Reason::NoReference) && evidence.amount != AmountMatch::Equal {
                reasons.push(Reason::AddsUp);
            }
            reasons.extend(reason);
        }
    }
    // Why it is not confirmed comes last, whichever rule says so.
    reasons.sort_by_key(Reason::is_against);
    reasons
}
