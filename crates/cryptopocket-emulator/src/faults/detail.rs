//! The details of faults: their rules, how they are read and written, and the error that states a rule.

use std::time::Duration;

use cryptopocket_types::Decimal;

use crate::error::{Misfit, shortened, use_one_of, wrong};

/// A century, in seconds.
pub(super) const CENTURY: i64 = 3_155_760_000;

/// The rule for the detail of a fault.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    Nothing,
    /// A whole number: its unit, the least, the most and the default.
    Whole(&'static str, i64, i64, i64),
    /// An amount that a bank can send; by default 1.
    Amount,
    /// A text that is required.
    Code,
}

impl Rule {
    /// The detail, or the default; `None` if it breaks the rule.
    fn checked(self, detail: Option<&str>) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Whole(_, from, to, default) => {
                let number: i64 = detail.map_or(Some(default), |text| text.parse().ok())?;
                (from..=to).contains(&number).then(|| number.to_string())
            }
            Self::Amount => {
                let amount: Decimal = detail.unwrap_or("1").parse().ok()?;
                (amount > Decimal::ZERO && amount.to_minor(2).is_ok()).then(|| amount.to_string())
            }
            Self::Code => detail.filter(|code| !code.is_empty()).map(str::to_owned),
        }
    }

    /// How many milliseconds one unit is, if the detail is a time.
    fn millis(self) -> u64 {
        let is_short = matches!(self, Self::Whole("milliseconds", ..));
        if is_short { 1 } else { 1_000 }
    }

    fn text(self, name: &str) -> String {
        match self {
            Self::Nothing => format!("`{name}` takes no detail"),
            Self::Whole(unit, from, to, default) => {
                format!("`{name}` takes {unit} from {from} to {to}, by default {default}")
            }
            Self::Amount => format!("`{name}` takes an amount in whole cents above 0, by default 1"),
            Self::Code => format!("`{name}` takes the code that is answered, such as user_banned"),
        }
    }
}

/// The type of a detail.
pub(super) trait Detail: Sized {
    /// The value of a detail, or the default; `None` if it breaks the rule.
    fn parse(rule: Rule, detail: Option<&str>) -> Option<Self>;

    /// The detail as [`Detail::parse`] reads it.
    fn text(&self, rule: Rule) -> String;
}

macro_rules! details {
    ($($type:ty)*) => {
        $(impl Detail for $type {
            fn parse(rule: Rule, detail: Option<&str>) -> Option<Self> {
                rule.checked(detail)?.parse().ok()
            }

            fn text(&self, _: Rule) -> String {
                self.to_string()
            }
        })*
    };
}

details! { u16 u32 usize i64 Decimal String }

impl Detail for Duration {
    fn parse(rule: Rule, detail: Option<&str>) -> Option<Self> {
        let number: u64 = rule.checked(detail)?.parse().ok()?;
        Some(Self::from_millis(number * rule.millis()))
    }

    fn text(&self, rule: Rule) -> String {
        (self.as_millis() / u128::from(rule.millis())).to_string()
    }
}

/// A fault that is written as a name and a detail.
pub trait NamedFault {
    /// Its name in the control plane, scenarios and the request header.
    fn name(&self) -> &'static str;

    /// Its detail, if it takes one.
    fn detail(&self) -> Option<String>;
}

/// Reads a fault: finds the rule for its name, and makes it of its detail.
pub(super) fn read<F>(
    rules: &[(&str, Rule)],
    (name, detail): (&str, Option<&str>),
    make: impl Fn(&Rule) -> Option<F>,
) -> Result<F, Misfit> {
    let Some((_, rule)) = rules.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = rules.iter().map(|(name, _)| *name).collect();
        return wrong(
            "fault",
            format!("`{}` is no fault", shortened(name)),
            use_one_of(name, &names),
        );
    };
    let superfluous = matches!(rule, Rule::Nothing) && detail.is_some();
    make(rule).filter(|_| !superfluous).ok_or_else(|| {
        let broken = detail.map_or_else(
            || format!("the fault `{name}` needs a detail"),
            |detail| format!("`{}` does not fit the fault `{name}`", shortened(detail)),
        );
        Misfit::new("detail", broken, rule.text(name))
    })
}
