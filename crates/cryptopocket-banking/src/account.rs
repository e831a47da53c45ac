//! Your bank accounts at the provider.

use cryptopocket_api::banking::{list_bank_accounts, types};
use cryptopocket_core::{Page, Result};
use cryptopocket_types::{Currency, Extra, Field, Money, Personal};
use serde::{Deserialize, Serialize};

use crate::Banking;

/// A bank account of your integration.
///
/// Every field is assumed. `Debug` hides personal data; serialization writes it. Its JSON reads back as the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BankAccount {
    /// IBAN, as the provider writes it.
    pub iban: Personal,
    /// BIC of the bank.
    #[serde(default)]
    pub bic: Field<String>,
    /// Name of the holder.
    #[serde(default)]
    pub holder_name: Field<Personal>,
    /// Display name of the account.
    #[serde(default)]
    pub alias: Field<Personal>,
    /// Currency of the account.
    #[serde(default)]
    pub currency: Field<Currency>,
    /// Balance in currency units.
    ///
    /// An amount without its currency is no money: it is in [`extra`](Self::extra) then.
    #[serde(default)]
    pub balance: Field<Money>,
    /// Status of the account. No values are known.
    #[serde(default)]
    pub status: Field<String>,
    /// Fields of the reply that this SDK does not know.
    #[serde(default)]
    pub extra: Extra,
}

impl BankAccount {
    pub(crate) fn from_wire(wire: types::BankAccount) -> Self {
        let mut extra = wire.extra;
        let currency = wire.currency;
        let balance = match currency {
            Field::Value(currency) => wire
                .balance
                .map(|balance| Money::new(balance.decimal(), currency)),
            // A balance without a currency is no money.
            _ => extra
                .pair(("balance", wire.balance), ("currency", currency))
                .map(|(balance, currency)| Money::new(balance.decimal(), currency)),
        };
        Self {
            iban: wire.iban,
            bic: wire.bic,
            holder_name: wire.holder_name,
            alias: wire.alias,
            currency,
            balance,
            status: wire.status,
            extra,
        }
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
    pub async fn list_accounts(&self) -> Result<Page<BankAccount>> {
        let page = list_bank_accounts(&self.session).await?;
        Ok(page.map(BankAccount::from_wire))
    }
}

#[cfg(test)]
mod tests;
