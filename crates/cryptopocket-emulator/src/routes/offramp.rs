//! Selling coins.

use cryptopocket_types::Decimal;

use super::call::{Answer, Call};
use crate::catalogue::{find_asset, find_coin, local_fiat};
use crate::entropy::is_iban;
use crate::fields::{Fields, invalid};
use crate::wire::{Reply, number, object, offramp, or_refuse, refuse_if};

pub(super) fn quote(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let amount = input.amount("amount");
    let symbol = input.required_text("symbol", 20);
    let chain = input.required_text("blockchain", 40);
    input.check()?;
    let asset = or_refuse(find_asset(&symbol, &chain), "coin_not_supported")?;
    let sale = call.provider().sale(amount, asset, "EUR");
    Ok(Reply::data(object! {
        fiat_amount: sale.fiat.to_string(), fiat_symbol: "EUR", amount: number(amount), symbol: asset.symbol,
        blockchain: asset.chain, fee: sale.fee.to_string(),
    }))
}

pub(super) fn create(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    refuse_if(!input.has("user_id"), "fail_mandatory_field")?;
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
        let chain = input.required_text("blockchain", 40);
        let iban = input.required_text("iban", 42);
        if !iban.is_empty() && !is_iban(&iban) {
            input.wrong("iban", "must be a valid IBAN");
        }
        (Some(chain), iban.replace(' ', ""))
    };
    input.check()?;
    let mut tenant = call.tenant();
    tenant.check_customer(user, Decimal::ZERO)?;
    let asset = chain.map_or_else(|| find_coin(&symbol), |chain| find_asset(&symbol, &chain));
    let asset = or_refuse(asset, "coin_not_supported")?;
    if amount.rescaled(asset.decimals).is_none() {
        let rule = format!("The amount may not have more than {} decimals.", asset.decimals);
        return Err(invalid("amount", &rule));
    }
    let customer = tenant.own.customers.get(&user);
    let country = customer.and_then(|customer| customer.country.as_deref());
    let fiat = if latam { local_fiat(country) } else { "EUR" };
    let offramp = tenant.create_offramp(user, (amount, asset), (fiat, payout_to));
    let (rampoff, wallet) = ("payment created", &offramp.wallet);
    Ok(Reply::data(
        object! { rampoff: rampoff, wallet: wallet, id: offramp.id },
    ))
}

pub(super) fn get(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let id = input.required_id("id").parse().ok();
    input.check()?;
    let found = id.and_then(|id: u64| call.integration().offramps.get(&id));
    Ok(Reply::data(offramp(or_refuse(found, "rampoff_not_found")?)))
}

pub(super) fn list(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let page = input.page();
    input.check()?;
    let page = call.integration().offramps.page_of_all(page);
    Ok(Reply::page(&page, offramp))
}
