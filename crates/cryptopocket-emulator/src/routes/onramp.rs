//! Buying coins.

use super::Call;
use crate::catalogue::{
    DEFAULT_CHAIN, GUIDED_TYPES, METHODS, PAYMENT_TYPES, QUOTE_TYPES, fiat_symbols, find_asset, find_method,
};
use crate::fields::Fields;
use crate::provider::Provider;
use crate::records::Order;
use crate::shapes::is_wallet;
use crate::wire::{
    CardCreated, Failure, GuidedCreated, MethodView, Number, PaymentView, QuoteView, Reply, TransferCreated,
    Word,
};

pub(super) fn methods(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let fiat = input.text("fiat_symbol", 3);
    input.check()?;
    let offered = METHODS
        .iter()
        .filter(|method| fiat.as_deref().is_none_or(|fiat| fiat == method.fiat));
    let (integration, provider) = (call.integration(), call.provider());
    let views: Vec<_> = offered
        .filter(|method| integration.offers(method))
        .map(|method| MethodView::of(method, Number::from(&provider.min_purchase(method.fiat))))
        .collect();
    Ok(Reply::data(&views))
}

pub(super) fn quote(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let amount = input.amount("amount");
    let symbol = input.required_text("symbol", 20);
    let chain = input
        .text("chain", 40)
        .unwrap_or_else(|| DEFAULT_CHAIN.to_owned());
    let payment_type = input.required_choice("payment_type", QUOTE_TYPES);
    whole_cents(&mut input, "amount", amount);
    input.check()?;
    let asset = find_asset(&symbol, &chain).ok_or(Failure::Code("coin_not_supported"))?;
    let method = find_method(payment_type).ok_or(Failure::Code("method_not_allowed"))?;
    // What is to be spent is said in euros, whatever the method's currency.
    let bought = call.provider().quote(amount, method, asset, "EUR");
    Ok(Reply::data(&QuoteView {
        tokens: Number::from(&bought.tokens),
        price: Number::from(&bought.price),
        fee: Number::from(&bought.fee),
        amount: Number::from(&amount),
        symbol: asset.symbol,
        chain: asset.chain,
        payment_type: method.quoted,
    }))
}

fn whole_cents(input: &mut Fields<'_>, name: &str, amount: cryptopocket_types::Decimal) {
    if amount.to_minor(2).is_err() {
        input.wrong(name, "may not have more than 2 decimals");
    }
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    if !input.has("user_id") {
        return Err(Failure::Code("fail_mandatory_field"));
    }
    let fiat = input.required_choice("fiat_symbol", &fiat_symbols());
    // The current page does not list `payment_type` and shows a transfer's reply; the older one requires it.
    let payment_type = input.choice("payment_type", PAYMENT_TYPES).unwrap_or("transfer");
    let method = find_method(payment_type).ok_or(Failure::Code("method_not_allowed"))?;
    if !fiat.is_empty() && method.fiat != fiat {
        input.wrong("payment_type", &format!("is not offered for {fiat}"));
    }
    let order = Order {
        guided: false,
        user: input.user_number("user_id"),
        external_id: input.id("external_id"),
        method,
        fiat_amount: input.number("fiat_amount"),
        fiat,
        coin: input.required_text("coin_symbol", 20),
        chain: if method.country.is_some() {
            input.text("coin_chain", 40)
        } else {
            Some(input.required_text("coin_chain", 40))
        },
        wallet: Some(input.required_text("wallet", 128)),
        callback_url: input.url("callback_url"),
    };
    whole_cents(&mut input, "fiat_amount", order.fiat_amount);
    if order
        .wallet
        .as_deref()
        .is_some_and(|wallet| !wallet.is_empty() && !is_wallet(wallet))
    {
        input.wrong("wallet", "format is invalid");
    }
    input.check()?;
    let (integration, provider) = call.parts();
    let payment = integration.create_payment(provider, order)?;
    let (payment_id, concept) = (payment.id.clone(), payment.concept);
    let payment_id = payment_id.as_str();
    if let (Some(concept), Some(account)) = (concept, integration.accounts.first()) {
        let data = TransferCreated {
            payment_id,
            iban: &account.iban,
            bic: account.bic,
            concept,
            destination_name: &account.holder,
        };
        return Ok(Reply::created(Word::Sucess, "payment_created", &data));
    }
    let data = CardCreated {
        url_payment: gateway(provider, payment_id),
        payment_id,
    };
    Ok(Reply::created(Word::Success, "payment_created", &data))
}

fn gateway(provider: &Provider, payment_id: &str) -> String {
    format!("{}/pages/gateway/{payment_id}", provider.origin)
}

pub(super) fn create_guided(call: &mut Call<'_>) -> Result<Reply, Failure> {
    guided(call).map_err(|failure| match failure {
        // This page's error column gives the code as the message.
        Failure::Code(code) if code != "authorization_incorrect" => Failure::Message(code.to_owned()),
        Failure::Link { code, field, url, .. } => Failure::Link {
            code,
            in_message: true,
            field,
            url,
        },
        other => other,
    })
}

fn guided(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    if !input.has("user_id") {
        return Err(Failure::Code("fail_mandatory_field"));
    }
    if input.text("fiat_symbol", 3).is_some_and(|fiat| fiat != "EUR") {
        return Err(Failure::Code("guided_payment_eur_only"));
    }
    let payment_type = input.choice("payment_type", GUIDED_TYPES).unwrap_or("card");
    let order = Order {
        guided: true,
        user: input.user_number("user_id"),
        external_id: input.id("external_id"),
        method: find_method(payment_type).ok_or(Failure::Code("method_not_allowed"))?,
        fiat_amount: input.number("fiat_amount"),
        fiat: "EUR",
        coin: input.required_text("coin_symbol", 20),
        chain: Some(input.required_text("coin_chain", 40)),
        wallet: None,
        callback_url: input.url("callback_url"),
    };
    whole_cents(&mut input, "fiat_amount", order.fiat_amount);
    input.check()?;
    let (integration, provider) = call.parts();
    let payment = integration.create_payment(provider, order)?;
    let data = GuidedCreated {
        payment_id: &payment.id,
        gateway_url: gateway(provider, &payment.id),
        external_id: payment.external_id.as_deref(),
    };
    Ok(Reply::created(Word::Success, "guided_payment_created", &data))
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let payment = call.integration().payments.get(call.parameter());
    let payment = payment.ok_or(Failure::Code("payment_not_found"))?;
    Ok(Reply::data(&PaymentView::of(payment)))
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let page = input.page();
    let (external_id, status) = (input.id("external_id"), input.text("status", 64));
    let (from, to) = (input.moment("from"), input.through("to"));
    input.check()?;
    let payments = &call.integration().payments;
    let span = payments.span(from, to);
    let page = payments.page(span, external_id.as_deref(), status.as_deref(), page);
    Ok(Reply::page(&page.map(PaymentView::of)))
}
