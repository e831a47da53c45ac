use cryptopocket::CoinAmount;

use super::json::{CreatedOfframpView, OfframpView, SellView};
use crate::output::{Cell, View, Watched, cell};

impl Watched for OfframpView {
    fn state(&self) -> String {
        let offramp = &self.0;
        format!("{}  {} → {}", offramp.status, offramp.coin, offramp.fiat)
    }
}

impl View for OfframpView {
    fn cells(&self) -> Vec<Cell> {
        let offramp = &self.0;
        let end = if offramp.is_final() { " (final)" } else { "" };
        vec![
            cell("off-ramp", Some(&offramp.id)),
            cell("status", Some(format!("{}{end}", offramp.status))),
            cell(">sells", &offramp.coin),
            cell("chain", offramp.coin.value().and_then(CoinAmount::chain)),
            cell(">receives", offramp.fiat),
        ]
    }
}

impl View for CreatedOfframpView {
    fn cells(&self) -> Vec<Cell> {
        let created = &self.0;
        vec![
            cell("off-ramp", Some(&created.id)),
            cell("next", Some("the customer sends the coins to this address")),
            cell("coins", Some(&created.send)),
            cell("chain", created.send.chain()),
            cell("address", &created.wallet),
        ]
    }
}

impl View for SellView {
    fn cells(&self) -> Vec<Cell> {
        let quote = &self.0;
        vec![
            cell("sell", &quote.sell),
            cell("chain", quote.sell.value().and_then(CoinAmount::chain)),
            cell("receive about", Some(quote.receive)),
            cell("fee", quote.fee),
            cell("note", Some("only indicative; the provider locks no price")),
        ]
    }
}
