use cryptopocket::market::{AvailableAsset, Price};
use cryptopocket::onramp::PaymentMethod;

use crate::output::{Cell, View, cell};

impl View for AvailableAsset {
    fn cells(&self) -> Vec<Cell> {
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

impl View for Price {
    fn cells(&self) -> Vec<Cell> {
        vec![
            cell("coin", Some(format!("{}/{}", self.symbol, self.chain))),
            cell("price of one", self.price),
        ]
    }
}

impl View for PaymentMethod {
    fn cells(&self) -> Vec<Cell> {
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
