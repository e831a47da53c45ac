//! Records that cannot be matched, and the work that was cut.

use std::fmt;

use cryptopocket_types::{PaymentId, words};
use serde::{Deserialize, Serialize};

use crate::TransactionKey;

/// A payment or a transaction that takes no part in matching, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Problem {
    /// The record.
    #[serde(flatten)]
    pub record: RecordId,
    /// The reason.
    pub rule: Rule,
}

/// The identity of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum RecordId {
    /// A payment.
    Payment {
        /// Its id.
        payment_id: PaymentId,
    },
    /// A transaction.
    Transaction(TransactionKey),
}

words! {
    /// The reason why a record takes no part in matching. Its text is a sentence without a subject.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum Rule {
        /// The id is empty.
        EmptyId = "has no id",
        /// The amount of a transaction is missing or cannot be read.
        UnreadableAmount = "has no readable amount",
        /// The booking date of a transaction is missing or cannot be read.
        UnreadableDate = "has no readable booking date",
        /// The amount is zero.
        ZeroAmount = "has the amount zero",
        /// The amount of a payment is negative.
        NegativeAmount = "has a negative amount",
        /// The amount has more decimals than its currency.
        FineAmount = "has an amount with more decimals than its currency",
        /// The amount is above the policy's largest.
        AbsurdAmount = "has an amount above the largest that is believed",
        /// The day is before 1990 or after 2100.
        DateOutOfRange = "has a day before 1990 or after 2100",
        /// Another record has the same id, in the same account, and other content. None of them is matched.
        ConflictingId = "shares its id with a record of other content",
        /// More than four billion bytes of text.
        TooMany = "does not fit: the records together are too large",
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.record {
            RecordId::Payment { payment_id } => write!(f, "payment {payment_id} ")?,
            RecordId::Transaction(key) => write!(f, "transaction {key} ")?,
        }
        f.write_str(self.rule.as_str())
    }
}

/// Work that a limit of the policy cut: what was not compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cut {
    /// Texts of transactions that were read in part.
    Texts(usize),
    /// References that more payments and credits share than may be compared.
    References(usize),
    /// Amounts that more payments and credits share than may be compared: compared by name and account only.
    Amounts(usize),
    /// Names at one amount that more payments and credits share than may be compared.
    Names(usize),
    /// Accounts at one amount that more payments and credits share than may be compared.
    Accounts(usize),
    /// Payers with more payments and credits than are searched for amounts that add up.
    Splits(usize),
}

impl Cut {
    pub(super) const fn count(&self) -> usize {
        match self {
            Self::Texts(count)
            | Self::References(count)
            | Self::Amounts(count)
            | Self::Names(count)
            | Self::Accounts(count)
            | Self::Splits(count) => *count,
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Texts(_) => "texts were too long and read in part",
            Self::References(_) => "references are shared by too many records and were left out",
            Self::Amounts(_) => {
                "amounts are shared by too many records: these were compared by name and account only"
            }
            Self::Names(_) => "names at one amount are shared by too many records and were left out",
            Self::Accounts(_) => "accounts at one amount are shared by too many records and were left out",
            Self::Splits(_) => "payers have too many records to search them for amounts that add up",
        };
        write!(f, "{} {what}", self.count())
    }
}
