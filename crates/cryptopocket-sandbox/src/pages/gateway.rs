//! The gateway: where a payment by card, bank or purse is made, and where a guided payment asks for the wallet.

use super::Visit;
use super::layout::{alert, escape, field, gone, page, way_back};
use crate::catalogue::{GUIDED_TYPES, find_method};
use crate::fields::Fields;
use crate::prices::price;
use crate::shapes::is_wallet;
use crate::wire::Reply;
use crate::world::{Payment, World};

pub(super) fn visit(world: &mut World, id: &str, visit: Visit) -> Reply {
    let Ok(who) = world.owner_of_payment(id) else {
        return gone();
    };
    let Some(payment) = world.integrations[who].payments.get(id).cloned() else {
        return gone();
    };
    if payment.concept.is_some() && !payment.guided {
        return gone();
    }
    match visit {
        Visit::Submit(form) if payment.status == "started" => submit(world, who, &payment, form),
        Visit::Submit(_) => show(409, &payment, ""),
        Visit::Show => show(200, &payment, ""),
    }
}

fn show(status: u16, payment: &Payment, problem: &str) -> Reply {
    let back = way_back(payment.callback_url.as_deref());
    let Payment {
        fiat_amount,
        fiat,
        coin_amount,
        asset,
        method,
        ..
    } = payment;
    let summary = format!(
        "<dl><dt>You pay</dt><dd>{fiat_amount} {fiat}</dd><dt>You get about</dt><dd>{coin_amount} {} on {}</dd>\
         <dt>Payment</dt><dd><code>{}</code></dd></dl>",
        asset.symbol, asset.chain, payment.id
    );
    let title = if payment.guided { "Buy coins" } else { "Pay" };
    if payment.status != "started" {
        let state = match payment.status.as_str() {
            "payment_received" | "coins_sent" => "The payment was received. Thank you.",
            "payment_rejected" => "The payment failed. Nothing was charged.",
            _ => "There is nothing to pay here.",
        };
        return page(
            status,
            title,
            &format!("<p id=\"state\">{state}</p>{summary}{back}"),
        );
    }
    let choice = if payment.guided {
        let option = |kind: &&str| {
            let selected = if *kind == method.payment_type {
                " selected"
            } else {
                ""
            };
            let name = find_method(kind).map_or(*kind, |method| method.name);
            format!("<option value=\"{kind}\"{selected}>{name}</option>")
        };
        let options: String = GUIDED_TYPES.iter().map(option).collect();
        format!(
            "<label for=\"payment_type\">How you want to pay</label><select id=\"payment_type\" name=\"payment_type\">{options}\
             </select>{}",
            field(
                "wallet",
                &format!("Your wallet on {}", escape(asset.chain)),
                "text",
                "off",
                true
            )
        )
    } else {
        format!("<p>By {}.</p>", method.name)
    };
    let holder = field(
        "holder",
        "Name of the account’s or card’s holder",
        "text",
        "cc-name",
        true,
    );
    page(
        status,
        title,
        &format!(
            "{problem}{summary}<form method=\"post\">{choice}{holder}\
             <button type=\"submit\" name=\"action\" value=\"pay\">Pay</button>\
             <button class=\"plain\" type=\"submit\" name=\"action\" value=\"fail\" formnovalidate>Let it fail</button></form>{back}"
        ),
    )
}

fn submit(world: &mut World, who: usize, payment: &Payment, mut form: Fields) -> Reply {
    if form.raw_text("action") == Some("fail") {
        drop(world.set_payment_status(&payment.id, "payment_rejected"));
        return again(world, who, payment);
    }
    let holder = form.required_text("holder", 255);
    if payment.guided {
        let wallet = form.required_text("wallet", 128);
        if !is_wallet(&wallet) {
            form.wrong("wallet", "format is invalid");
        }
        form.choice("payment_type", GUIDED_TYPES);
    }
    if form.check().is_err() {
        return show(
            422,
            payment,
            &alert("Please fill in every field; a wallet is 20 to 128 letters and digits."),
        );
    }
    if let Some(method) = form
        .raw_text("payment_type")
        .filter(|_| payment.guided)
        .and_then(find_method)
    {
        let price = price(world.seed, payment.asset, payment.fiat, world.now());
        let bought = crate::prices::buy(payment.fiat_amount, price, method, payment.asset);
        if let Ok(payment) = world.payment_mut(who, &payment.id) {
            payment.method = method;
            payment.coin_amount = bought.tokens;
        }
    }
    drop(world.pay(&payment.id, Some(&holder), form.raw_text("wallet")));
    again(world, who, payment)
}

fn again(world: &World, who: usize, payment: &Payment) -> Reply {
    world.integrations[who]
        .payments
        .get(payment.id.as_str())
        .map_or_else(gone, |payment| show(200, payment, ""))
}
