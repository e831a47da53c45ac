//! The identity of transactions.

use std::fmt;

use cryptopocket_types::{Personal, TransactionId};
use serde::{Deserialize, Deserializer, Serialize};

/// The identity of a [`Transaction`](crate::Transaction): its account, if it is known, and its id.
///
/// Nothing says that ids are unique across accounts. Two keys with accounts are equal only if both agree. In JSON it is
/// `transaction_id` and, with an account, `iban`. `Debug` and `Display` hide the account.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::TransactionKey;
///
/// let key = TransactionKey::from("t-1").in_account("ES79 2100 0813 6101 2345 6789");
/// assert_eq!(key, TransactionKey::from("t-1").in_account("es7921000813610123456789"));
/// assert!(key.may_be(&"t-1".into()) && key != "t-1".into());
/// assert_eq!(key.to_string(), "t-1");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct TransactionKey {
    /// The transaction's id.
    #[serde(rename = "transaction_id")]
    id: TransactionId,
    /// The account that holds it.
    #[serde(
        rename = "iban",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "account"
    )]
    account: Option<String>,
}

fn account<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| normal(&text)))
}

/// An account without spaces, in capitals.
pub(crate) fn normal(account: &str) -> String {
    let bare = account.chars().filter(|c| !c.is_whitespace());
    bare.map(|c| c.to_ascii_uppercase()).collect()
}

impl TransactionKey {
    /// The transaction of this account. An empty account counts as unknown.
    #[must_use]
    pub fn in_account(mut self, account: impl Into<Personal>) -> Self {
        self.account = Some(normal(account.into().reveal())).filter(|account| !account.is_empty());
        self
    }

    /// The id.
    pub const fn id(&self) -> &TransactionId {
        &self.id
    }

    /// The account without spaces, in capitals.
    pub fn account(&self) -> Option<Personal> {
        self.account.as_deref().map(Personal::from)
    }

    /// Whether both can be one transaction: the ids are equal, and no two different accounts are known.
    pub fn may_be(&self, other: &Self) -> bool {
        let same = |account: &String| other.account.as_ref().is_none_or(|known| known == account);
        self.id == other.id && self.account.as_ref().is_none_or(same)
    }

    /// The identity as one text, for a list.
    pub(crate) fn text(&self) -> String {
        // No account holds a line break, so no two keys have one text.
        format!("{}\n{}", self.account.as_deref().unwrap_or_default(), self.id)
    }
}

impl From<TransactionId> for TransactionKey {
    fn from(id: TransactionId) -> Self {
        Self { id, account: None }
    }
}

impl From<&str> for TransactionKey {
    fn from(id: &str) -> Self {
        TransactionId::from(id).into()
    }
}

impl fmt::Display for TransactionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl fmt::Debug for TransactionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
