//! Payments and off-ramps, and the orders they come from.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Asset, Method};
use crate::moment::Moment;

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
    pub(crate) coin: String,
    pub(crate) chain: Option<String>,
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
