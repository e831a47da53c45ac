//! Checks of the values of a scenario.

use std::fmt;
use std::str::FromStr;

use cryptopocket_emulator::server::Misfit;
use cryptopocket_types::{Decimal, Timestamp};

pub(super) type Result<T> = std::result::Result<T, Misfit>;

/// A misfit of a field of an entry, or of the entry itself if `field` is empty.
pub(super) fn misfit<T>(field: &'static str, rule: impl Into<String>, cure: impl Into<String>) -> Result<T> {
    let (rule, cure) = (rule.into(), cure.into());
    Err(Misfit { field, rule, cure })
}

/// One of the known words.
pub(super) fn known(
    field: &'static str,
    noun: &str,
    text: &str,
    words: &[&'static str],
) -> Result<&'static str> {
    let found = words.iter().find(|word| **word == text).copied();
    let rule = || format!("`{text}` is not a known {noun}");
    found.map_or_else(
        || misfit(field, rule(), format!("use one of {}", words.join(", "))),
        Ok,
    )
}

/// A value whose type says in its error what to write.
pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(field: &'static str, text: &str) -> Result<T> {
    let value = text.parse();
    value.or_else(|cure| misfit(field, format!("`{text}` is not known"), format!("{cure}")))
}

pub(super) fn time(field: &'static str, text: Option<&str>) -> Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let cure = "write it as RFC 3339, such as 2026-06-26T09:00:00Z";
    text.parse()
        .map(Some)
        .or_else(|_| misfit(field, format!("`{text}` is not a time"), cure))
}

pub(super) fn amount(field: &'static str, text: &str) -> Result<Decimal> {
    let cure = "write digits, and a point before the cents";
    text.parse()
        .or_else(|_| misfit(field, format!("`{text}` is not an amount"), cure))
}

/// An amount of zero or more, or `default`.
pub(super) fn limit(field: &'static str, text: Option<&str>, default: Decimal) -> Result<Decimal> {
    let limit = text.map_or(Ok(default), |text| amount(field, text))?;
    if limit.is_negative() {
        return misfit(field, format!("`{limit}` is below zero"), "write 0 or more");
    }
    Ok(limit)
}

/// An amount that can be bought or sold.
pub(super) fn purchasable(field: &'static str, text: &str) -> Result<Decimal> {
    let value = amount(field, text)?;
    if value > Decimal::ZERO && value < Decimal::from(1_000_000_000_u32) {
        return Ok(value);
    }
    let cure = "write an amount above 0 and below 1000000000";
    misfit(field, format!("`{value}` cannot be bought or sold"), cure)
}

/// The status of a payment or an off-ramp.
pub(super) fn status(text: Option<String>) -> Result<Option<String>> {
    if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
        return misfit("status", "the status is empty", "leave it out for `started`");
    }
    Ok(text)
}
