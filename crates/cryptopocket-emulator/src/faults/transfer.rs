//! What customers get wrong when they send a transfer.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use super::detail::{self, Detail, Misfit};

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

impl TransferFault {
    /// The names by which the control plane and scenarios know them.
    pub const NAMES: &'static [&'static str] = &[
        "wrong_concept",
        "missing_concept",
        "partial",
        "over",
        "twice",
        "split",
        "lost",
    ];

    /// What its detail can be; `None` where no fault has this name.
    fn takes(name: &str) -> Option<Detail> {
        Some(match name {
            "partial" | "over" => Detail::Amount,
            known if Self::NAMES.contains(&known) => Detail::Nothing,
            _ => return None,
        })
    }

    /// Reads a fault by the name the control plane uses, and its detail.
    pub fn read(name: &str, detail: Option<&str>) -> Result<Self, Misfit> {
        detail::read((name, detail), Self::NAMES, Self::takes, Self::named)
    }

    fn named(name: &str, detail: Option<&str>) -> Option<Self> {
        if matches!(Self::takes(name)?, Detail::Nothing) && detail.is_some() {
            return None;
        }
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

    /// The name by which the control plane and scenarios know it.
    pub const fn name(self) -> &'static str {
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

    /// The detail as [`TransferFault::read`] reads it.
    pub fn detail(self) -> Option<String> {
        match self {
            Self::Partial(by) | Self::Over(by) => Some(by.to_string()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TransferFault;

    #[test]
    fn every_name_is_read_and_written_alike() {
        for name in TransferFault::NAMES {
            let fault = TransferFault::read(name, None).unwrap();
            assert_eq!(fault.name(), *name);
            assert_eq!(TransferFault::read(name, fault.detail().as_deref()), Ok(fault));
        }
    }

    #[test]
    fn sums_that_no_bank_could_send_are_refused() {
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
