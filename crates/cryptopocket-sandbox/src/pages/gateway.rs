//! The gateway: where a payment by card, bank or purse is made, and where a guided payment asks for the wallet.

use cryptopocket_emulator::server::{Fields, GUIDED_TYPES, buy, find_method, is_wallet, price};
use cryptopocket_emulator::{Command, CommandError, Engine, Payment, Reply};
use cryptopocket_types::Decimal;
use maud::{Markup, html};

use super::Visit;
use super::form::{Answers, Choice, Line, choices};
use super::layout::{gone, page, state, way_back};

pub(super) fn visit(engine: &mut Engine, id: &str, visit: Visit<'_>) -> Reply {
    let Some(payment) = engine.payment(id).map(|(_, payment)| payment.clone()) else {
        return gone();
    };
    if payment.method.payment_type == "transfer" && !payment.guided {
        return gone();
    }
    match visit {
        Visit::Submit(form) if payment.status == "started" => submit(engine, &payment, form),
        Visit::Submit(_) => show(engine, 409, &payment, &Answers::default()),
        Visit::Show => show(engine, 200, &payment, &Answers::default()),
    }
}

/// Money with its cents.
fn money(amount: Decimal, fiat: &str) -> String {
    format!("{} {fiat}", amount.rescaled(2).unwrap_or(amount))
}

fn summary(payment: &Payment) -> Markup {
    let Payment {
        fiat_amount,
        fiat,
        coin_amount,
        asset,
        ..
    } = payment;
    let get = if payment.status == "started" {
        "You get about"
    } else {
        "You get"
    };
    html! {
        dl.card.facts {
            dt { "You pay" } dd.sum { (money(*fiat_amount, fiat)) }
            dt { (get) } dd { (coin_amount) " " (asset.symbol) " on " (asset.chain) }
            @if let Some(wallet) = &payment.wallet { dt { "Into the wallet" } dd { code { (wallet) } } }
            dt { "Payment" } dd { code { (payment.id) } }
        }
    }
}

fn show(engine: &Engine, status: u16, payment: &Payment, answers: &Answers<'_>) -> Reply {
    let customer = engine.customer(payment.user).map(|(_, customer)| customer);
    let back_to = payment
        .callback_url
        .as_deref()
        .or_else(|| customer.and_then(|customer| customer.callback_url.as_deref()));
    if payment.status != "started" {
        let (title, kind, text) = match payment.status.as_str() {
            "payment_received" | "coins_sent" => ("Paid", "good", "The payment was received. Thank you."),
            "payment_rejected" => ("Not paid", "bad", "The payment failed. Nothing was charged."),
            "pending_bank" => (
                "Transfer",
                "",
                "We wait for your transfer. There is nothing more to do here.",
            ),
            _ => ("Payment", "", "There is nothing to pay here."),
        };
        let content = html! { (state(kind, text)) (summary(payment)) (way_back(back_to, true)) };
        return page(status, title, &content);
    }
    if payment.concept.is_some() {
        return transfer(engine, status, payment, back_to);
    }
    let order = ["payment_type", "wallet", "holder"];
    let wallet_label = format!("Your wallet on {}", payment.asset.chain);
    let wallet = Line {
        name: "wallet",
        label: &wallet_label,
        kind: "text",
        autocomplete: "off",
        hint: "20 to 128 letters and digits. Coins sent to a wrong wallet are lost, though not here.",
    };
    let holder = Line {
        name: "holder",
        label: "Name of the account’s or card’s holder",
        kind: "text",
        autocomplete: "cc-name",
        hint: "",
    };
    let pay = format!("Pay {}", money(payment.fiat_amount, &payment.fiat));
    let content = html! {
        (summary(payment))
        (answers.summary())
        form.sheet method="post" {
            @if payment.guided {
                (methods(engine, payment, answers))
                (wallet.show(answers, &order))
            } @else {
                p { "By " strong { (payment.method.name) } ". No card or account number is asked for: none is real here." }
            }
            (holder.show(answers, &order))
            div.row {
                button.lead type="submit" name="action" value="pay" { (pay) }
                button.plain type="submit" name="action" value="fail" formnovalidate { "Let it fail" }
            }
        }
        (way_back(back_to, false))
    };
    page(status, if payment.guided { "Buy coins" } else { "Pay" }, &content)
}

/// Where a customer who chose a transfer has to pay, and what to write.
fn transfer(engine: &Engine, status: u16, payment: &Payment, back_to: Option<&str>) -> Reply {
    let account = engine
        .payment(&payment.id)
        .and_then(|(owner, _)| owner.accounts.first());
    let content = html! {
        (summary(payment))
        p { "Send the money from your bank. Nothing is real here: the button sends it." }
        @if let (Some(account), Some(concept)) = (account, payment.concept) {
            dl.card.facts {
                dt { "To" } dd { (account.holder) }
                dt { "IBAN" } dd { code #iban { (account.iban) } }
                dt { "BIC" } dd { code { (account.bic) } }
                dt { "Reference" } dd { code #concept { (concept) } }
            }
        }
        form.sheet method="post" {
            div.row {
                button.lead type="submit" name="action" value="sent" { "I have sent it" }
                button.plain type="submit" name="action" value="fail" { "Call it off" }
            }
        }
        (way_back(back_to, false))
    };
    page(status, "Pay by transfer", &content)
}

/// The ways to pay a guided payment, each with what it would buy now.
fn methods(engine: &Engine, payment: &Payment, answers: &Answers<'_>) -> Markup {
    let price = price(engine.seed(), payment.asset, &payment.fiat, engine.now());
    let owner = engine.payment(&payment.id).map(|(owner, _)| owner);
    let way = |kind: &&'static str| {
        let method = find_method(kind).filter(|method| owner.is_some_and(|owner| owner.offers(method)))?;
        let bought = buy(payment.fiat_amount, price, method, payment.asset);
        Some(Choice {
            value: method.payment_type,
            label: method.name,
            end: format!("{} {}", bought.tokens, payment.asset.symbol),
        })
    };
    let ways: Vec<Choice<'_>> = GUIDED_TYPES.iter().filter_map(way).collect();
    let chosen = match answers.value("payment_type") {
        "" => payment.method.payment_type,
        chosen => chosen,
    };
    choices("payment_type", "How you want to pay", &ways, chosen, answers)
}

fn submit(engine: &mut Engine, payment: &Payment, mut form: Fields<'_>) -> Reply {
    let action = form.required_choice("action", &["pay", "sent", "fail"]);
    match action {
        "fail" => {
            let payment = payment.id.clone();
            drop(engine.execute(Command::FailPayment { payment }));
        }
        "sent" if payment.concept.is_some() => {
            let payment = payment.id.clone();
            drop(engine.execute(Command::PayTransfer { payment }));
        }
        "pay" if payment.concept.is_none() => {
            if let Err(status) = pay(engine, payment, &mut form) {
                return show(engine, status, payment, &Answers::refused(form));
            }
        }
        _ => return show(engine, 422, payment, &Answers::refused(form)),
    }
    again(engine, payment)
}

fn pay(engine: &mut Engine, payment: &Payment, form: &mut Fields<'_>) -> Result<(), u16> {
    let mut method = payment.method;
    if payment.guided {
        let wallet = form.required_text("wallet", 128);
        if form.has("wallet") && !is_wallet(&wallet) {
            form.wrong("wallet", "must be 20 to 128 letters and digits");
        }
        let chosen = form.choice("payment_type", GUIDED_TYPES).and_then(find_method);
        method = chosen.unwrap_or(method);
    }
    let by_transfer = method.payment_type == "transfer";
    let holder = if by_transfer {
        String::new()
    } else {
        form.required_text("holder", 255)
    };
    form.check().map_err(|_| 422_u16)?;
    let wallet = form.raw_text("wallet").map(str::to_owned);
    let chosen = payment.guided.then(|| Command::ChooseMethod {
        payment: payment.id.clone(),
        payment_type: method.payment_type.to_owned(),
        wallet: wallet.clone(),
    });
    if let Some(Err(CommandError::WrongState(why))) = chosen.map(|command| engine.execute(command)) {
        form.wrong("payment_type", &format!("cannot be used: {why}"));
        return Err(409);
    }
    if !by_transfer {
        drop(engine.execute(Command::Pay {
            payment: payment.id.clone(),
            holder: Some(holder),
            wallet,
        }));
    }
    Ok(())
}

fn again(engine: &Engine, payment: &Payment) -> Reply {
    engine.payment(&payment.id).map_or_else(gone, |(_, payment)| {
        show(engine, 200, payment, &Answers::default())
    })
}
