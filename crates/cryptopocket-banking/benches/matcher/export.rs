//! Planted data as CSV, and what the matcher confirms of it.

use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use cryptopocket_banking::input::{read_payments, read_transactions};
use cryptopocket_banking::matcher::{Matcher, Policy};
use cryptopocket_types::Personal;

use super::SEED;
use super::planted::{Generator, Planted};

#[allow(clippy::disallowed_methods, reason = "a bench measures real time")]
pub(super) fn export(count: usize, folder: &str) {
    let planted = Generator::plant_part(SEED, 0, count);
    fs::create_dir_all(folder).expect("a folder");
    let path = |name: &str| format!("{folder}/{name}");
    fs::write(path("payments.csv"), payments(&planted)).expect("a file");
    fs::write(path("transactions.csv"), transactions(&planted)).expect("a file");

    let read = |name: &str| fs::read(path(name)).expect("the file that was written");
    let payments = read_payments(&read("payments.csv"), false);
    let transactions = read_transactions(&read("transactions.csv"), false);
    assert!(payments.malformed.is_empty() && transactions.malformed.is_empty());
    let start = Instant::now();
    let mut matcher = Matcher::new(Policy::default()).expect("a policy");
    matcher.add_payments(&payments.records);
    matcher.add_transactions(&transactions.records);
    let decisions = matcher.decide();
    let seconds = start.elapsed().as_secs_f64();
    let mut pairs = String::from("payment,transaction\n");
    for (payment, transaction) in decisions.confirmed() {
        let _ = writeln!(pairs, "{payment},{transaction}");
    }
    fs::write(path("confirmed.csv"), pairs).expect("a file");
    fs::write(path("seconds.txt"), seconds.to_string()).expect("a file");
}

fn text(text: Option<&Personal>) -> String {
    text.map_or(String::new(), |text| text.reveal().replace('"', " "))
}

fn payments(planted: &Planted) -> String {
    let mut payments =
        String::from("id,amount,currency,concept,created,status,payer_name,payer_iban,kind,expected\n");
    for payment in &planted.payments {
        let kind = planted.kinds[payment.id.as_str()];
        let _ = writeln!(
            payments,
            "{},{},{},{},{},{},\"{}\",{},{kind:?},{:?}",
            payment.id,
            payment.amount.amount(),
            payment.amount.currency(),
            payment.concept.as_ref().expect("a concept"),
            payment.created.expect("a day"),
            payment.status.as_ref().expect("a status"),
            text(payment.payer_name.as_ref()),
            text(payment.payer_iban.as_ref()),
            kind.expected(),
        );
    }
    payments
}

fn transactions(planted: &Planted) -> String {
    let mut transactions = String::from(
        "id,amount,currency,booking_date,concept,counterparty_name,counterparty_iban,end_to_end_id,truth\n",
    );
    for credit in &planted.transactions {
        let _ = writeln!(
            transactions,
            "{},{},{},{},\"{}\",\"{}\",{},{},{}",
            credit.id,
            credit.amount.value().expect("a planted amount").amount(),
            credit.amount.value().expect("a planted amount").currency(),
            credit.booking_date,
            text(credit.concept.value()),
            text(credit.counterparty_name.value()),
            text(credit.counterparty_iban.value()),
            text(credit.end_to_end_id.value()),
            planted.truth[credit.id.as_str()].payment.as_deref().unwrap_or(""),
        );
    }
    transactions
}
