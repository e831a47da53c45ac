//! Input rules of the API, checked before a request is sent.
//!
//! Every feature crate uses these rules, so an id, an amount or an address is judged in the same way by every call. Call
//! them yourself to check a form before you create anything. An error is `InvalidInput`: it names the field and the rule,
//! and never the value, which may be personal. The field is the `field` that is passed, or else the parameter itself.
//!
//! # Examples
//!
//! ```
//! use cryptopocket_core::input;
//!
//! assert!(input::wallet(&"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".into(), None).is_ok());
//! let error = input::wallet(&"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee".into(), None).unwrap_err();
//! assert_eq!(error.to_string(), "wallet has capital and small letters that are not its checksum (EIP-55)");
//! ```

#[cfg(test)]
mod tests;
mod url;
mod wallet;

use cryptopocket_types::{
    Chain, CoinAmount, Date, Decimal, ExternalId, Money, OfframpId, ParseError, Personal, UserId,
};

pub(crate) use self::url::has_readable_port;
pub use self::url::{callback_url, document_url};
pub use self::wallet::{is_known_chain, wallet, wallet_on_unknown_chain};
use crate::{Advice, Error, Result};

/// The longest e-mail address that the provider takes, in characters (documented).
pub const MAX_EMAIL: usize = 254;
/// The longest company name that the provider takes, in characters (documented).
pub const MAX_COMPANY_NAME: usize = 255;

/// The longest IBAN that ISO 13616 allows.
const MAX_IBAN: usize = 34;

fn ensure(holds: bool, field: &str, rule: &str, cure: impl Into<Advice>) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Error::invalid_input(field, rule, cure))
}

fn bare(field: &str, text: &str, cure: &'static str) -> Result<()> {
    ensure(
        text.trim() == text && !text.contains(char::is_control),
        field,
        "has white space around it, or holds a control character",
        cure,
    )
}

/// Checks that an amount is above zero and has no more decimals than its currency.
///
/// An amount with more decimals is refused instead of rounded: only the caller knows in whose favour to round.
pub fn money(field: &str, money: Money) -> Result<()> {
    let cure = "Give an amount such as 25.00 EUR.";
    ensure(money.amount() > Decimal::ZERO, field, "must be above zero", cure)?;
    ensure(
        // Zeros at the end lose nothing, so `150.500 EUR` passes.
        money.amount().normalized().scale() <= money.currency().minor_digits(),
        field,
        "has more decimals than its currency",
        "Round it first, choosing the direction.",
    )
}

/// Checks that an amount of coins is above zero and names its coin.
///
/// Its number of decimals is left to the provider, which knows the coin.
pub fn coins(field: &str, coins: &CoinAmount) -> Result<()> {
    let cure = "Give an amount of coins, such as 20 USDC.";
    ensure(coins.amount() > Decimal::ZERO, field, "must be above zero", cure)?;
    name("symbol", coins.symbol().as_str())
}

/// The chain of an amount of coins.
///
/// # Errors
///
/// `InvalidInput` that names `field`, when the amount has no chain or an empty one.
pub fn chain<'c>(field: &str, coins: &'c CoinAmount) -> Result<&'c Chain> {
    let given = coins.chain().filter(|chain| !chain.as_str().trim().is_empty());
    let chain = given.ok_or_else(|| {
        let cure = Advice::new("Say which chain the coins come from, such as polygon.")
            .in_code_use("Asset::new(\"USDC\", \"polygon\").amount(…) does.");
        Error::invalid_input(field, "is missing", cure)
    })?;
    name(field, chain.as_str())?;
    Ok(chain)
}

/// Checks the name of a coin or a chain: not empty, no white space around it, no control character.
///
/// An empty chain would leave it to the provider where the coins go. Whether the pair is on offer, only the provider
/// knows.
pub fn name(field: &str, name: &str) -> Result<()> {
    let cure = "Take the names of an available asset, such as USDC on polygon.";
    Error::require(field, name, cure)?;
    bare(field, name, cure)
}

/// Checks that the first day of a filter is not after its last day.
pub fn days(from: Option<Date>, to: Option<Date>) -> Result<()> {
    let is_ordered = from.zip(to).is_none_or(|(from, to)| from <= to);
    ensure(is_ordered, "from", "lies after to", "Give the earlier day first.")
}

/// Checks that the id of a customer is not empty.
pub fn user_id(id: &UserId) -> Result<()> {
    let cure = "Give the id that creating the customer returned.";
    Error::require("user_id", id.as_str(), cure)
}

/// Checks that the id of an off-ramp is not empty.
pub fn offramp_id(id: &OfframpId) -> Result<()> {
    let cure = "Give the id that creating the off-ramp returned.";
    Error::require("id", id.as_str(), cure)
}

/// Checks a reference of yours: not empty, no white space around it, no control character.
///
/// A provider that trims the reference would store the payment under another one than is looked up later. The payment
/// would then seem not to exist, and would be created twice.
pub fn external_id(id: &ExternalId) -> Result<()> {
    let cure = "Give a reference of your own that no other payment has, or leave it out.";
    Error::require("external_id", id.as_str(), cure)?;
    let cure = "Give the bare reference, such as order-2001, the same whenever you name the payment.";
    bare("external_id", id.as_str(), cure)
}

/// Checks an id for the path of a request: pass what its `path_segment()` returned.
pub fn path_segment<T>(segment: Result<T, ParseError>) -> Result<T> {
    segment.map_err(|error| {
        let rule = format!("is refused: {}", error.rule());
        Error::invalid_input(error.field(), &rule, error.cure())
    })
}

/// Checks the form of an e-mail address.
///
/// Whether the mailbox exists, and whether its domain counts as throw-away, only the provider knows.
pub fn email(field: &str, text: &str) -> Result<()> {
    Error::require(field, text, "The provider requires it.")?;
    max_chars(field, text, MAX_EMAIL)?;
    let valid = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let spoiled = |c: char| c.is_whitespace() || c.is_control() || "<>,;".contains(c);
        let bare = !local.contains('@') || (local.starts_with('"') && local.ends_with('"'));
        !local.is_empty() && bare && !local.contains(spoiled) && is_domain(domain)
    });
    let cure = "Write it like ada@example.com.";
    ensure(valid, field, "must be an e-mail address", cure)
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}

/// Checks the length of a text, in characters.
pub fn max_chars(field: &str, text: &str, max: usize) -> Result<()> {
    let length = text.chars().count();
    let rule = format!("must have at most {max} characters; it has {length}");
    ensure(length <= max, field, &rule, "Shorten it.")
}

/// Checks the form of a country code. Which countries the provider serves is not known.
pub fn country(code: &str) -> Result<()> {
    ensure(
        code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
        "country",
        "must be a code of ISO 3166-1 alpha-2",
        "Write two capital letters, such as ES.",
    )
}

/// The IBAN of one of your accounts without its spaces, for a path.
///
/// Its check digits are not checked: the provider knows its own accounts. For the account of a customer, parse it as
/// [`Iban`](cryptopocket_types::Iban), which checks everything.
///
/// # Errors
///
/// `InvalidInput` unless it has 1 to 34 letters and digits.
pub fn iban(iban: &Personal) -> Result<Personal> {
    let bare = Personal::from(iban.reveal().replace(' ', ""));
    let text = bare.reveal();
    ensure(
        (1..=MAX_IBAN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "iban",
        "must be 1 to 34 letters and digits",
        Advice::new("Give the IBAN of one of the integration's accounts.")
            .in_code_use("Banking::list_accounts lists them."),
    )?;
    Ok(bare)
}
