//! Bank accounts of the integration.

use cryptopocket_api::banking::{list_bank_accounts, types};
use cryptopocket_api::operations::LIST_BANK_ACCOUNTS;
use cryptopocket_core::Result;
use cryptopocket_types::{Currency, Extra, Money, Personal, RawJson};
use serde::Serialize;

use crate::Banking;
use crate::transaction::currency;

/// A bank account of the integration. Every field is assumed; what is not known by name stands in
/// [`extra`](Self::extra).
///
/// `Debug` hides personal data; serialising reveals it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BankAccount {
    /// IBAN of the account, as the provider wrote it.
    pub iban: Personal,
    /// BIC of the bank.
    pub bic: Option<String>,
    /// Name of the holder.
    pub holder_name: Option<Personal>,
    /// Name of the account, for people.
    pub alias: Option<Personal>,
    /// Currency of the account.
    pub currency: Option<Currency>,
    /// Money in the account, exact, in currency units. `None` also when the answer has an amount without its
    /// currency; the amount then stands in [`extra`](Self::extra).
    pub balance: Option<Money>,
    /// State of the account. No values are known.
    pub status: Option<String>,
    /// What else came, with its exact text.
    pub extra: Extra,
}

impl BankAccount {
    pub(crate) fn from_wire(wire: types::BankAccount) -> Result<Self> {
        let types::BankAccount {
            iban,
            bic,
            holder_name,
            alias,
            balance,
            status,
            mut extra,
            ..
        } = wire;
        let currency = wire
            .currency
            .map(|code| currency(&LIST_BANK_ACCOUNTS, &code))
            .transpose()?;
        let balance = match (balance, currency) {
            (Some(balance), Some(currency)) => Some(Money::new(balance.decimal(), currency)),
            (Some(balance), None) => {
                RawJson::encode(&balance)
                    .ok()
                    .and_then(|balance| extra.insert("balance", balance));
                None
            }
            (None, _) => None,
        };
        Ok(Self {
            iban,
            bic,
            holder_name,
            alias,
            currency,
            balance,
            status,
            extra,
        })
    }
}

impl From<&BankAccount> for Personal {
    /// The account's IBAN, for [`Banking::transactions`](crate::Banking::list_transactions).
    fn from(account: &BankAccount) -> Self {
        account.iban.clone()
    }
}

impl Banking {
    /// The integration's own bank accounts.
    ///
    /// **Units.** Balances are exact amounts in currency units.
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's page "List bank accounts" (`documented`: path and the names of the schemas);
    /// the fields are ours (`assumed`).
    ///
    /// Operation: `list_bank_accounts`
    ///
    /// # Errors
    ///
    /// As every call; `UnexpectedReply` also for a currency that is no three-letter code.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_banking::Banking;
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":[{"iban":"ES7921000813610123456789","currency":"EUR","balance":"1204.10"}]}"#;
    /// # let session = ScriptedSession::new().always("list_bank_accounts", reply).session;
    /// let banking = Banking::new(session);
    /// for account in banking.list_accounts().await? {
    ///     println!("{} holds {:?}", account.iban.reveal(), account.balance);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list_accounts(&self) -> Result<Vec<BankAccount>> {
        list_bank_accounts(&self.session)
            .await?
            .into_iter()
            .map(BankAccount::from_wire)
            .collect()
    }
}

#[cfg(test)]
mod tests;
