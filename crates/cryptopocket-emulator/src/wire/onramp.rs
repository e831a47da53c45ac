//! Replies about payments: currency units in quotes, cents in payments, coins as numbers.

use serde::Serialize;

use super::Number;
use crate::catalogue::{Asset, Method};
use crate::prices::cents;
use crate::records::Payment;

#[derive(Debug, Serialize)]
pub(crate) struct AssetView {
    symbol: &'static str,
    name: &'static str,
    chain: &'static str,
    decimals: u32,
    active: bool,
    min_purchase: Number,
}

impl AssetView {
    pub(crate) fn of(asset: &Asset, min_purchase: Number) -> Self {
        let Asset {
            symbol,
            name,
            chain,
            decimals,
            active,
            ..
        } = *asset;
        Self {
            symbol,
            name,
            chain,
            decimals,
            active,
            min_purchase,
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct PriceView<'a> {
    pub symbol: &'a str,
    pub chain: &'a str,
    pub fiat_symbol: &'a str,
    pub price: Number,
}

#[derive(Debug, Serialize)]
pub(crate) struct MethodView {
    payment_type: &'static str,
    name: &'static str,
    fiat_symbol: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'static str>,
    min_amount: Number,
}

impl MethodView {
    pub(crate) fn of(method: &Method, min_amount: Number) -> Self {
        let Method {
            payment_type,
            name,
            fiat,
            country,
            ..
        } = *method;
        Self {
            payment_type,
            name,
            fiat_symbol: fiat,
            country,
            min_amount,
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct QuoteView<'a> {
    pub tokens: Number,
    pub price: Number,
    pub fee: Number,
    pub amount: Number,
    pub symbol: &'a str,
    pub chain: &'a str,
    pub payment_type: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct TransferCreated<'a> {
    pub payment_id: &'a str,
    pub iban: &'a str,
    pub bic: &'a str,
    /// A JSON number, as documented, though it is a reference.
    pub concept: u64,
    pub destination_name: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct CardCreated<'a> {
    pub url_payment: String,
    pub payment_id: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct GuidedCreated<'a> {
    pub payment_id: &'a str,
    pub gateway_url: String,
    pub external_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PaymentView<'a> {
    id: &'a str,
    external_id: Option<&'a str>,
    user_id: String,
    status: &'a str,
    fiat_amount: i128,
    fiat_symbol: &'a str,
    coin_symbol: &'a str,
    coin_amount: Number,
    created_at: String,
    holder: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    txid: Option<&'a str>,
}

impl<'a> PaymentView<'a> {
    pub(crate) fn of(payment: &'a Payment) -> Self {
        Self {
            id: &payment.id,
            external_id: payment.external_id.as_deref(),
            user_id: payment.user.to_string(),
            status: &payment.status,
            fiat_amount: cents(payment.fiat_amount),
            fiat_symbol: payment.fiat,
            coin_symbol: payment.asset.symbol,
            coin_amount: Number::from(&payment.coin_amount),
            created_at: payment.created_at.to_string(),
            holder: payment.holder.as_deref(),
            txid: if payment.status == "coins_sent" {
                payment.txid.as_deref()
            } else {
                None
            },
        }
    }
}
