use cryptopocket::CoinAmount;
use cryptopocket::offramp::Offramp;

use super::json::{CreatedOfframpView, OfframpView, SellView};
use crate::output::{Column, Line, People, Row, Watched, cell, line};

impl From<Offramp> for OfframpView {
    fn from(offramp: Offramp) -> Self {
        Self(offramp)
    }
}

impl Watched for OfframpView {
    fn state(&self) -> String {
        let offramp = &self.0;
        format!("{}  {} → {}", offramp.status, offramp.coin, offramp.fiat)
    }
}

impl People for OfframpView {
    fn lines(&self) -> Vec<Line> {
        let offramp = &self.0;
        let end = if offramp.is_final() { " (final)" } else { "" };
        vec![
            line("off-ramp", Some(&offramp.id)),
            line("status", Some(format!("{}{end}", offramp.status))),
            line("sells", &offramp.coin),
            line("chain", offramp.coin.value().and_then(CoinAmount::chain)),
            line("receives", offramp.fiat),
        ]
    }
}

impl Row for OfframpView {
    fn columns(&self) -> Vec<Column> {
        let offramp = &self.0;
        vec![
            cell("OFF-RAMP", Some(&offramp.id)),
            cell("STATUS", Some(&offramp.status)),
            cell(">SELLS", &offramp.coin),
            cell("CHAIN", offramp.coin.value().and_then(CoinAmount::chain)),
            cell(">RECEIVES", offramp.fiat),
        ]
    }
}

impl People for CreatedOfframpView {
    fn lines(&self) -> Vec<Line> {
        let created = &self.0;
        vec![
            line("off-ramp", Some(&created.id)),
            line("next", Some("the customer sends the coins to this address")),
            line("coins", Some(&created.send)),
            line("chain", created.send.chain()),
            line("address", &created.wallet),
        ]
    }
}

impl People for SellView {
    fn lines(&self) -> Vec<Line> {
        let quote = &self.0;
        vec![
            line("sell", &quote.sell),
            line("chain", quote.sell.value().and_then(CoinAmount::chain)),
            line("receive about", Some(quote.receive)),
            line("fee", quote.fee),
            line("note", Some("only indicative; the provider locks no price")),
        ]
    }
}
