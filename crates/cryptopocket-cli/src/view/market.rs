use cryptopocket::market::{AvailableAsset, Price};
use cryptopocket::onramp::PaymentMethod;

use crate::output::{Line, People, Row, cell, line};

impl Row for AvailableAsset {
    const HEADINGS: &'static [&'static str] = &["SYMBOL", "CHAIN", "NAME", ">DECIMALS", "ACTIVE", ">MINIMUM"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.symbol.to_string(),
            cell(&self.chain),
            cell(&self.name),
            cell(self.decimals),
            cell(self.active.map(|active| if active { "yes" } else { "no" })),
            cell(self.min_purchase),
        ]
    }
}

impl People for Price {
    fn lines(&self) -> Vec<Line> {
        vec![
            line("coin", Some(format!("{}/{}", self.symbol, self.chain))),
            line("price of one", Some(self.price)),
        ]
    }
}

impl Row for PaymentMethod {
    const HEADINGS: &'static [&'static str] = &[
        "PAYMENT TYPE",
        "NAME",
        "CURRENCY",
        "COUNTRY",
        ">MINIMUM",
        ">MAXIMUM",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.payment_type.to_string(),
            cell(&self.name),
            cell(self.currency),
            cell(&self.country),
            cell(self.min),
            cell(self.max),
        ]
    }
}
