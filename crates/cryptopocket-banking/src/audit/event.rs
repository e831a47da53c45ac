//! What an entry of the log says.

use cryptopocket_types::{PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::TransactionKey;
use crate::matcher::Decision;

/// A payment and a transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "a pair has two sides")]
pub struct Pair {
    /// The payment.
    pub payment_id: PaymentId,
    /// The transaction.
    #[serde(flatten)]
    pub transaction: TransactionKey,
}

impl Pair {
    /// This payment and this transaction.
    pub fn new(payment_id: impl Into<PaymentId>, transaction: impl Into<TransactionKey>) -> Self {
        Self {
            payment_id: payment_id.into(),
            transaction: transaction.into(),
        }
    }
}

/// Something that happened to a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The matcher decided, with its evidence: confirmed or anything else.
    Decided {
        /// The decision.
        decision: Decision,
    },
    /// A pair is about to be posted. Written before the call.
    Posting(Pair),
    /// The provider tied the pair.
    Posted {
        /// The pair.
        #[serde(flatten)]
        pair: Pair,
        /// Whether that was seen later, after a lost answer.
        seen_later: bool,
    },
    /// The call did nothing: it was refused, or never sent.
    NotPosted {
        /// The pair.
        #[serde(flatten)]
        pair: Pair,
        /// The provider's code or the kind of the error.
        cause: String,
        /// Whether the provider refused it. An accepted pair that was refused must be accepted anew.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        refused: bool,
    },
    /// The answer was lost: the call may have taken effect.
    Unknown {
        /// The pair.
        #[serde(flatten)]
        pair: Pair,
        /// The kind of the error.
        cause: String,
    },
    /// A person says that these transactions pay the payment. Several are a split.
    Accepted {
        /// The payment.
        payment_id: PaymentId,
        /// The transactions.
        transactions: Vec<TransactionKey>,
        /// Why.
        reason: String,
        /// Whether the next [`apply`](crate::Banking::apply) posts it.
        post: bool,
    },
    /// A person says that this transaction does not pay the payment.
    Rejected {
        /// The pair.
        #[serde(flatten)]
        pair: Pair,
        /// Why.
        reason: String,
    },
    /// A person doubts what was decided about the payment: nothing is posted for it until a person accepts or revokes.
    Contested(Doubt),
    /// A person takes back what was decided about the payment.
    Revoked(Doubt),
}

/// A ruling against what was decided about a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "the fields of an event in the log")]
pub struct Doubt {
    /// The payment.
    pub payment_id: PaymentId,
    /// Why.
    pub reason: String,
    /// Whether the provider tied it, or may have. No call is known that undoes that: ask the provider.
    pub remains_at_provider: bool,
}

impl Event {
    /// The payment that it is about.
    pub const fn payment_id(&self) -> &PaymentId {
        match self {
            Self::Decided { decision } => &decision.payment_id,
            Self::Posting(pair)
            | Self::Posted { pair, .. }
            | Self::NotPosted { pair, .. }
            | Self::Unknown { pair, .. }
            | Self::Rejected { pair, .. } => &pair.payment_id,
            Self::Accepted { payment_id, .. } => payment_id,
            Self::Contested(doubt) | Self::Revoked(doubt) => &doubt.payment_id,
        }
    }

    /// The transactions that it names.
    pub(super) fn transactions(&self) -> Vec<&TransactionKey> {
        match self {
            Self::Decided { decision } => decision.transactions().collect(),
            Self::Posting(pair)
            | Self::Posted { pair, .. }
            | Self::NotPosted { pair, .. }
            | Self::Unknown { pair, .. }
            | Self::Rejected { pair, .. } => vec![&pair.transaction],
            Self::Accepted { transactions, .. } => transactions.iter().collect(),
            Self::Contested(_) | Self::Revoked(_) => Vec::new(),
        }
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it: a person or a program.
    pub by: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// The hash of the entry before; zeros for the first.
    pub previous: String,
}
