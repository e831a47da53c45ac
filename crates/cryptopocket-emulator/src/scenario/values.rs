//! Checks of the values of a scenario.

use std::fmt;
use std::str::FromStr;

use cryptopocket_types::{Decimal, Timestamp};

use crate::error::{Misfit, wrong};

pub(crate) type Result<T> = std::result::Result<T, Misfit>;

/// A value whose type says in its error what to write.
pub(crate) fn parsed<T: FromStr<Err: fmt::Display>>(field: &str, text: &str) -> Result<T> {
    let value = text.parse();
    value.or_else(|cure| wrong(field, format!("`{text}` is not known"), format!("{cure}")))
}

/// A value of a type whose errors do not say what to write: `what` it has to be, and how.
fn read<T: FromStr>(field: &str, text: &str, what: &str, cure: &str) -> Result<T> {
    let value = text.parse();
    value.or_else(|_| wrong(field, format!("`{text}` is not {what}"), cure))
}

pub(crate) fn time(field: &str, text: Option<&str>) -> Result<Option<Timestamp>> {
    let cure = "write it as RFC 3339, such as 2026-06-26T09:00:00Z";
    text.map(|text| read(field, text, "a time", cure)).transpose()
}

pub(crate) fn amount(field: &str, text: &str) -> Result<Decimal> {
    read(
        field,
        text,
        "an amount",
        "write digits, and a point before the cents",
    )
}

/// An amount that can be bought or sold.
pub(crate) fn purchasable(field: &str, text: &str) -> Result<Decimal> {
    let value = amount(field, text)?;
    if value > Decimal::ZERO && value < Decimal::from(1_000_000_000_u32) {
        return Ok(value);
    }
    let cure = "write an amount above 0 and below 1000000000";
    wrong(field, format!("`{value}` cannot be bought or sold"), cure)
}

/// The status of a payment or an off-ramp.
pub(crate) fn status(text: Option<&str>) -> Result<&str> {
    let status = text.unwrap_or("started");
    if status.trim().is_empty() {
        return wrong("status", "the status is empty", "leave it out for `started`");
    }
    Ok(status)
}
