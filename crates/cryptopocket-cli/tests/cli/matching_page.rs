//! The page of `bank match` in a real browser.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::chrome::Chrome;
use crate::program::Program;

/// Payments of the page, of which each third is paid.
const PAYMENTS: usize = 10_000;

/// A page of so many payments. The text of the first credit names `host` in every way that could load something.
fn page(folder: &std::path::Path, host: &str) -> String {
    let mut payments = String::from("id,amount,currency,concept,created,payer_name\n");
    let mut transactions = String::from("id,amount,currency,booking_date,concept,counterparty_name\n");
    for number in 0..PAYMENTS {
        let concept = 20_000_000 + number * 7919;
        // Amounts of one, two and no decimals, so that an order by text is another one than by number.
        let amount = format!("{}.{}", 9 + number % 1300, ["5", "25", "0"][number % 3]);
        let _ = writeln!(
            payments,
            "p-{number},{amount},EUR,{concept},2026-06-20,Ana Gil {number}"
        );
        let text = match number {
            0 => format!(
                "<img src='http://{host}/a'><script src='http://{host}/b'></script>{concept} url(http://{host}/c)"
            ),
            _ => format!("pago {concept}"),
        };
        if number % 3 == 0 {
            let _ = writeln!(
                transactions,
                "t-{number},{amount},EUR,2026-06-22,\"{text}\",Ana Gil {number}"
            );
        }
    }
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("payments.csv"), payments).unwrap();
    fs::write(path("transactions.csv"), transactions).unwrap();
    let html = path("page.html");
    let run = Program::new().words(&format!(
        "bank match --payments {} --transactions {} --html {html} --json",
        path("payments.csv"),
        path("transactions.csv")
    ));
    assert_eq!(run.code, 0, "{}", run.stderr);
    html
}

/// The visible cells of a column, from the top.
fn column(chrome: &mut Chrome, number: usize) -> Vec<String> {
    let cells = chrome.eval(&format!(
        "[...document.querySelectorAll('tbody tr:not([hidden])')].map(row => row.cells[{number}].textContent)"
    ));
    let cells = cells.as_array().unwrap().iter();
    cells.map(|cell| cell.as_str().unwrap().to_owned()).collect()
}

#[test]
fn clerk_sorts_and_filters_ten_thousand_payments() {
    let Some(mut chrome) = Chrome::start() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let html = page(folder.path(), &listener.local_addr().unwrap().to_string());
    chrome.open(&format!("file://{html}"));

    let paid = PAYMENTS.div_ceil(3);
    let text = chrome.text("body > p");
    assert!(
        text.contains("10000 payments") && text.contains(&format!("{paid} confirmed")),
        "{text}"
    );
    assert_eq!(chrome.text("#count"), "10000 of 10000");

    // By amount, up and down.
    let amounts = |chrome: &mut Chrome| -> Vec<f64> {
        let number = |cell: String| cell.split(' ').next().unwrap().parse().unwrap();
        column(chrome, 1).into_iter().map(number).collect()
    };
    chrome.click("th:nth-child(2)");
    chrome.until("document.querySelector('th:nth-child(2)').ariaSort === 'ascending'");
    assert!(amounts(&mut chrome).is_sorted());
    chrome.click("th:nth-child(2)");
    chrome.until("document.querySelector('th:nth-child(2)').ariaSort === 'descending'");
    assert!(amounts(&mut chrome).iter().rev().is_sorted());

    // By outcome, by words, and by both.
    chrome.eval("outcome.value = 'confirmed'; outcome.dispatchEvent(new Event('change'))");
    assert_eq!(column(&mut chrome, 3), vec!["confirmed"; paid]);
    chrome.fill("#words", "P-9999 pago");
    assert_eq!(column(&mut chrome, 0), ["p-9999"]);
    assert_eq!(chrome.text("#count"), "1 of 10000");
    chrome.fill("#words", "p-9998");
    assert_eq!(column(&mut chrome, 0), Vec::<String>::new());
    chrome.eval("outcome.value = 'none'; outcome.dispatchEvent(new Event('change'))");
    assert_eq!(column(&mut chrome, 0), ["p-9998"]);

    chrome.eval("outcome.value = ''; words.value = ''; outcome.dispatchEvent(new Event('change'))");
    assert_eq!(column(&mut chrome, 0).len(), PAYMENTS);

    // Whatever a payer wrote, nothing is loaded.
    let loaded = chrome.eval(
        "[performance.getEntriesByType('resource').length, document.images.length, document.scripts.length]",
    );
    assert_eq!(loaded, json!([0, 0, 1]));
    let called = listener
        .accept()
        .map(|_| Value::Null)
        .map_err(|error| error.kind());
    assert_eq!(called, Err(ErrorKind::WouldBlock));
}
