//! Why a pair is not posted for now.

use std::fmt;

use cryptopocket_types::PaymentId;
use serde::{Serialize, Serializer};

use super::state::Against;
use super::{Pair, State};
use crate::{Basis, TransactionKey};

/// Why a pair is not posted for now. In JSON it is its text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hold {
    /// The payment was contested, or a decision about it revoked.
    Doubted,
    /// The provider refused the pair after a person accepted it.
    Refused {
        /// The provider's code.
        code: String,
    },
    /// A transaction of the pair, or one that the log knows as its rival, is not in the input.
    TransactionMissing(TransactionKey),
    /// The payment of the pair, or one that the log knows as its rival, is not in the input.
    PaymentMissing(PaymentId),
    /// An earlier decision in the log knew a return, a reconciled transaction or a closed payment that speaks against the pair.
    EvidenceMissing,
    /// The input has transactions of this id in several accounts, or with several amounts.
    SeveralTransactions,
    /// The amounts, or the currencies, of the payment and the transaction are not equal.
    AmountsDiffer,
    /// The transaction was sent for another payment in the same run.
    SentForAnother(PaymentId),
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Doubted => f.write_str("it was contested or revoked; a person must accept it"),
            Self::Refused { code } => {
                write!(
                    f,
                    "the provider refused it ({code}); a person must accept it anew"
                )
            }
            Self::TransactionMissing(key) => write!(
                f,
                "the log knows transaction {key}, which is not in this input; give the complete list"
            ),
            Self::PaymentMissing(id) => write!(
                f,
                "the log knows payment {id}, which is not in this input; give the complete list"
            ),
            Self::EvidenceMissing => f.write_str(
                "the log knows a return, a reconciled transaction or a closed payment against it, which is not in this \
                 input; give the complete list, or a person must accept it",
            ),
            Self::SeveralTransactions => f.write_str("the input has several transactions of this id"),
            Self::AmountsDiffer => {
                f.write_str("the payment and the transaction differ in amount or currency")
            }
            Self::SentForAnother(id) => {
                write!(f, "the transaction was sent for payment {id} in the same run")
            }
        }
    }
}

impl Serialize for Hold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl State {
    /// Why a pair that the matcher confirmed on these records is not posted, if it is not.
    pub fn hold_of_confirmed(&self, pair: &Pair, basis: &Basis) -> Option<Hold> {
        let known = self.of(&pair.payment_id);
        if known.held {
            return Some(Hold::Doubted);
        }
        if let Some(code) = known.refusal(&pair.transaction).cloned() {
            return Some(Hold::Refused { code });
        }
        self.hold_of_accepted(pair, basis)
            .or_else(|| self.missing_rival(pair, basis))
    }

    /// Why a pair that a person accepted is not posted, if it is not.
    pub fn hold_of_accepted(&self, pair: &Pair, basis: &Basis) -> Option<Hold> {
        let Some(wanted) = basis.payments.get(&pair.payment_id) else {
            return Some(Hold::PaymentMissing(pair.payment_id.clone()));
        };
        let mut records = basis.records(&pair.transaction);
        match (records.next(), records.next()) {
            (None, _) => Some(Hold::TransactionMissing(pair.transaction.clone())),
            (Some(_), Some(_)) => Some(Hold::SeveralTransactions),
            (Some((_, amount)), None) => {
                (wanted.is_none() || amount != wanted).then_some(Hold::AmountsDiffer)
            }
        }
    }

    /// A record that a decision of the log weighed against the pair, that is still free, and that the input lacks.
    fn missing_rival(&self, pair: &Pair, basis: &Basis) -> Option<Hold> {
        let (payment, key) = (&pair.payment_id, &pair.transaction);
        let known = self.of(payment);
        let is_rival = |rival: &&TransactionKey| {
            basis.records(rival).next().is_none()
                && !known.is_rejected(rival)
                && self.other_payment(payment, rival).is_none()
        };
        if let Some(rival) = known.candidates.iter().find(is_rival) {
            return Some(Hold::TransactionMissing(rival.clone()));
        }
        let is_missing =
            |other: &PaymentId| !basis.payments.contains_key(other) && !self.of(other).is_rejected(key);
        let mut others = self.named_with(key.id()).filter(|other| *other != payment);
        let missing = others.find(|other| {
            let known = self.of(other);
            let names = known.candidates.iter().any(|candidate| candidate.may_be(key));
            names && !known.is_taken() && is_missing(other)
        });
        if let Some(missing) = missing {
            return Some(Hold::PaymentMissing(missing.clone()));
        }
        known.against(key).find_map(|against| match against {
            Against::Unnamed => Some(Hold::EvidenceMissing),
            // A payment that has its money waits for no other, but the text names it all the same.
            Against::Fits(other) if self.of(other).is_taken() => None,
            Against::Names(other) | Against::Fits(other) => {
                is_missing(other).then(|| Hold::PaymentMissing(other.clone()))
            }
        })
    }
}
