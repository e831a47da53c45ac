//! The details of faults: their rules, and errors that state them.

use std::fmt;

use cryptopocket_types::Decimal;

use crate::suggest::{shortened, use_one_of};

/// A century, in seconds.
pub(super) const CENTURY: i64 = 3_155_760_000;

/// The rule for the detail of a fault.
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
    /// A text that is required.
    Code,
}

impl Detail {
    /// The number, or the default; `None` if it does not fit.
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

    /// The rule in words.
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

/// Why a fault cannot be read.
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

/// The kinds of a fault: each name, and what its detail can be.
pub(crate) type Kinds = &'static [(&'static str, Detail)];

/// A fault that is read and written by its name and its detail.
pub trait NamedFault: Sized {
    /// The name by which the control plane, scenarios and the header know it.
    fn name(&self) -> &'static str;

    /// The detail, as it is read.
    fn detail(&self) -> Option<String>;
}

/// Reads a fault by its name and detail, or says which of the two is wrong and what can stand there.
pub(super) fn read<F>(
    kinds: Kinds,
    (name, detail): (&str, Option<&str>),
    make: impl Fn(&str, Detail, Option<&str>) -> Option<F>,
) -> Result<F, Misfit> {
    let Some((_, takes)) = kinds.iter().find(|(known, _)| *known == name) else {
        return Err(Misfit {
            field: "fault",
            rule: format!("`{}` is no fault", shortened(name)),
            cure: use_one_of(name, &names(kinds)),
        });
    };
    let superfluous = matches!(takes, Detail::Nothing) && detail.is_some();
    let fault = make(name, *takes, detail).filter(|_| !superfluous);
    fault.ok_or_else(|| Misfit {
        field: "detail",
        rule: detail.map_or_else(
            || format!("the fault `{name}` needs a detail"),
            |detail| format!("`{}` does not fit the fault `{name}`", shortened(detail)),
        ),
        cure: takes.rule(name),
    })
}

pub(super) fn names(kinds: Kinds) -> Vec<&'static str> {
    kinds.iter().map(|(name, _)| *name).collect()
}

/// A detail that is a whole number.
pub(super) const fn whole(what: &'static str, from: i64, to: i64, default: i64) -> Detail {
    Detail::Whole {
        what,
        from,
        to,
        default,
    }
}
