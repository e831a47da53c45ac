//! Off-ramps, and what calls ask for.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::catalogue::Asset;
use crate::moment::Moment;

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

/// What a call asks to sell.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are those of `Offramp`")]
pub struct NewOfframp {
    pub user: u64,
    pub asset: &'static Asset,
    pub amount: Decimal,
    pub fiat: &'static str,
    pub payout_to: String,
}
