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

mod amount;
mod bank;
mod customer;
mod id;
mod url;
mod wallet;

pub use self::amount::{chain, coins, days, money, name};
pub use self::bank::iban;
pub use self::customer::{MAX_COMPANY_NAME, MAX_EMAIL, country, email, max_chars};
pub use self::id::{external_id, offramp_id, path_segment, user_id};
pub(crate) use self::url::has_readable_port;
pub use self::url::{callback_url, document_url};
pub use self::wallet::{wallet, wallet_on_unknown_chain};
use crate::{Advice, Error, Result};

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
