//! Values that are checked while serde reads them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use cryptopocket_emulator::{Outage, Speed};
use cryptopocket_types::{Decimal, Timestamp};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};

pub(super) use cryptopocket_emulator::server::Misfit;

use super::file::Amount;

/// Separates the parts of a misfit in the text of a serde error, which is all that serde carries.
pub(super) const SEPARATOR: char = '\u{1f}';

pub(super) type Result<T> = std::result::Result<T, Misfit>;

/// What is made of a value in a scenario file.
pub(super) trait Checked: Sized {
    /// Its form in the file.
    type Entry: DeserializeOwned;

    /// Checks the entry. A misfit's field is empty if the whole entry is wrong.
    fn check(entry: Self::Entry) -> Result<Self>;
}

/// Reads the entry of a [`Checked`] value and checks it.
#[derive(Clone, Debug)]
pub(super) struct Check<T>(pub(super) T);

impl<'de, T: Checked> Deserialize<'de> for Check<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        T::check(T::Entry::deserialize(deserializer)?)
            .map(Self)
            .map_err(|Misfit { field, rule, cure }| {
                D::Error::custom(format_args!(
                    "{SEPARATOR}{field}{SEPARATOR}{rule}{SEPARATOR}{cure}{SEPARATOR}"
                ))
            })
    }
}

#[cfg(test)]
impl<T: Checked<Entry: schemars::JsonSchema>> schemars::JsonSchema for Check<T> {
    fn inline_schema() -> bool {
        T::Entry::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::Entry::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::Entry::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::Entry::json_schema(generator)
    }
}

pub(super) fn values<T>(list: Vec<Check<T>>) -> Vec<T> {
    list.into_iter().map(|Check(value)| value).collect()
}

/// A misfit of a field of the entry, or of the entry itself if `field` is empty.
pub(super) fn misfit<T>(field: &'static str, rule: impl Into<String>, cure: impl Into<String>) -> Result<T> {
    let (rule, cure) = (rule.into(), cure.into());
    Err(Misfit { field, rule, cure })
}

/// One of the known words.
pub(super) fn known(
    field: &'static str,
    what: &str,
    text: &str,
    words: &[&'static str],
) -> Result<&'static str> {
    match words.iter().find(|word| **word == text) {
        Some(word) => Ok(word),
        None => misfit(
            field,
            format!("`{text}` is no {what}"),
            format!("use one of {}", words.join(", ")),
        ),
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T> {
    let value = text.parse();
    value.or_else(|cure| misfit("", format!("`{text}` is not known"), format!("{cure}")))
}

impl Checked for Speed {
    type Entry = String;

    fn check(text: String) -> Result<Self> {
        parsed(&text)
    }
}

impl Checked for Outage {
    type Entry = String;

    fn check(text: String) -> Result<Self> {
        parsed(&text)
    }
}

impl Checked for Timestamp {
    type Entry = String;

    fn check(text: String) -> Result<Self> {
        let cure = "write it as RFC 3339, such as 2026-06-26T09:00:00Z";
        text.parse()
            .or_else(|_| misfit("", format!("`{text}` is no time"), cure))
    }
}

/// The life of a token, in whole seconds.
impl Checked for Duration {
    type Entry = u64;

    fn check(seconds: u64) -> Result<Self> {
        if seconds == 0 {
            let rule = "a token that lives no time is always refused";
            return misfit("", rule, "write 1 or more seconds");
        }
        Ok(Self::from_secs(seconds))
    }
}

impl Checked for Decimal {
    type Entry = Amount;

    fn check(Amount(text): Amount) -> Result<Self> {
        let cure = "write digits, and a point before the cents";
        text.parse()
            .or_else(|_| misfit("", format!("`{text}` is no amount"), cure))
    }
}

/// An amount that is not below zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(pub(super) Decimal);

impl Checked for Limit {
    type Entry = Amount;

    fn check(amount: Amount) -> Result<Self> {
        let limit = Decimal::check(amount)?;
        if limit.is_negative() {
            return misfit("", format!("`{limit}` is below zero"), "write 0 or more");
        }
        Ok(Self(limit))
    }
}

/// An amount that can be bought or sold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Positive(pub(super) Decimal);

impl Checked for Positive {
    type Entry = Amount;

    fn check(amount: Amount) -> Result<Self> {
        let value = Decimal::check(amount)?;
        if value > Decimal::ZERO && value < Decimal::from(1_000_000_000_u32) {
            return Ok(Self(value));
        }
        let cure = "write an amount above 0 and below 1000000000";
        misfit("", format!("`{value}` cannot be bought or sold"), cure)
    }
}

/// An amount of money, in whole cents, that can be paid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cents(pub(super) Decimal);

impl Checked for Cents {
    type Entry = Amount;

    fn check(amount: Amount) -> Result<Self> {
        let Positive(value) = Positive::check(amount)?;
        if value.to_minor(2).is_ok() {
            return Ok(Self(value));
        }
        let rule = format!("`{value}` has more than two decimals");
        misfit("", rule, "write whole cents, such as 240.00")
    }
}
