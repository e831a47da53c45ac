use cryptopocket::market::{AvailableAsset, Price};
use cryptopocket::onramp::PaymentMethod;

use crate::output::{Column, Line, People, Row, cell, line};

impl Row for AvailableAsset {
    fn columns(&self) -> Vec<Column> {
        vec![
            cell("SYMBOL", Some(&self.symbol)),
            cell("CHAIN", &self.chain),
            cell("NAME", &self.name),
            cell(">DECIMALS", self.decimals),
            cell(
                "ACTIVE",
                self.active.map(|active| if active { "yes" } else { "no" }),
            ),
            cell(">MINIMUM", self.min_purchase),
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
    fn columns(&self) -> Vec<Column> {
        vec![
            cell("PAYMENT TYPE", Some(&self.payment_type)),
            cell("NAME", &self.name),
            cell("CURRENCY", self.currency),
            cell("COUNTRY", &self.country),
            cell(">MINIMUM", self.min),
            cell(">MAXIMUM", self.max),
        ]
    }
}
