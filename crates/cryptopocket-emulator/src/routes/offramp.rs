//! Selling coins.

use cryptopocket_types::Decimal;

use super::{Answer, Call};
use crate::catalogue::{find_asset, find_coin, local_fiat};
use crate::entropy::is_iban;
use crate::records::NewOfframp;
use crate::wire::{Failure, Object, Reply, number, offramp};

pub(super) fn quote(call: &mut Call<'_>) -> Answer {
    let mut input = call.query();
    let amount = input.amount("amount");
    let (symbol, chain) = (
        input.required_text("symbol", 20),
        input.required_text("blockchain", 40),
    );
    input.check()?;
    let asset = find_asset(&symbol, &chain).ok_or(Failure::Code("coin_not_supported"))?;
    let sale = call.provider().sale(amount, asset, "EUR");
    let data = Object::new()
        .with("fiat_amount", sale.fiat.to_string())
        .with("fiat_symbol", "EUR")
        .with("amount", number(amount))
        .with("symbol", asset.symbol)
        .with("blockchain", asset.chain)
        .with("fee", sale.fee.to_string());
    Ok(Reply::data(data))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let mut input = call.body()?;
    if !input.has("user_id") {
        return Err(Failure::Code("fail_mandatory_field"));
    }
    let (user, amount) = (input.user_number("user_id"), input.number("amount"));
    let symbol = input.required_text("symbol", 20);
    // In Latin America the bank's name replaces the account, and no chain is named.
    let latam = input.has("bank_name") && !input.has("iban");
    let (chain, payout_to) = if latam {
        (
            input.text("blockchain", 40),
            input.required_text("bank_name", 255),
        )
    } else {
        let (chain, iban) = (
            input.required_text("blockchain", 40),
            input.required_text("iban", 42),
        );
        if !iban.is_empty() && !is_iban(&iban) {
            input.wrong("iban", "must be a valid IBAN");
        }
        (Some(chain), iban.replace(' ', ""))
    };
    input.check()?;
    let mut tenant = call.tenant();
    tenant.check_customer(user, Decimal::ZERO)?;
    let asset = chain.map_or_else(|| find_coin(&symbol), |chain| find_asset(&symbol, &chain));
    let asset = asset.ok_or(Failure::Code("coin_not_supported"))?;
    if amount.rescaled(asset.decimals).is_none() {
        input.wrong(
            "amount",
            &format!("may not have more than {} decimals", asset.decimals),
        );
        input.check()?;
    }
    let country = tenant
        .own
        .customers
        .get(&user)
        .and_then(|customer| customer.country.as_deref());
    let fiat = if latam { local_fiat(country) } else { "EUR" };
    let offramp = tenant.create_offramp(NewOfframp {
        user,
        asset,
        amount,
        fiat,
        payout_to,
    });
    let data = Object::new()
        .with("rampoff", "payment created")
        .with("wallet", &offramp.wallet);
    Ok(Reply::data(data.with("id", offramp.id)))
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let mut input = call.query();
    let id = input.required_id("id");
    input.check()?;
    let found = id
        .parse()
        .ok()
        .and_then(|id: u64| call.integration().offramps.get(&id));
    Ok(Reply::data(offramp(
        found.ok_or(Failure::Code("rampoff_not_found"))?,
    )))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let mut input = call.query();
    let page = input.page();
    input.check()?;
    Ok(Reply::page(
        &call.integration().offramps.page(page, |_| true),
        offramp,
    ))
}
