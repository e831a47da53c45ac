//! Selling coins.

use super::Call;
use crate::catalogue::{find_asset, find_coin, local_fiat};
use crate::entropy::is_iban;
use crate::records::NewOfframp;
use crate::wire::{Failure, Number, OfframpCreated, OfframpQuoteView, OfframpView, Reply};

pub(super) fn quote(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let amount = input.amount("amount");
    let (symbol, blockchain) = (
        input.required_text("symbol", 20),
        input.required_text("blockchain", 40),
    );
    input.check()?;
    let asset = find_asset(&symbol, &blockchain).ok_or(Failure::Code("coin_not_supported"))?;
    let sale = call.provider().sale(amount, asset, "EUR");
    Ok(Reply::data(&OfframpQuoteView {
        fiat_amount: sale.fiat.to_string(),
        fiat_symbol: "EUR",
        amount: Number::from(&amount),
        symbol: asset.symbol,
        blockchain: asset.chain,
        fee: sale.fee.to_string(),
    }))
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    if !input.has("user_id") {
        return Err(Failure::Code("fail_mandatory_field"));
    }
    let (user, amount) = (input.user_number("user_id"), input.number("amount"));
    let symbol = input.required_text("symbol", 20);
    // In Latin America the bank's name stands for the account, and no chain is named.
    let latam = input.has("bank_name") && !input.has("iban");
    let (blockchain, payout_to) = if latam {
        (
            input.text("blockchain", 40),
            input.required_text("bank_name", 255),
        )
    } else {
        let blockchain = input.required_text("blockchain", 40);
        let iban = input.required_text("iban", 42);
        if !iban.is_empty() && !is_iban(&iban) {
            input.wrong("iban", "must be a valid IBAN");
        }
        (Some(blockchain), iban.replace(' ', ""))
    };
    input.check()?;
    let (integration, provider) = call.parts();
    integration.check_customer(provider, user, cryptopocket_types::Decimal::ZERO)?;
    let asset = match &blockchain {
        Some(blockchain) => find_asset(&symbol, blockchain),
        None => find_coin(&symbol),
    };
    let asset = asset.ok_or(Failure::Code("coin_not_supported"))?;
    if amount.rescaled(asset.decimals).is_none() {
        input.wrong(
            "amount",
            &format!("may not have more than {} decimals", asset.decimals),
        );
        input.check()?;
    }
    let fiat = if latam {
        let customer = integration.customers.get(&user);
        local_fiat(customer.and_then(|customer| customer.country.as_deref()))
    } else {
        "EUR"
    };
    let new = NewOfframp {
        user,
        asset,
        amount,
        fiat,
        payout_to,
    };
    let offramp = integration.create_offramp(provider, new);
    let (wallet, id) = (offramp.wallet.as_str(), offramp.id);
    Ok(Reply::data(&OfframpCreated {
        rampoff: "payment created",
        wallet,
        id,
    }))
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let id = input.required_id("id");
    input.check()?;
    let offramps = &call.integration().offramps;
    let offramp = id
        .parse()
        .ok()
        .and_then(|id: u64| offramps.get(&id))
        .ok_or(Failure::Code("rampoff_not_found"))?;
    Ok(Reply::data(&OfframpView::of(offramp)))
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let page = input.page();
    input.check()?;
    let offramps = &call.integration().offramps;
    let page = offramps.page(offramps.len(), 0..offramps.len(), page);
    Ok(Reply::page(&page.map(OfframpView::of)))
}
