//! The gateway: where a payment by card, bank or wallet service is paid, and where a guided payment asks for the wallet.

use askama::Template;
use cryptopocket_emulator::server::{Fields, GUIDED_TYPES, buy, find_method, is_wallet, price};
use cryptopocket_emulator::{BankAccount, Command, CommandError, Engine, Integration, Payment, Reply};

use super::{Answers, page};

/// The fields from top to bottom.
const FIELDS: &[&str] = &["payment_type", "wallet", "holder"];

/// The word and the name of a method, and the coins that it would buy now.
type Offer = (&'static str, &'static str, String);

#[derive(Debug, Template)]
#[template(path = "pages/gateway.html")]
struct Gateway<'a> {
    payment: &'a Payment,
    answers: Answers<'a>,
    /// The account that a transfer is sent to.
    account: Option<&'a BankAccount>,
    /// The methods for a guided payment.
    methods: Vec<Offer>,
    back: Option<&'a str>,
}

/// Shows the gateway of a payment, or takes its form; `None` if the payment has none.
pub(super) fn visit(engine: &mut Engine, id: &str, form: Option<Fields<'_>>) -> Option<Reply> {
    let (_, payment) = engine.payment(id)?;
    if payment.method.payment_type == "transfer" && !payment.guided {
        return None;
    }
    let payment = payment.clone();
    match form {
        Some(form) if payment.status == "started" => submit(engine, &payment, form),
        Some(_) => show(engine, 409, id, Answers::default()),
        None => show(engine, 200, id, Answers::default()),
    }
}

fn show(engine: &Engine, status: u16, id: &str, answers: Answers<'_>) -> Option<Reply> {
    let (owner, payment) = engine.payment(id)?;
    let title = match payment.status.as_str() {
        "started" if payment.concept.is_some() => "Pay by transfer",
        "started" if payment.guided => "Buy coins",
        "started" => "Pay",
        "payment_received" | "coins_sent" => "Paid",
        "payment_rejected" => "Not paid",
        "pending_bank" => "Transfer",
        _ => "Payment",
    };
    let customer = owner.customers.get(&payment.user);
    let own = payment.callback_url.as_deref();
    let gateway = Gateway {
        payment,
        answers,
        account: owner.accounts.first(),
        methods: methods(engine, owner, payment),
        back: own.or_else(|| customer.and_then(|customer| customer.callback_url.as_deref())),
    };
    Some(page(status, title, gateway))
}

fn methods(engine: &Engine, owner: &Integration, payment: &Payment) -> Vec<Offer> {
    let price = price(engine.settings().seed, payment.asset, &payment.fiat, engine.now());
    let offered = GUIDED_TYPES.iter().filter_map(|kind| find_method(kind));
    let offered = offered.filter(|method| owner.offers(method)).map(|method| {
        let bought = buy(payment.fiat_amount, price, method, payment.asset);
        let coins = format!("{} {}", bought.tokens, payment.asset.symbol);
        (method.payment_type, method.name, coins)
    });
    offered.collect()
}

fn submit(engine: &mut Engine, payment: &Payment, mut form: Fields<'_>) -> Option<Reply> {
    let id = payment.id.clone();
    match form.required_choice("action", &["pay", "sent", "fail"]) {
        "fail" => drop(engine.execute(Command::FailPayment { payment: id })),
        "sent" if payment.concept.is_some() => drop(engine.execute(Command::PayTransfer { payment: id })),
        "pay" if payment.concept.is_none() => {
            if let Err(status) = pay(engine, payment, &mut form) {
                return show(engine, status, &id, Answers::refused(form, FIELDS));
            }
        }
        _ => return show(engine, 422, &id, Answers::refused(form, FIELDS)),
    }
    show(engine, 200, &payment.id, Answers::default())
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
