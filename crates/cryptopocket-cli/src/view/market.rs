use cryptopocket::market::{AvailableAsset, Price};
use cryptopocket::onramp::PaymentMethod;
use cryptopocket::{Asset, Currency, Decimal, Extra, Money, PaymentType};
use serde::Serialize;

use super::field::{cell, known};
use crate::output::{People, Row};

/// A coin on offer.
#[derive(Serialize)]
pub(crate) struct AssetView {
    #[serde(flatten)]
    asset: Asset,
    name: Option<String>,
    decimals: Option<u32>,
    active: Option<bool>,
    min_purchase: Option<Decimal>,
    extra: Extra,
}

impl From<AvailableAsset> for AssetView {
    fn from(asset: AvailableAsset) -> Self {
        Self {
            asset: asset.asset(),
            name: asset.name,
            decimals: asset.decimals,
            active: asset.active,
            min_purchase: asset.min_purchase,
            extra: asset.extra,
        }
    }
}

impl Row for AssetView {
    const HEADINGS: &'static [&'static str] = &["SYMBOL", "CHAIN", "NAME", ">DECIMALS", "ACTIVE", ">MINIMUM"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.asset.symbol().to_string(),
            self.asset.chain().to_string(),
            cell(self.name.as_ref()),
            cell(self.decimals),
            cell(self.active.map(|active| if active { "yes" } else { "no" })),
            cell(self.min_purchase),
        ]
    }
}

/// What one coin costs.
#[derive(Serialize)]
pub(crate) struct PriceView {
    #[serde(flatten)]
    asset: Asset,
    price: Money,
    extra: Extra,
}

impl From<Price> for PriceView {
    fn from(price: Price) -> Self {
        Self {
            asset: Asset::new(price.symbol, price.chain),
            price: price.price,
            extra: price.extra,
        }
    }
}

impl People for PriceView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("coin", Some(&self.asset)),
            known("price of one", Some(self.price)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A way to pay.
#[derive(Serialize)]
pub(crate) struct MethodView {
    payment_type: PaymentType,
    name: Option<String>,
    currency: Option<Currency>,
    country: Option<String>,
    min: Option<Money>,
    max: Option<Money>,
    extra: Extra,
}

impl From<PaymentMethod> for MethodView {
    fn from(method: PaymentMethod) -> Self {
        Self {
            payment_type: method.payment_type,
            name: method.name,
            currency: method.currency,
            country: method.country,
            min: method.min,
            max: method.max,
            extra: method.extra,
        }
    }
}

impl Row for MethodView {
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
            cell(self.name.as_ref()),
            cell(self.currency),
            cell(self.country.as_ref()),
            cell(self.min),
            cell(self.max),
        ]
    }
}
