//! Replies about off-ramps: coins as a string of base units, money as a decimal string.

use serde::Serialize;

use super::Number;
use crate::prices::base_units;
use crate::records::Offramp;

#[derive(Debug, Serialize)]
pub(crate) struct OfframpQuoteView<'a> {
    pub fiat_amount: String,
    pub fiat_symbol: &'a str,
    pub amount: Number,
    pub symbol: &'a str,
    pub blockchain: &'a str,
    pub fee: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct OfframpCreated<'a> {
    pub rampoff: &'static str,
    pub wallet: &'a str,
    pub id: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct OfframpView<'a> {
    id: u64,
    status: &'a str,
    blockchain: &'a str,
    crypto: &'a str,
    amount: String,
    decimals: u32,
    fiat_amount: String,
}

impl<'a> OfframpView<'a> {
    pub(crate) fn of(offramp: &'a Offramp) -> Self {
        Self {
            id: offramp.id,
            status: &offramp.status,
            blockchain: offramp.asset.chain,
            crypto: offramp.asset.symbol,
            amount: base_units(offramp.amount, offramp.asset.decimals),
            decimals: offramp.asset.decimals,
            fiat_amount: offramp.fiat_amount.to_string(),
        }
    }
}
