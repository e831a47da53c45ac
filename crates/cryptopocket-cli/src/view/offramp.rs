use cryptopocket::offramp::Offramp;

use super::json::{CreatedOfframpView, OfframpView, SellView};
use crate::output::{Line, People, Row, Watched, cell, line};

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
            line("sells", Some(&offramp.coin)),
            line("chain", offramp.coin.chain()),
            line("receives", Some(offramp.fiat)),
        ]
    }
}

impl Row for OfframpView {
    const HEADINGS: &'static [&'static str] = &["OFF-RAMP", "STATUS", ">SELLS", "CHAIN", ">RECEIVES"];

    fn cells(&self) -> Vec<String> {
        let offramp = &self.0;
        vec![
            offramp.id.to_string(),
            offramp.status.to_string(),
            offramp.coin.to_string(),
            cell(offramp.coin.chain()),
            offramp.fiat.to_string(),
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
            line("address", Some(&created.wallet)),
        ]
    }
}

impl People for SellView {
    fn lines(&self) -> Vec<Line> {
        let quote = &self.0;
        vec![
            line("sell", Some(&quote.sell)),
            line("chain", quote.sell.chain()),
            line("receive about", Some(quote.receive)),
            line("fee", quote.fee),
            line("note", Some("only indicative; the provider locks no price")),
        ]
    }
}
