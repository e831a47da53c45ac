use cryptopocket::offramp::{self, FiatAmount};
use cryptopocket::onramp::Quote;
use cryptopocket::{CoinAmount, Extra, Money, PaymentType, Timestamp};
use serde::Serialize;

use super::field::{coin, known};
use crate::output::People;

/// What an amount of euros would buy.
#[derive(Serialize)]
pub(crate) struct BuyView {
    spend: Money,
    #[serde(serialize_with = "coin")]
    tokens: CoinAmount,
    price: Option<Money>,
    fee: Option<Money>,
    payment_type: PaymentType,
    taken_at: Timestamp,
    extra: Extra,
}

impl From<Quote> for BuyView {
    fn from(quote: Quote) -> Self {
        Self {
            spend: quote.spend,
            tokens: quote.tokens,
            price: quote.price,
            fee: quote.fee,
            payment_type: quote.payment_type,
            taken_at: quote.taken_at,
            extra: quote.extra,
        }
    }
}

impl People for BuyView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("spend", Some(self.spend)),
            known("receive about", Some(&self.tokens)),
            known("chain", self.tokens.chain()),
            known("price of one", self.price),
            known("fee", self.fee),
            known("paid by", Some(&self.payment_type)),
            known("note", Some("it indicates; the provider locks no price")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What an amount of coins would bring.
#[derive(Serialize)]
pub(crate) struct SellView {
    #[serde(serialize_with = "coin")]
    sell: CoinAmount,
    receive: FiatAmount,
    fee: Option<FiatAmount>,
    taken_at: Timestamp,
    extra: Extra,
}

impl From<offramp::Quote> for SellView {
    fn from(quote: offramp::Quote) -> Self {
        Self {
            sell: quote.sell,
            receive: quote.receive,
            fee: quote.fee,
            taken_at: quote.taken_at,
            extra: quote.extra,
        }
    }
}

impl People for SellView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("sell", Some(&self.sell)),
            known("chain", self.sell.chain()),
            known("receive about", Some(self.receive)),
            known("fee", self.fee),
            known("note", Some("it indicates; the provider locks no price")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
