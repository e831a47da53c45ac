//! What speaks for and against each candidate.

use cryptopocket_types::Money;

use super::candidates::Candidates;
use super::evidence::{AmountMatch, DateMatch, IbanMatch, Mention};
use super::name::NameMatch;
use super::reason::Reason;
use super::record::NO_DAY;
use super::search::{Edge, Search};

impl Candidates {
    /// What keeps a confirmable pair from being confirmed, among the other candidates.
    pub(super) fn rivalry(&self, search: &Search<'_>, edge: &Edge) -> Option<Reason> {
        let store = search.store;
        if self.returned[edge.payment as usize] {
            return Some(Reason::Returned);
        }
        if self.taken[edge.payment as usize] {
            return Some(Reason::PaidAlready);
        }
        if self.is_late(edge.credit) {
            return Some(Reason::NamesClosedPayment);
        }
        let certain = edge.evidence.same_payer();
        if !certain && self.is_unchecked(search, edge) {
            return Some(Reason::NotAllCompared);
        }
        let is_rival = |other: &&Edge| {
            let near = other.score.saturating_add(search.policy.epsilon) >= edge.score;
            // The payer is that of another payment of the same amount, or another credit is from the expected payer.
            let payer =
                !certain && other.evidence.amount == AmountMatch::Equal && other.evidence.same_payer();
            other.confirmable || near || payer
        };
        let of_credit = self.graph.of_credit(store, edge.credit);
        for other in of_credit.filter(|other| other.payment != edge.payment) {
            let payment_id = store.id(other.payment).into();
            if other.evidence.mention.is_some_and(Mention::is_plain) {
                return Some(Reason::NamesOtherPayment { payment_id });
            }
            if is_rival(&other) {
                return Some(Reason::OtherPayment { payment_id });
            }
        }
        let mut of_payment = self.graph.of_payment(edge.payment).iter();
        let other = of_payment.find(|other| other.credit != edge.credit && is_rival(other))?;
        Some(Reason::OtherTransaction {
            transaction: store.key(other.credit),
        })
    }

    pub(super) fn reasons(&self, search: &Search<'_>, edge: &Edge) -> Vec<Reason> {
        let (payment, credit) = (
            search.store.payment(edge.payment),
            search.store.credit(edge.credit),
        );
        let evidence = &edge.evidence;
        let mut reasons = Vec::new();
        if let Some(mention) = evidence.mention {
            reasons.push(Reason::Reference {
                kind: mention.origin,
                found: mention.reading(),
                reference: search.store.text(payment.reference(mention.origin)).to_owned(),
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
        if payment.day != NO_DAY {
            reasons.push(Reason::Booked {
                days: credit.day - payment.day,
                in_window: evidence.date == DateMatch::InWindow,
            });
        }
        match evidence.check(&search.policy.confirm) {
            Ok(()) => reasons.extend(self.rivalry(search, edge)),
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
}
