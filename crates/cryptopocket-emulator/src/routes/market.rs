//! Login, coins and prices.

use super::call::{Answer, Call};
use crate::catalogue::{ASSETS, DEFAULT_CHAIN, fiat_symbols, find_asset};
use crate::prices::price;
use crate::wire::{Object, Reply, asset, number, or_refuse};

pub(super) fn authenticate(call: &mut Call<'_>) -> Answer {
    let (key, secret) = call.body(|input| {
        (
            input.required_text("api_key", 255),
            input.required_text("api_secret", 255),
        )
    })?;
    let mut integrations = call.engine.integrations.iter();
    let index = integrations.position(|one| one.key == key && one.secret == secret);
    call.index = or_refuse(index, "authorization_incorrect")?;
    let (token, life) = (call.tenant().log_in(), call.provider().settings.token_life);
    Ok(Reply::data(
        Object::new()
            .with("token", token)
            .with("expires_in", life.as_secs()),
    ))
}

pub(super) fn token_price(call: &mut Call<'_>) -> Answer {
    let (symbol, chain, fiat) = call.query(|input| {
        let (symbol, chain) = (input.required_text("symbol", 20), input.text("chain", 40));
        (
            symbol,
            chain,
            input.choice("fiat_symbol", &fiat_symbols()).unwrap_or("EUR"),
        )
    })?;
    let asset = find_asset(&symbol, chain.as_deref().unwrap_or(DEFAULT_CHAIN));
    let asset = or_refuse(asset, "coin_not_supported")?;
    let price = price(call.provider().settings.seed, asset, fiat, call.provider().now());
    let data = Object::new()
        .with("symbol", asset.symbol)
        .with("chain", asset.chain);
    Ok(Reply::data(
        data.with("fiat_symbol", fiat).with("price", number(price)),
    ))
}

#[allow(clippy::unnecessary_wraps, reason = "all handlers have one signature")]
pub(super) fn available_assets(call: &mut Call<'_>) -> Answer {
    let minimum = call.provider().settings.limits.min_purchase;
    let assets = ASSETS.iter().map(|known| asset(known, minimum));
    Ok(Reply::data(assets.collect::<Vec<_>>()))
}
