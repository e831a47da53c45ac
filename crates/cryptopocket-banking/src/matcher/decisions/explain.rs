//! Reasons of a pair, from its evidence and its rivals.

use cryptopocket_types::Money;

use super::super::edge::Edge;
use super::super::evidence::{AmountMatch, DateMatch, IbanMatch, Mention, Obstacle};
use super::super::name::NameMatch;
use super::super::reason::{Reason, ReferenceFound, ReferenceKind};
use super::super::reference::{Origin, Reading};
use super::super::resolve::{Field, Rivalry};
use super::super::store::NO_DAY;

pub(super) fn reasons(field: &Field<'_>, edge: &Edge) -> Vec<Reason> {
    let (store, policy) = (field.search.store, field.search.policy);
    let payment = &store.payments[edge.payment as usize];
    let credit = &store.credits[edge.credit as usize];
    let evidence = &edge.evidence;
    let mut reasons = Vec::new();
    if let Some(mention) = evidence.mention {
        let text = match mention.origin {
            Origin::Concept | Origin::Derived => payment.concept,
            Origin::PaymentId => payment.id,
            Origin::ExternalId => payment.external_id,
        };
        reasons.push(reference(mention, store.text(text)));
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
    match evidence.obstacle(&policy.confirm) {
        Some(Obstacle::NoReference) => {
            // Without a reference, another amount counts only in a sum.
            if evidence.amount != AmountMatch::Equal {
                reasons.push(Reason::AddsUp);
            }
            reasons.push(Reason::NoReference);
        }
        Some(Obstacle::PolicyForbids) => reasons.push(Reason::PolicyForbids),
        Some(Obstacle::ShortReference) => reasons.push(Reason::ShortReference),
        Some(Obstacle::DerivedReference) => reasons.push(Reason::UnstoredCheckDigit),
        Some(Obstacle::OtherPayer) => reasons.push(Reason::OtherPayer),
        Some(Obstacle::ForeignNumber) => reasons.push(Reason::ForeignNumber),
        // The evidence above says these.
        Some(Obstacle::OtherAmount | Obstacle::OutsideWindow | Obstacle::Typo | Obstacle::InsideWord) => {}
        None => reasons.extend(field.rivalry(edge).map(|rivalry| rival(field, edge, rivalry))),
    }
    // Why it is not confirmed comes last, whichever rule says so.
    reasons.sort_by_key(Reason::is_against);
    reasons
}

fn reference(mention: Mention, text: &str) -> Reason {
    Reason::Reference {
        kind: match mention.origin {
            Origin::Concept => ReferenceKind::Concept,
            Origin::Derived => ReferenceKind::ConceptWithCheckDigit,
            Origin::PaymentId => ReferenceKind::PaymentId,
            Origin::ExternalId => ReferenceKind::ExternalId,
        },
        found: match mention.reading {
            Reading::EndToEnd => ReferenceFound::EndToEnd,
            Reading::Structured => ReferenceFound::CreditorReference,
            Reading::Whole => ReferenceFound::WholeWord,
            Reading::Joined => ReferenceFound::Group,
            Reading::Weak => ReferenceFound::Inside,
            Reading::Typo => ReferenceFound::OneMistake,
        },
        reference: text.to_owned(),
    }
}

fn rival(field: &Field<'_>, edge: &Edge, rivalry: Rivalry) -> Reason {
    let store = field.search.store;
    let payment = |other: Edge| store.text(store.payments[other.payment as usize].id).into();
    match rivalry {
        Rivalry::Another(other) | Rivalry::PayerOfAnother(other) => {
            if other.payment == edge.payment {
                Reason::OtherTransaction {
                    transaction: store.key(&store.credits[other.credit as usize]),
                }
            } else {
                Reason::OtherPayment {
                    payment_id: payment(other),
                }
            }
        }
        Rivalry::NamesAnother(other) => Reason::NamesOtherPayment {
            payment_id: payment(other),
        },
        Rivalry::NamesClosed => Reason::NamesClosedPayment,
        Rivalry::Returned => Reason::Returned,
        Rivalry::Taken => Reason::PaidAlready,
        Rivalry::Unchecked => Reason::NotAllCompared,
    }
}
