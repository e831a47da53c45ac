//! Bank accounts, the credits that arrive on them, and their reconciliation with payments.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use super::Integration;
use crate::entropy::Entropy;
use crate::error::CommandError;
use crate::magic;
use crate::moment::Moment;
use crate::provider::Provider;
use crate::suggest::shortened;
use crate::table::Table;
use crate::wire::Failure;

/// A bank account of an integration.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API")]
pub struct BankAccount {
    pub iban: String,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub bic: crate::catalogue::Spelling,
    pub holder: String,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub alias: crate::catalogue::Spelling,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub currency: crate::catalogue::Spelling,
    pub balance: Decimal,
    /// What was booked on it, by transaction id.
    #[serde(skip)]
    pub feed: Table<String, BankTransaction>,
}

impl BankAccount {
    pub(crate) fn open(entropy: &mut Entropy, currency: &'static str) -> Self {
        Self {
            iban: entropy.iban("ES"),
            bic: "SBXBESM0XXX",
            holder: "Sandbox Collections SL".to_owned(),
            alias: "Transfers from customers",
            currency,
            balance: Decimal::from_minor(0, 2).unwrap_or_default(),
            feed: Table::default(),
        }
    }
}

/// An entry of a bank account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API")]
pub struct BankTransaction {
    pub id: String,
    /// Negative for a debit.
    pub amount: Decimal,
    pub booked_at: Moment,
    pub concept: Option<String>,
    pub counterparty_name: Option<String>,
    pub counterparty_iban: Option<String>,
    pub end_to_end_id: Option<String>,
    /// The payment it was reconciled with.
    pub payment: Option<String>,
    /// The payment the payer meant, if known. No API call shows it.
    #[serde(default)]
    pub meant_for: Option<String>,
}

impl BankTransaction {
    /// Whether it was reconciled with another payment than the payer meant.
    pub fn is_misattributed(&self) -> bool {
        self.payment.is_some() && self.meant_for.is_some() && self.payment != self.meant_for
    }
}

/// Money that arrives on a bank account.
///
/// # Examples
///
/// ```
/// use cryptopocket_emulator::BankCredit;
///
/// let credit = BankCredit::new("240.00".parse()?).concept("Invoice 482913377").payer("Ana López", None);
/// # let _ = credit;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[must_use = "hand it to `Command::CreditBank`"]
#[non_exhaustive]
pub struct BankCredit {
    /// The account it arrives on. Default: the first.
    pub iban: Option<String>,
    /// In units of the account's currency; below zero it is a debit.
    pub amount: Decimal,
    /// The reference that the payer wrote.
    pub concept: Option<String>,
    /// The payer's name.
    pub payer_name: Option<String>,
    /// The payer's IBAN.
    pub payer_iban: Option<String>,
    /// The payer's own reference, which banks pass through.
    pub end_to_end_id: Option<String>,
    /// The payment that the payer means.
    #[serde(default)]
    pub meant_for: Option<String>,
}

impl BankCredit {
    /// A credit of `amount`, in units of the account's currency; below zero it is a debit.
    pub fn new(amount: Decimal) -> Self {
        Self {
            iban: None,
            amount,
            concept: None,
            payer_name: None,
            payer_iban: None,
            end_to_end_id: None,
            meant_for: None,
        }
    }

    /// The IBAN of the account it arrives on. Default: the first account.
    pub fn account(mut self, iban: impl Into<String>) -> Self {
        self.iban = Some(iban.into());
        self
    }

    /// The reference that the payer wrote.
    pub fn concept(mut self, text: impl Into<String>) -> Self {
        self.concept = Some(text.into());
        self
    }

    /// The payer's name and IBAN.
    pub fn payer(mut self, name: impl Into<String>, iban: Option<&str>) -> Self {
        self.payer_name = Some(name.into());
        self.payer_iban = iban.map(str::to_owned);
        self
    }

    /// The IBAN of a payer whose name is not known.
    pub fn payer_iban(mut self, iban: impl Into<String>) -> Self {
        self.payer_iban = Some(iban.into());
        self
    }

    /// The payer's own reference, which banks pass through.
    pub fn end_to_end_id(mut self, id: impl Into<String>) -> Self {
        self.end_to_end_id = Some(id.into());
        self
    }

    /// The payment that the payer means, by id, or by an `external_id` that only one payment of the integration has.
    ///
    /// No API call shows it: misattributed credits are found by it.
    pub fn meant_for(mut self, payment: impl Into<String>) -> Self {
        self.meant_for = Some(payment.into());
        self
    }
}

impl Integration {
    /// The account with this IBAN.
    pub fn account(&self, iban: &str) -> Option<&BankAccount> {
        self.accounts.iter().find(|account| account.iban == iban)
    }

    /// Books a credit and returns the transaction's id.
    pub(crate) fn credit(
        &mut self,
        provider: &mut Provider,
        mut credit: BankCredit,
    ) -> Result<String, CommandError> {
        let invalid = |why: String| Err(CommandError::Invalid(why));
        if credit.amount.rescaled(2).is_none_or(Decimal::is_zero) {
            let amount = credit.amount;
            return invalid(format!(
                "amount: `{amount}` cannot be booked, for a bank books whole cents, and not zero; write an amount such as \
                 240.00"
            ));
        }
        if let Some(iban) = &credit.iban
            && self.account(iban).is_none()
        {
            let known: Vec<&str> = self
                .accounts
                .iter()
                .map(|account| account.iban.as_str())
                .collect();
            let (iban, known) = (shortened(iban), known.join(", "));
            return invalid(format!(
                "iban: `{iban}` is none of the integration's accounts; use one of {known}"
            ));
        }
        if let Some(name) = &credit.meant_for {
            credit.meant_for = Some(match self.payments.called(name).as_slice() {
                [id] => (*id).to_owned(),
                [] => {
                    let name = shortened(name);
                    return invalid(format!(
                        "meant_for: `{name}` is neither id nor external_id of one of the integration's payments; name one \
                         that there is"
                    ));
                }
                _ => {
                    let name = shortened(name);
                    return invalid(format!(
                        "meant_for: `{name}` is the external_id of several payments; write the id of one of them"
                    ));
                }
            });
        }
        self.book(provider, credit, None)
    }

    /// Books a checked credit, at an earlier time if one is given. Credits are booked in the order of their times.
    pub(crate) fn book(
        &mut self,
        provider: &mut Provider,
        credit: BankCredit,
        booked_at: Option<Moment>,
    ) -> Result<String, CommandError> {
        let amount = credit.amount.rescaled(2).filter(|amount| !amount.is_zero());
        let amount = amount
            .ok_or_else(|| CommandError::Invalid("an amount is in whole cents and not zero".to_owned()))?;
        let id = format!("trx_{}", provider.entropy.alphanumeric(20));
        let now = provider.now();
        let account = match &credit.iban {
            Some(iban) => self.accounts.iter_mut().find(|account| account.iban == *iban),
            None => self.accounts.first_mut(),
        };
        let account = account.ok_or(CommandError::NotFound("bank account"))?;
        account.balance = account.balance.checked_add(amount).unwrap_or(account.balance);
        let transaction = BankTransaction {
            id: id.clone(),
            amount,
            booked_at: booked_at.unwrap_or(now).min(now),
            concept: credit.concept,
            counterparty_name: credit.payer_name,
            counterparty_iban: credit.payer_iban,
            end_to_end_id: credit.end_to_end_id,
            payment: None,
            meant_for: credit.meant_for,
        };
        account.feed.insert(id.clone(), transaction);
        Ok(id)
    }

    /// Reconciles a credit with the transfer payment it is for.
    pub(crate) fn reconcile(
        &mut self,
        provider: &mut Provider,
        payment_id: &str,
        transaction_id: &str,
        iban: Option<&str>,
    ) -> Result<(), Failure> {
        if let Some(refusal) = magic::reconciliation(transaction_id) {
            return Err(refusal);
        }
        let payment = self
            .payments
            .get(payment_id)
            .ok_or(Failure::Code("payment_not_found"))?;
        let unknown = Failure::Code("transaction_not_found");
        let booked_on = |account: &&mut BankAccount| account.feed.get(transaction_id).is_some();
        let account = self.accounts.iter_mut().find(booked_on).ok_or(unknown.clone())?;
        if iban.is_some_and(|iban| iban != account.iban) {
            return Err(unknown);
        }
        let transaction = account.feed.get(transaction_id).ok_or(unknown.clone())?;
        if transaction.payment.is_some() {
            return Err(Failure::Code("already_reconciled"));
        }
        if payment.concept.is_none() || !matches!(payment.status.as_str(), "started" | "pending_bank") {
            return Err(Failure::Code("payment_not_pending"));
        }
        // The amount is compared exactly: a partial payment or an overpayment is not this payment's.
        if transaction.amount != payment.fiat_amount || account.currency != payment.fiat {
            return Err(Failure::Code("amount_mismatch"));
        }
        let transaction = account.feed.get_mut(transaction_id).ok_or(unknown)?;
        transaction.payment = Some(payment_id.to_owned());
        let holder = transaction.counterparty_name.clone();
        self.receive_fiat(provider, payment_id, holder.as_deref());
        Ok(())
    }
}
