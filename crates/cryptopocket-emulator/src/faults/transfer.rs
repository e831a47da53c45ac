//! Faults of transfers that customers send.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use super::detail::{self, Detail, Kinds, Misfit, NamedFault};

/// Something that a customer or a bank gets wrong with a transfer; see
/// `Sandbox::pay_transfer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TransferFault {
    /// The concept arrives with a digit changed.
    WrongConcept,
    /// The concept does not arrive.
    MissingConcept,
    /// So much less arrives than was to be paid, in units of the payment's currency.
    Partial(Decimal),
    /// So much more arrives than was to be paid.
    Over(Decimal),
    /// The customer pays twice.
    Twice,
    /// The sum arrives in two parts, each with the concept.
    Split,
    /// Nothing arrives, though the customer said it was sent.
    Lost,
}

const KINDS: Kinds = &[
    ("wrong_concept", Detail::Nothing),
    ("missing_concept", Detail::Nothing),
    ("partial", Detail::Amount),
    ("over", Detail::Amount),
    ("twice", Detail::Nothing),
    ("split", Detail::Nothing),
    ("lost", Detail::Nothing),
];

impl TransferFault {
    /// The names of all faults of transfers.
    pub fn names() -> Vec<&'static str> {
        detail::names(KINDS)
    }

    /// Reads a fault by the name that the control plane uses, and its detail.
    pub fn read(name: &str, detail: Option<&str>) -> Result<Self, Misfit> {
        detail::read(KINDS, (name, detail), Self::named)
    }

    fn named(name: &str, _: Detail, detail: Option<&str>) -> Option<Self> {
        Some(match name {
            "wrong_concept" => Self::WrongConcept,
            "missing_concept" => Self::MissingConcept,
            "partial" => Self::Partial(Detail::amount(detail)?),
            "over" => Self::Over(Detail::amount(detail)?),
            "twice" => Self::Twice,
            "split" => Self::Split,
            "lost" => Self::Lost,
            _ => return None,
        })
    }
}

impl NamedFault for TransferFault {
    fn name(&self) -> &'static str {
        match self {
            Self::WrongConcept => "wrong_concept",
            Self::MissingConcept => "missing_concept",
            Self::Partial(_) => "partial",
            Self::Over(_) => "over",
            Self::Twice => "twice",
            Self::Split => "split",
            Self::Lost => "lost",
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Partial(by) | Self::Over(by) => Some(by.to_string()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NamedFault as _, TransferFault};

    #[test]
    fn names_and_details_round_trip() {
        for name in TransferFault::names() {
            let fault = TransferFault::read(name, None).unwrap();
            assert_eq!(fault.name(), name);
            assert_eq!(TransferFault::read(name, fault.detail().as_deref()), Ok(fault));
        }
    }

    #[test]
    fn amounts_that_no_bank_sends_are_refused() {
        for sum in ["0", "-1", "0.001", "much"] {
            let misfit = TransferFault::read("partial", Some(sum)).unwrap_err();
            assert_eq!(
                misfit.cure,
                "`partial` takes an amount in whole cents above 0, by default 1"
            );
        }
        let misfit = TransferFault::read("twice", Some("2")).unwrap_err();
        assert_eq!(
            (misfit.field, misfit.cure.as_str()),
            ("detail", "`twice` takes no detail")
        );
    }
}
