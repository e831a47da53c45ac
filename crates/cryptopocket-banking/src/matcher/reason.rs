//! Reasons of a decision, for programs and for clerks.

use std::fmt;

use cryptopocket_types::{Money, PaymentId, words};
use serde::{Deserialize, Serialize};

use super::name::NameMatch;
use crate::TransactionKey;

/// A reason for or against a match. `Display` is a phrase for a clerk; the JSON form is for programs.
///
/// A reason never holds the payer's name, account or text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The transaction names the payment.
    Reference {
        /// What of the payment is named.
        kind: ReferenceKind,
        /// How it stands in the text.
        found: ReferenceFound,
        /// The reference as the payment has it.
        reference: String,
    },
    /// The amounts are equal.
    AmountEqual,
    /// Too little was sent.
    AmountShort {
        /// The difference.
        by: Money,
        /// Whether the policy tolerates it.
        tolerated: bool,
    },
    /// Too much was sent.
    AmountOver {
        /// The difference.
        by: Money,
        /// Whether the policy tolerates it.
        tolerated: bool,
    },
    /// How well the payer's name agrees.
    Name {
        /// The level.
        level: NameMatch,
    },
    /// The payer's account is the expected one.
    AccountEqual,
    /// The payer's account is cut or no IBAN, and equal as far as it goes.
    AccountCut,
    /// The payer's account is another one.
    AccountDiffers,
    /// Days from the payment's creation to the booking.
    Booked {
        /// Negative when booked before.
        days: i32,
        /// Whether that is within the policy's window.
        in_window: bool,
    },
    /// The amount and others of this payer add up exactly.
    AddsUp,
    /// Against confirming: nothing names the payment.
    NoReference,
    /// Against confirming: the reference is short, and neither name nor account agrees.
    ShortReference,
    /// Against confirming: the reference has a check digit that the payment does not store, and neither name nor account
    /// agrees.
    UnstoredCheckDigit,
    /// Against confirming: the payer is another one, and the reference could be another number.
    OtherPayer,
    /// Against confirming: the word before the number says that it is another number.
    ForeignNumber,
    /// Against confirming: the policy does not allow this kind of reference.
    PolicyForbids,
    /// Against confirming: another transaction fits the payment as well.
    OtherTransaction {
        /// That transaction.
        #[serde(flatten)]
        transaction: TransactionKey,
    },
    /// Against confirming: the transaction fits another payment as well.
    OtherPayment {
        /// That payment.
        payment_id: PaymentId,
    },
    /// Against confirming: the text names another payment, too.
    NamesOtherPayment {
        /// That payment.
        payment_id: PaymentId,
    },
    /// Against confirming: the text names a payment that waits for no money.
    NamesClosedPayment,
    /// Against confirming: a debit names the payment with the same amount: the money went back.
    Returned,
    /// Against confirming: another payer, and too many records share amount and name for all to be compared.
    NotAllCompared,
    /// Against confirming: a reconciled transaction names the payment with the same amount.
    PaidAlready,
}

words! {
    /// What of a payment a transaction names.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum ReferenceKind {
        /// The concept.
        Concept = "concept",
        /// The concept with a check digit that the payment does not store.
        ConceptWithCheckDigit = "a check digit behind concept",
        /// The provider's payment id.
        PaymentId = "payment id",
        /// Your external id.
        ExternalId = "external id",
    }

    /// How a reference stands in a transaction.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum ReferenceFound {
        // The most reliable first: the order ranks mentions.
        /// As the end-to-end id.
        EndToEnd = "is the end-to-end id",
        /// In an ISO 11649 reference with valid check digits.
        CreditorReference = "stands in a creditor reference with valid check digits",
        /// As a whole word.
        WholeWord = "stands as a whole word in the remittance text",
        /// As the whole of a group of words.
        Group = "stands in groups in the remittance text",
        /// Inside a longer word or group. Never confirmed.
        Inside = "stands inside a longer word or group",
        /// With one wrong character. Never confirmed.
        OneMistake = "differs by one character from a number in the text",
    }
}

impl Reason {
    /// Whether it is why the pair is not confirmed. Its text then begins with `not confirmed`.
    pub const fn is_against(&self) -> bool {
        match self {
            Self::Reference { found, .. } => {
                matches!(found, ReferenceFound::Inside | ReferenceFound::OneMistake)
            }
            Self::Booked { in_window, .. } => !*in_window,
            Self::AmountEqual
            | Self::Name { .. }
            | Self::AccountEqual
            | Self::AccountCut
            | Self::AccountDiffers
            | Self::AddsUp => false,
            _ => true,
        }
    }

    /// Whether it says that another person paid, by the name.
    pub const fn is_other_name(&self) -> bool {
        matches!(self, Self::Name { level } if matches!(level, NameMatch::NoMatch))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_against() {
            f.write_str("not confirmed: ")?;
        }
        match self {
            Self::Reference {
                kind,
                found,
                reference,
            } => write!(f, "{kind} {reference} {found}"),
            Self::AmountEqual => f.write_str("amount equal"),
            Self::AmountShort { by, tolerated } => write!(f, "amount short by {by}{}", within(*tolerated)),
            Self::AmountOver { by, tolerated } => write!(f, "amount over by {by}{}", within(*tolerated)),
            Self::Name { level } if self.is_other_name() => write!(f, "paid by another name (name {level})"),
            Self::Name { level } => write!(f, "name {level}"),
            Self::AccountEqual => f.write_str("account equal"),
            Self::AccountCut => f.write_str("account equal as far as the bank gives it"),
            Self::AccountDiffers => f.write_str("another account"),
            Self::Booked { days, in_window } => {
                let outside = if *in_window { "" } else { ", outside the window" };
                let count = days.unsigned_abs();
                let unit = if count == 1 { "day" } else { "days" };
                match days {
                    0 => write!(f, "booked on the day of the payment{outside}"),
                    1.. => write!(f, "booked {count} {unit} after the payment{outside}"),
                    _ => write!(f, "booked {count} {unit} before the payment{outside}"),
                }
            }
            Self::AddsUp => f.write_str("with others of this payer the amounts add up exactly"),
            Self::NoReference => f.write_str("nothing names the payment"),
            Self::ShortReference => {
                f.write_str("the reference is short, and neither name nor account agrees")
            }
            Self::UnstoredCheckDigit => f.write_str(
                "the check digit is not stored with the payment, and neither name nor account agrees",
            ),
            Self::OtherPayer => f.write_str("another payer, and the number could mean something else"),
            Self::ForeignNumber => f.write_str("the word before the number says that it is something else"),
            Self::PolicyForbids => f.write_str("the policy forbids it"),
            Self::OtherTransaction { transaction } => {
                write!(f, "transaction {transaction} fits as well")
            }
            Self::OtherPayment { payment_id } => {
                write!(f, "payment {payment_id} fits as well")
            }
            Self::NamesOtherPayment { payment_id } => {
                write!(f, "the text also names payment {payment_id}")
            }
            Self::NamesClosedPayment => f.write_str("the text also names a payment that waits for no money"),
            Self::Returned => f.write_str("a debit names the payment: the money went back"),
            Self::NotAllCompared => {
                f.write_str("another payer, and too many records share the amount to compare all of them")
            }
            Self::PaidAlready => f.write_str("a reconciled transaction names the payment with its amount"),
        }
    }
}

fn within(tolerated: bool) -> &'static str {
    if tolerated { ", within the tolerance" } else { "" }
}
