//! What can stand in the detail of a fault, and what to say where something else does.

use std::fmt;

use cryptopocket_types::Decimal;

use crate::suggest::{shortened, use_one_of};

/// A century, in seconds.
pub(super) const CENTURY: i64 = 3_155_760_000;

/// What a fault takes beside its name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Detail {
    Nothing,
    /// A whole number of something.
    Whole {
        what: &'static str,
        from: i64,
        to: i64,
        default: i64,
    },
    /// An amount that a bank can send; by default 1.
    Amount,
    /// A text that cannot be left out.
    Code,
}

impl Detail {
    /// The number that is meant, where a number that fits is.
    pub(super) fn number<T: TryFrom<i64>>(self, detail: Option<&str>) -> Option<T> {
        let Self::Whole {
            from, to, default, ..
        } = self
        else {
            return None;
        };
        let number = detail.map_or(Some(default), |text| text.parse().ok())?;
        let fits = (from..=to).contains(&number);
        fits.then(|| T::try_from(number).ok()).flatten()
    }

    pub(super) fn amount(detail: Option<&str>) -> Option<Decimal> {
        let amount: Decimal = detail.unwrap_or("1").parse().ok()?;
        (amount > Decimal::ZERO && amount.to_minor(2).is_ok()).then_some(amount)
    }

    /// The one place that says of a fault what its detail is.
    fn rule(self, name: &str) -> String {
        match self {
            Self::Nothing => format!("`{name}` takes no detail"),
            Self::Whole {
                what,
                from,
                to,
                default,
            } => format!("`{name}` takes {what} from {from} to {to}, by default {default}"),
            Self::Amount => format!("`{name}` takes an amount in whole cents above 0, by default 1"),
            Self::Code => format!("`{name}` takes the code that is answered, such as user_banned"),
        }
    }
}

/// Why there is no such fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// `fault` or `detail`.
    pub field: &'static str,
    /// What is wrong.
    pub rule: String,
    /// What to write instead.
    pub cure: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.field, self.rule, self.cure)
    }
}

/// Reads a fault by its name and detail, or says which of the two is wrong and what can stand there.
pub(super) fn read<F>(
    (name, detail): (&str, Option<&str>),
    names: &[&str],
    takes: impl Fn(&str) -> Option<Detail>,
    make: impl Fn(&str, Option<&str>) -> Option<F>,
) -> Result<F, Misfit> {
    if let Some(fault) = make(name, detail) {
        return Ok(fault);
    }
    let Some(takes) = takes(name) else {
        return Err(Misfit {
            field: "fault",
            rule: format!("`{}` is no fault", shortened(name)),
            cure: use_one_of(name, names),
        });
    };
    Err(Misfit {
        field: "detail",
        rule: detail.map_or_else(
            || format!("the fault `{name}` needs a detail"),
            |detail| format!("`{}` does not fit the fault `{name}`", shortened(detail)),
        ),
        cure: takes.rule(name),
    })
}
