//! Login, coins and prices.

use serde::Serialize;

use super::Call;
use crate::catalogue::{ASSETS, DEFAULT_CHAIN, fiat_symbols, find_asset};
use crate::prices::price;
use crate::wire::{AssetView, Failure, Number, PriceView, Reply};

#[derive(Serialize)]
struct Token {
    token: String,
    expires_in: u64,
}

pub(super) fn authenticate(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    let (key, secret) = (
        input.required_text("api_key", 255),
        input.required_text("api_secret", 255),
    );
    input.check()?;
    let integrations = &call.engine.integrations;
    let index = integrations
        .iter()
        .position(|one| one.key == key && one.secret == secret);
    call.index = index.ok_or(Failure::Code("authorization_incorrect"))?;
    let (integration, provider) = call.parts();
    Ok(Reply::data(&Token {
        token: integration.log_in(provider),
        expires_in: provider.token_life.as_secs(),
    }))
}

pub(super) fn token_price(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let symbol = input.required_text("symbol", 20);
    let chain = input
        .text("chain", 40)
        .unwrap_or_else(|| DEFAULT_CHAIN.to_owned());
    let fiat = input.choice("fiat_symbol", &fiat_symbols()).unwrap_or("EUR");
    input.check()?;
    let asset = find_asset(&symbol, &chain).ok_or(Failure::Code("coin_not_supported"))?;
    let price = price(call.engine.seed(), asset, fiat, call.engine.now());
    let (symbol, chain) = (asset.symbol, asset.chain);
    Ok(Reply::data(&PriceView {
        symbol,
        chain,
        fiat_symbol: fiat,
        price: Number::from(&price),
    }))
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "handlers share one signature, whether they can fail or not"
)]
pub(super) fn available_assets(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let least = call.provider().limits.min_purchase;
    let assets: Vec<_> = ASSETS
        .iter()
        .map(|asset| AssetView::of(asset, Number::from(&least)))
        .collect();
    Ok(Reply::data(&assets))
}
