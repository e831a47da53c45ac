//! Your bank accounts at the provider.

use cryptopocket_api::banking::{list_bank_accounts, types};
use cryptopocket_api::operations::LIST_BANK_ACCOUNTS;
use cryptopocket_core::Result;
use cryptopocket_types::{Currency, Extra, Money, Personal, RawJson};
use serde::{Deserialize, Serialize};

use crate::Banking;
use crate::transaction::currency;

/// A bank account of your integration.
///
/// Every field is assumed. `Debug` hides personal data; serialization writes it. Its JSON reads back as the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BankAccount {
    /// IBAN, as the provider writes it.
    pub iban: Personal,
    /// BIC of the bank.
    pub bic: Option<String>,
    /// Name of the holder.
    pub holder_name: Option<Personal>,
    /// Display name of the account.
    pub alias: Option<Personal>,
    /// Currency of the account.
    pub currency: Option<Currency>,
    /// Balance in currency units.
    ///
    /// An amount without its currency is no money: it is in [`extra`](Self::extra) then.
    pub balance: Option<Money>,
    /// Status of the account. No values are known.
    pub status: Option<String>,
    /// Fields of the reply that this SDK does not know.
    #[serde(default)]
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
    /// Lists the bank accounts of your integration.
    ///
    /// **Units.** Balances are exact amounts in currency units.
    ///
    /// **Idempotency.** Safe: it only reads, and is retried after transient failures.
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
