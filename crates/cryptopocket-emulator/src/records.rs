//! The records of the emulated provider. The rules that change them are methods of `Integration`.

use cryptopocket_types::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::catalogue::{Asset, Method};
use crate::entropy::Entropy;
use crate::moment::Moment;
use crate::store::{Record, Table};

/// The state of the enhanced verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reinforcement {
    /// Not needed so far.
    NotAsked,
    /// The declaration was asked for.
    Asked,
    /// The declaration was given.
    Done,
}

/// A customer of an integration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API")]
pub struct Customer {
    pub id: u64,
    pub uuid: String,
    pub company: bool,
    pub external_id: Option<String>,
    pub name: String,
    pub last_name: Option<String>,
    pub email: String,
    pub country: Option<String>,
    pub callback_url: Option<String>,
    /// `unused`, `processing`, `valid` or `fail`.
    pub kyc: String,
    pub banned: bool,
    pub reinforcement: Reinforcement,
    /// Whether the review under way will reject.
    pub rejected_at_review: bool,
    /// The token of the link to the verification page.
    pub page: String,
    pub page_until: Moment,
    pub password: String,
    pub documents: Vec<String>,
    pub created_at: Moment,
    /// The beginning of a quarter, and the amount ordered by card in it, in euros.
    pub by_card: (Moment, Decimal),
    /// The total amount ordered, in euros.
    pub bought: Decimal,
}

impl Record for Customer {
    fn found_by(&self) -> Vec<(&'static str, String)> {
        let external_id = self.external_id.clone().map(|id| ("external_id", id));
        let email = ("email", self.email.clone());
        external_id.into_iter().chain([email]).collect()
    }
}

impl Customer {
    /// First and last name.
    pub fn full_name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.name),
            None => self.name.clone(),
        }
    }

    /// The link to the verification page; it may have expired.
    pub fn verification_link(&self, origin: &str) -> String {
        let page = if self.company { "kyb" } else { "kyc" };
        format!("{origin}/pages/{page}/{}", self.page)
    }
}

/// A purchase of coins.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API and the catalogue")]
pub struct Payment {
    pub id: String,
    pub external_id: Option<String>,
    /// The customer's id.
    pub user: u64,
    /// Whether the customer chooses method and wallet on the gateway page.
    pub guided: bool,
    pub method: &'static Method,
    pub status: String,
    /// In units of the currency.
    pub fiat_amount: Decimal,
    pub fiat: String,
    pub asset: &'static Asset,
    /// In units of the coin.
    pub coin_amount: Decimal,
    pub wallet: Option<String>,
    pub holder: Option<String>,
    pub txid: Option<String>,
    /// The reference that a transfer has to carry.
    pub concept: Option<u64>,
    pub callback_url: Option<String>,
    pub created_at: Moment,
}

impl Record for Payment {
    fn found_by(&self) -> Vec<(&'static str, String)> {
        let external_id = self.external_id.clone().map(|id| ("external_id", id));
        let concept = self.concept.map(|concept| ("concept", concept.to_string()));
        let status = ("status", self.status.clone());
        external_id.into_iter().chain(concept).chain([status]).collect()
    }
}

impl Payment {
    /// The amount to pay, with its cents and its currency: `240.00 EUR`.
    pub fn to_pay(&self) -> String {
        let amount = self.fiat_amount.rescaled(2).unwrap_or(self.fiat_amount);
        format!("{amount} {}", self.fiat)
    }
}

/// An order to buy coins.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) guided: bool,
    pub(crate) user: u64,
    pub(crate) external_id: Option<String>,
    pub(crate) method: &'static Method,
    pub(crate) fiat_amount: Decimal,
    pub(crate) fiat: &'static str,
    /// `None` if the coin is not on offer.
    pub(crate) asset: Option<&'static Asset>,
    pub(crate) wallet: Option<String>,
    pub(crate) callback_url: Option<String>,
}

/// A sale of coins.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API and the catalogue")]
pub struct Offramp {
    pub id: u64,
    pub user: u64,
    /// `started`, `crypto_received` or `finished`.
    pub status: String,
    pub asset: &'static Asset,
    pub amount: Decimal,
    pub received: Decimal,
    pub fiat_amount: Decimal,
    pub fiat: String,
    pub wallet: String,
    /// An IBAN, or the name of a bank.
    pub payout_to: String,
    pub created_at: Moment,
}

impl Record for Offramp {}

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

impl Record for BankTransaction {}

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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "the fields of a bank credit")]
#[must_use = "hand it to `Command::CreditBank`"]
#[non_exhaustive]
pub struct BankCredit {
    /// The account it arrives on. Default: the first.
    pub iban: Option<String>,
    /// In units of the account's currency; below zero it is a debit.
    #[cfg_attr(test, schemars(with = "String"))]
    #[serde(deserialize_with = "exact")]
    pub amount: Decimal,
    /// The reference that the payer wrote.
    pub concept: Option<String>,
    /// The payer's name.
    pub payer_name: Option<String>,
    /// The payer's IBAN.
    pub payer_iban: Option<String>,
    /// The payer's own reference, which banks pass through.
    pub end_to_end_id: Option<String>,
    /// The payment that the payer means, whatever the concept is: its `id`, or an `external_id` that no other has.
    pub meant_for: Option<String>,
    /// In a scenario: when it was booked, as RFC 3339. Default, and at the latest: the start of the clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) booked_at: Option<String>,
}

/// An amount from its text: files may write it as a number, which must not go through a float.
fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    String::deserialize(deserializer)?
        .parse()
        .map_err(D::Error::custom)
}

impl BankCredit {
    /// A credit of `amount`, in units of the account's currency; below zero it is a debit.
    pub fn new(amount: Decimal) -> Self {
        Self {
            amount,
            ..Self::default()
        }
    }

    /// Sets [`BankCredit::concept`].
    pub fn concept(mut self, text: impl Into<String>) -> Self {
        self.concept = Some(text.into());
        self
    }

    /// Sets the payer's name and IBAN.
    pub fn payer(mut self, name: impl Into<String>, iban: Option<&str>) -> Self {
        self.payer_name = Some(name.into());
        self.payer_iban = iban.map(str::to_owned);
        self
    }

    /// Sets [`BankCredit::meant_for`]. No API call shows it: misattributed credits are found by it.
    pub fn meant_for(mut self, payment: impl Into<String>) -> Self {
        self.meant_for = Some(payment.into());
        self
    }
}
