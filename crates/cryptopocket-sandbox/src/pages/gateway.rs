//! The gateway: where a payment by card, bank or wallet service is paid, and where a guided payment asks for the wallet.

use cryptopocket_emulator::server::{Fields, GUIDED_TYPES, buy, find_method, is_wallet, price};
use cryptopocket_emulator::{Command, CommandError, Engine, Payment, Reply};
use maud::{Markup, html};

use super::form::{Answers, Choice, Line, choices};
use super::layout::{gone, page, state, way_back};

const WALLET_HINT: &str =
    "20 to 128 letters and digits. At the provider, coins sent to a wrong wallet are lost.";

pub(super) fn visit(engine: &mut Engine, id: &str, form: Option<Fields<'_>>) -> Reply {
    let Some(payment) = engine.payment(id).map(|(_, payment)| payment.clone()) else {
        return gone();
    };
    if payment.method.payment_type == "transfer" && !payment.guided {
        return gone();
    }
    match form {
        Some(form) if payment.status == "started" => submit(engine, &payment, form),
        Some(_) => show(engine, 409, &payment, &Answers::default()),
        None => show(engine, 200, &payment, &Answers::default()),
    }
}

/// The amount to pay, with its cents.
fn money(payment: &Payment) -> String {
    let amount = payment.fiat_amount;
    format!("{} {}", amount.rescaled(2).unwrap_or(amount), payment.fiat)
}

fn summary(payment: &Payment) -> Markup {
    html! {
        dl.card.facts {
            dt { "You pay" } dd.sum { (money(payment)) }
            dt { "You get" @if payment.status == "started" { " about" } }
            dd { (payment.coin_amount) " " (payment.asset.symbol) " on " (payment.asset.chain) }
            @if let Some(wallet) = &payment.wallet { dt { "Wallet" } dd { code { (wallet) } } }
            dt { "Payment" } dd { code { (payment.id) } }
        }
    }
}

fn show(engine: &Engine, status: u16, payment: &Payment, answers: &Answers<'_>) -> Reply {
    let customer = engine.customer(payment.user).map(|(_, customer)| customer);
    let own = payment.callback_url.as_deref();
    let back_to = own.or_else(|| customer.and_then(|customer| customer.callback_url.as_deref()));
    if payment.status == "started" {
        let (title, form) = if payment.concept.is_some() {
            ("Pay by transfer", transfer(engine, payment))
        } else if payment.guided {
            ("Buy coins", checkout(engine, payment, answers))
        } else {
            ("Pay", checkout(engine, payment, answers))
        };
        let content = html! { (summary(payment)) (form) (way_back(back_to, false)) };
        return page(status, title, &content);
    }
    let (title, kind, text) = match payment.status.as_str() {
        "payment_received" | "coins_sent" => ("Paid", "good", "The payment was received. Thank you."),
        "payment_rejected" => ("Not paid", "bad", "The payment failed. Nothing was charged."),
        "pending_bank" => (
            "Transfer",
            "",
            "The transfer was announced. The money has not arrived yet.",
        ),
        _ => ("Payment", "", "This payment cannot be paid here."),
    };
    let content = html! { (state(kind, text)) (summary(payment)) (way_back(back_to, true)) };
    page(status, title, &content)
}

fn checkout(engine: &Engine, payment: &Payment, answers: &Answers<'_>) -> Markup {
    let order = ["payment_type", "wallet", "holder"];
    let wallet = format!("Your wallet on {}", payment.asset.chain);
    let wallet = Line::new("wallet", &wallet, "off").hint(WALLET_HINT);
    let holder = Line::new("holder", "Name of the account’s or card’s holder", "cc-name");
    html! {
        (answers.summary())
        form.sheet method="post" {
            @if payment.guided {
                (methods(engine, payment, answers))
                (wallet.show(answers, &order))
            } @else {
                p { "By " strong { (payment.method.name) } ". No card or account number is needed." }
            }
            (holder.show(answers, &order))
            div.row {
                button.lead type="submit" name="action" value="pay" { "Pay " (money(payment)) }
                button.plain type="submit" name="action" value="fail" formnovalidate { "Let it fail" }
            }
        }
    }
}

/// Where a customer who chose a transfer has to pay, and what to write.
fn transfer(engine: &Engine, payment: &Payment) -> Markup {
    let owner = engine.payment(&payment.id).map(|(owner, _)| owner);
    let account = owner.and_then(|owner| owner.accounts.first());
    html! {
        p { "Send the money from your bank. Here the button sends it." }
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
                button.plain type="submit" name="action" value="fail" { "Cancel" }
            }
        }
    }
}

/// The methods for a guided payment, each with the coins it would buy now.
fn methods(engine: &Engine, payment: &Payment, answers: &Answers<'_>) -> Markup {
    let price = price(engine.settings().seed, payment.asset, &payment.fiat, engine.now());
    let owner = engine.payment(&payment.id).map(|(owner, _)| owner);
    let choice = |kind: &&'static str| {
        let method = find_method(kind).filter(|method| owner.is_some_and(|owner| owner.offers(method)))?;
        let bought = buy(payment.fiat_amount, price, method, payment.asset);
        let coins = format!("{} {}", bought.tokens, payment.asset.symbol);
        Some((method.payment_type, method.name, coins))
    };
    let offered: Vec<Choice<'_>> = GUIDED_TYPES.iter().filter_map(choice).collect();
    let chosen = match answers.value("payment_type") {
        "" => payment.method.payment_type,
        chosen => chosen,
    };
    choices("payment_type", "How you want to pay", &offered, chosen, answers)
}

fn submit(engine: &mut Engine, payment: &Payment, mut form: Fields<'_>) -> Reply {
    let id = payment.id.clone();
    match form.required_choice("action", &["pay", "sent", "fail"]) {
        "fail" => drop(engine.execute(Command::FailPayment { payment: id })),
        "sent" if payment.concept.is_some() => drop(engine.execute(Command::PayTransfer { payment: id })),
        "pay" if payment.concept.is_none() => {
            if let Err(status) = pay(engine, payment, &mut form) {
                return show(engine, status, payment, &Answers::refused(form));
            }
        }
        _ => return show(engine, 422, payment, &Answers::refused(form)),
    }
    let now = engine.payment(&payment.id);
    now.map_or_else(gone, |(_, payment)| {
        show(engine, 200, payment, &Answers::default())
    })
}

/// Chooses the method of a guided payment, then pays; a transfer is paid later. Fails with the status of the page.
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
    let holder = (!by_transfer).then(|| form.required_text("holder", 255));
    form.check().map_err(|_| 422_u16)?;
    let wallet = form.raw_text("wallet").map(str::to_owned);
    if payment.guided {
        let chosen = engine.execute(Command::ChooseMethod {
            payment: payment.id.clone(),
            payment_type: method.payment_type.to_owned(),
            wallet: wallet.clone(),
        });
        if let Err(CommandError::WrongState(why)) = chosen {
            form.wrong("payment_type", &format!("cannot be used: {why}"));
            return Err(409);
        }
    }
    if !by_transfer {
        let payment = payment.id.clone();
        drop(engine.execute(Command::Pay {
            payment,
            holder,
            wallet,
        }));
    }
    Ok(())
}
