//! What customers get wrong when they send a transfer.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

/// Something that a customer or a bank gets wrong with a transfer; see
/// [`Sandbox::pay_transfer`](crate::Sandbox::pay_transfer).
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
    pub(crate) const NAMES: &'static [&'static str] = &[
        "wrong_concept",
        "missing_concept",
        "partial",
        "over",
        "twice",
        "split",
        "lost",
    ];

    /// Reads a fault by its name; `detail` is an amount where the fault has one, by default 1.
    pub(crate) fn named(name: &str, detail: Option<&str>) -> Option<Self> {
        let amount = || {
            let amount: Decimal = detail.unwrap_or("1").parse().ok()?;
            (amount > Decimal::ZERO && amount.to_minor(2).is_ok()).then_some(amount)
        };
        Some(match name {
            "wrong_concept" => Self::WrongConcept,
            "missing_concept" => Self::MissingConcept,
            "partial" => Self::Partial(amount()?),
            "over" => Self::Over(amount()?),
            "twice" => Self::Twice,
            "split" => Self::Split,
            "lost" => Self::Lost,
            _ => return None,
        })
    }

    pub(crate) const fn name(self) -> &'static str {
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

    pub(crate) fn detail(self) -> Option<String> {
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
            let fault = TransferFault::named(name, None).unwrap();
            assert_eq!(fault.name(), *name);
            assert_eq!(TransferFault::named(name, fault.detail().as_deref()), Some(fault));
        }
    }

    #[test]
    fn sums_that_no_bank_could_send_are_refused() {
        for sum in ["0", "-1", "0.001", "much"] {
            assert_eq!(TransferFault::named("partial", Some(sum)), None, "{sum}");
        }
    }
}
