//! Buying coins.

use super::Call;
use crate::catalogue::{
    DEFAULT_CHAIN, GUIDED_TYPES, METHODS, PAYMENT_TYPES, QUOTE_TYPES, fiat_symbols, find_asset, find_method,
    per_euro,
};
use crate::fields::Fields;
use crate::shapes::is_wallet;
use crate::wire::{
    CardCreated, Failure, GuidedCreated, MethodView, Number, Page, PaymentView, QuoteView, Reply,
    TransferCreated, Word,
};
use crate::world::{Order, World};

pub(super) fn methods(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let fiat = input.text("fiat_symbol", 3);
    input.check()?;
    let offered = METHODS
        .iter()
        .filter(|method| fiat.as_deref().is_none_or(|fiat| fiat == method.fiat));
    let one = &call.world.integrations[call.who];
    let offered = offered.filter(|method| one.offers(method));
    let least = |fiat| {
        call.world
            .limits
            .min_purchase
            .checked_mul(per_euro(fiat))
            .unwrap_or_default()
            .normalized()
    };
    let views: Vec<_> = offered
        .map(|method| MethodView::of(method, Number::from(&least(method.fiat))))
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
    let bought = call.world.quote(amount, method, asset, "EUR");
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
    let payment = call.world.place(call.who, order)?;
    let payment_id = payment.id.as_str();
    let account = call.world.integrations[call.who].accounts.first();
    if let (Some(concept), Some(account)) = (payment.concept, account) {
        let (iban, bic, destination_name) = (account.iban.as_str(), account.bic, account.holder.as_str());
        let data = TransferCreated {
            payment_id,
            iban,
            bic,
            concept,
            destination_name,
        };
        return Ok(Reply::created(Word::Sucess, "payment_created", &data));
    }
    let data = CardCreated {
        url_payment: gateway(call.world, payment_id),
        payment_id,
    };
    Ok(Reply::created(Word::Success, "payment_created", &data))
}

fn gateway(world: &World, payment_id: &str) -> String {
    format!("{}/pages/gateway/{payment_id}", world.origin)
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
    let payment = call.world.place(call.who, order)?;
    let (payment_id, external_id) = (payment.id.as_str(), payment.external_id.as_deref());
    let data = GuidedCreated {
        payment_id,
        gateway_url: gateway(call.world, payment_id),
        external_id,
    };
    Ok(Reply::created(Word::Success, "guided_payment_created", &data))
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let id = call.parameters.first().map_or("", String::as_str);
    let payment = call.world.integrations[call.who]
        .payments
        .get(id)
        .ok_or(Failure::Code("payment_not_found"))?;
    Ok(Reply::data(&PaymentView::of(&payment)))
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let page = input.page();
    let (external_id, status) = (input.id("external_id"), input.text("status", 64));
    let (from, to) = (input.moment("from"), input.through("to"));
    input.check()?;
    let payments = &mut call.world.integrations.quietly(call.who).payments;
    let span = payments.span(from, to);
    let Page {
        items,
        current,
        per_page,
        total,
    } = match (&external_id, &status) {
        (Some(external_id), status) => payments.named(external_id, status.as_deref(), &span, page),
        (None, Some(status)) => payments.labelled(status, &span, page),
        (None, None) => payments.page(span, page),
    };
    Ok(Reply::page(&Page {
        items: items.iter().map(|payment| PaymentView::of(payment)).collect(),
        current,
        per_page,
        total,
    }))
}
