//! Bank accounts, their entries, and the credits that arrive on them.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::moment::Moment;
use crate::store::Table;

/// A bank account of an integration.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API")]
pub struct BankAccount {
    pub iban: String,
    pub bic: String,
    pub holder: String,
    pub alias: String,
    pub currency: String,
    pub balance: Decimal,
    /// Its transactions by id.
    #[serde(skip)]
    pub feed: Table<String, BankTransaction>,
}

impl BankAccount {
    pub(crate) fn open(entropy: &mut Entropy, currency: &str) -> Self {
        Self {
            iban: entropy.iban("ES"),
            bic: "SBXBESM0XXX".to_owned(),
            holder: "Sandbox Collections SL".to_owned(),
            alias: "Transfers from customers".to_owned(),
            currency: currency.to_owned(),
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
            amount,
            ..Self::default()
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
