//! Values that are checked while serde reads them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use cryptopocket_emulator::{Outage, Speed};
use cryptopocket_types::{Decimal, Timestamp};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};

use cryptopocket_emulator::server::{Misfit, PAYMENT_TYPES};

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

/// Implements [`Checked`] by an expression.
macro_rules! checked {
    ($($type:ty, from $entry:ty: $value:pat => $check:expr;)*) => {
        $(impl Checked for $type {
            type Entry = $entry;

            fn check($value: $entry) -> Result<Self> {
                $check
            }
        })*
    };
}

checked! {
    Speed, from String: text => parsed(&text);
    Outage, from String: text => parsed(&text);
    PaymentType, from String: text => known("", "payment method", &text, PAYMENT_TYPES).map(Self);
    Timestamp, from String: text => text.parse().or_else(|_| {
        let cure = "write it as RFC 3339, such as 2026-06-26T09:00:00Z";
        misfit("", format!("`{text}` is no time"), cure)
    });
    Decimal, from Amount: Amount(text) => text.parse().or_else(|_| {
        let cure = "write digits, and a point before the cents";
        misfit("", format!("`{text}` is no amount"), cure)
    });
    Limit, from Amount: amount => match Decimal::check(amount)? {
        limit if limit.is_negative() => misfit("", format!("`{limit}` is below zero"), "write 0 or more"),
        limit => Ok(Self(limit)),
    };
    Positive, from Amount: amount => match Decimal::check(amount)? {
        value if value > Decimal::ZERO && value < Decimal::from(1_000_000_000_u32) => Ok(Self(value)),
        value => {
            let cure = "write an amount above 0 and below 1000000000";
            misfit("", format!("`{value}` cannot be bought or sold"), cure)
        }
    };
    Cents, from Amount: amount => match Positive::check(amount)?.0 {
        value if value.to_minor(2).is_ok() => Ok(Self(value)),
        value => misfit("", format!("`{value}` has more than two decimals"), "write whole cents, such as 240.00"),
    };
    TokenLife, from u64: seconds => match seconds {
        0 => misfit("", "a token that lives no time is always refused", "write 1 or more seconds"),
        _ => Ok(Self(Duration::from_secs(seconds))),
    };
}

/// How payments spell a method, such as `card`.
#[derive(Clone, Copy, Debug)]
pub(super) struct PaymentType(pub(super) &'static str);

/// An amount that is not below zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(pub(super) Decimal);

/// An amount that can be bought or sold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Positive(pub(super) Decimal);

/// A [`Positive`] amount of money, in whole cents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cents(pub(super) Decimal);

/// In whole seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenLife(pub(super) Duration);
