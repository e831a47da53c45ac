//! Login, coins and prices.

use super::call::{Answer, Call};
use crate::catalogue::{ASSETS, DEFAULT_CHAIN, fiat_symbols, find_asset};
use crate::fields::Fields;
use crate::prices::price;
use crate::wire::{Reply, asset, number, object, or_refuse};

pub(super) fn authenticate(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let key = input.required_text("api_key", 255);
    let secret = input.required_text("api_secret", 255);
    input.check()?;
    let mut integrations = call.engine.integrations.iter();
    let index = integrations.position(|one| one.key == key && one.secret == secret);
    call.index = or_refuse(index, "authorization_incorrect")?;
    let (token, life) = (call.tenant().log_in(), call.provider().settings.token_life);
    Ok(Reply::data(object! { token: token, expires_in: life.as_secs() }))
}

pub(super) fn token_price(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let (symbol, chain) = (input.required_text("symbol", 20), input.text("chain", 40));
    let fiat = input.choice("fiat_symbol", &fiat_symbols()).unwrap_or("EUR");
    input.check()?;
    let asset = find_asset(&symbol, chain.as_deref().unwrap_or(DEFAULT_CHAIN));
    let asset = or_refuse(asset, "coin_not_supported")?;
    let price = price(call.provider().settings.seed, asset, fiat, call.provider().now());
    let (symbol, chain) = (asset.symbol, asset.chain);
    Ok(Reply::data(
        object! { symbol: symbol, chain: chain, fiat_symbol: fiat, price: number(price) },
    ))
}

#[allow(clippy::unnecessary_wraps, reason = "all handlers have one signature")]
pub(super) fn available_assets(call: &mut Call<'_>, _: Fields<'_>) -> Answer {
    let minimum = call.provider().settings.limits.min_purchase;
    let assets = ASSETS.iter().map(|known| asset(known, minimum));
    Ok(Reply::data(assets.collect::<Vec<_>>()))
}
