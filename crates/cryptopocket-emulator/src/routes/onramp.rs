//! Buying coins.

use super::call::{Answer, Call};
use crate::catalogue::{
    DEFAULT_CHAIN, GUIDED_TYPES, METHODS, Method, PAYMENT_TYPES, QUOTE_TYPES, fiat_symbols, find_asset,
    find_method,
};
use crate::fields::Fields;
use crate::provider::Provider;
use crate::records::Order;
use crate::shapes::is_wallet;
use crate::wire::{Failure, Reply, method, number, object, or_refuse, payment, refuse_if};

pub(super) fn methods(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let fiat = input.text("fiat_symbol", 3);
    input.check()?;
    let (integration, provider) = (call.integration(), call.provider());
    let is_asked = |method: &Method| fiat.as_deref().is_none_or(|fiat| fiat == method.fiat);
    let offered = METHODS
        .iter()
        .filter(|method| is_asked(method) && integration.offers(method));
    let views = offered.map(|offered| method(offered, provider.min_purchase(offered.fiat)));
    Ok(Reply::data(views.collect::<Vec<_>>()))
}

pub(super) fn quote(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let amount = input.amount("amount");
    input.whole_cents("amount", amount);
    let (symbol, chain) = (input.required_text("symbol", 20), input.text("chain", 40));
    let payment_type = input.required_choice("payment_type", QUOTE_TYPES);
    input.check()?;
    let asset = find_asset(&symbol, chain.as_deref().unwrap_or(DEFAULT_CHAIN));
    let asset = or_refuse(asset, "coin_not_supported")?;
    let method = or_refuse(find_method(payment_type), "method_not_allowed")?;
    // The amount is in euros, whatever the method's currency.
    let bought = call.provider().quote(amount, method, asset, "EUR");
    Ok(Reply::data(object! {
        tokens: number(bought.tokens), price: number(bought.price), fee: number(bought.fee), amount: number(amount),
        symbol: asset.symbol, chain: asset.chain, payment_type: method.quoted,
    }))
}

/// The fields that plain and guided orders share.
fn order(
    input: &mut Fields<'_>,
    guided: bool,
    payment_type: &str,
    fiat: &'static str,
) -> Result<Order, Failure> {
    let method = or_refuse(find_method(payment_type), "method_not_allowed")?;
    if guided || method.country.is_none() {
        input.require("coin_chain");
    }
    let (coin, chain) = (
        input.required_text("coin_symbol", 20),
        input.text("coin_chain", 40),
    );
    let usual_chain = if coin == "BTC" { "bitcoin" } else { DEFAULT_CHAIN };
    let order = Order {
        guided,
        user: input.user_number("user_id"),
        external_id: input.id("external_id"),
        method,
        fiat_amount: input.number("fiat_amount"),
        fiat,
        asset: find_asset(&coin, chain.as_deref().unwrap_or(usual_chain)),
        wallet: (!guided).then(|| input.required_text("wallet", 128)),
        callback_url: input.url("callback_url"),
    };
    input.whole_cents("fiat_amount", order.fiat_amount);
    Ok(order)
}

fn plain_order(input: &mut Fields<'_>) -> Result<Order, Failure> {
    refuse_if(!input.has("user_id"), "fail_mandatory_field")?;
    let fiat = input.required_choice("fiat_symbol", &fiat_symbols());
    // The current page does not list `payment_type` and shows a transfer's reply; the older one requires it.
    let payment_type = input.choice("payment_type", PAYMENT_TYPES).unwrap_or("transfer");
    let order = order(input, false, payment_type, fiat)?;
    if !fiat.is_empty() && order.method.fiat != fiat {
        input.wrong("payment_type", &format!("is not offered for {fiat}"));
    }
    let wallet = order.wallet.as_deref().unwrap_or_default();
    if !wallet.is_empty() && !is_wallet(wallet) {
        input.wrong("wallet", "format is invalid");
    }
    Ok(order)
}

fn guided_order(input: &mut Fields<'_>) -> Result<Order, Failure> {
    refuse_if(!input.has("user_id"), "fail_mandatory_field")?;
    let fiat = input.text("fiat_symbol", 3);
    refuse_if(fiat.is_some_and(|fiat| fiat != "EUR"), "guided_payment_eur_only")?;
    let payment_type = input.choice("payment_type", GUIDED_TYPES).unwrap_or("card");
    order(input, true, payment_type, "EUR")
}

pub(super) fn create(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let order = plain_order(&mut input)?;
    input.check()?;
    let mut tenant = call.tenant();
    let payment = tenant.create_payment(order)?;
    let (id, concept) = (payment.id.clone(), payment.concept);
    let (Some(concept), Some(account)) = (concept, tenant.own.accounts.first()) else {
        let data = object! { url_payment: gateway(tenant.provider, &id), payment_id: id };
        return Ok(Reply::created("success", "payment_created", data));
    };
    let data = object! {
        payment_id: id, iban: &account.iban, bic: &account.bic,
        // A JSON number, as documented, though it is a reference.
        concept: concept, destination_name: &account.holder,
    };
    // The provider's own spelling.
    Ok(Reply::created("sucess", "payment_created", data))
}

fn gateway(provider: &Provider, payment_id: &str) -> String {
    format!("{}/pages/gateway/{payment_id}", provider.settings.origin)
}

/// Errors of this call carry their code in `message`, as its page documents.
pub(super) fn create_guided(call: &mut Call<'_>, input: Fields<'_>) -> Answer {
    guided(call, input).or_else(|failure| {
        let is_login = failure == Failure::Code("authorization_incorrect");
        Ok(failure.reply_with(if is_login { "error" } else { "message" }))
    })
}

fn guided(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let order = guided_order(&mut input)?;
    input.check()?;
    let mut tenant = call.tenant();
    let payment = tenant.create_payment(order)?;
    let (id, external_id) = (payment.id.clone(), payment.external_id.clone());
    let url = gateway(tenant.provider, &id);
    let data = object! { payment_id: id, gateway_url: url, external_id: external_id };
    Ok(Reply::created("success", "guided_payment_created", data))
}

pub(super) fn get(call: &mut Call<'_>, _: Fields<'_>) -> Answer {
    let found = call.integration().payments.get(call.parameter);
    Ok(Reply::data(payment(or_refuse(found, "payment_not_found")?)))
}

pub(super) fn list(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let (page, period) = (input.page(), input.period());
    let values = [
        ("external_id", input.id("external_id")),
        ("status", input.text("status", 64)),
    ];
    input.check()?;
    let payments = &call.integration().payments;
    let span = payments.span(&period, |payment| payment.created_at);
    Ok(Reply::page(&payments.page_with(page, span, values), payment))
}
