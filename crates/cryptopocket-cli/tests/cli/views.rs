//! Every view against the JSON of its command.
#![cfg(unix)]

use std::collections::BTreeMap;

use cryptopocket_sandbox::BankCredit;
use serde_json::{Value, json};

use crate::inbox::filled;
use crate::program::{Emulator, Program};

#[path = "../../src/output/views.rs"]
mod table;

/// The JSON values that commands print.
#[derive(Default)]
struct Printed(BTreeMap<&'static str, Vec<Value>>);

impl Printed {
    /// Runs a command. Returns the first value.
    fn run(&mut self, program: &Program, command: &'static str, more: &str) -> Value {
        let lines = program.words(&format!("{command} {more} --json")).lines();
        let values: Vec<_> = lines.into_iter().flat_map(items).collect();
        let first = values.first().cloned();
        self.0.entry(command).or_default().extend(values);
        first.unwrap_or_else(|| panic!("{command} {more} printed nothing"))
    }

    /// What a command printed, or what stands at a place in it.
    fn at(&self, command: &str) -> Vec<Value> {
        let (command, place) = match command.find('/') {
            Some(start) => command.split_at(start),
            None => (command, ""),
        };
        let printed = self.0.get(command).into_iter().flatten();
        let found = printed.filter_map(|value| value.pointer(place).cloned());
        found.flat_map(items).collect()
    }
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        value => vec![value],
    }
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap()
}

/// Runs the commands whose results have a view.
fn printed() -> Printed {
    let mut printed = Printed::default();
    let emulator = Emulator::start();
    let program = emulator.program();
    let mut run = |command, more: &str| printed.run(&program, command, more);
    run("assets", "");
    run("price", "--symbol USDC --chain polygon");
    run("payment-methods", "");
    run("quote buy", "--amount 100 --symbol USDC --payment-type psd2");
    run("quote sell", "--amount 20 --symbol DAI --chain polygon");
    let customer = run("users create", "--name Ana --email ana@example.com");
    let user = text(&customer, "id");
    emulator.sandbox.approve_kyc(user.parse().unwrap()).unwrap();
    run("users find", "--email ana@example.com");
    run("users kyc", user);
    run("users enhanced-link", user);
    run("users create-company", "--company-name E --email e@example.com");
    program.file("f.jpg", b"\xff\xd8\xff\xe0 picture");
    let kyc = br#"{"name":"Eva","email":"eva@example.com","country":"ES","identification_type":"PASSPORT",
        "identification_number":"X1","document_front":"f.jpg","face_image":"f.jpg"}"#;
    program.file("kyc.json", kyc);
    run("users create-verified", "--file kyc.json");
    let wallet = "--wallet 0x52908400098527886E0F7030069857D2E4169EE7";
    let order = format!("--user {user} --amount 240 --coin USDC --chain polygon {wallet} --payment-type");
    run("payments create", &format!("{order} card"));
    let created = run("payments create", &format!("{order} transfer"));
    let payment = text(&created, "payment_id");
    run("payments get", payment);
    let sale = "--amount 20.5 --symbol DAI --chain polygon --iban ES9121000418450200051332";
    let sold = run("offramp create", &format!("--user {user} {sale}"));
    run("offramp get", text(&sold, "id"));
    let account = run("bank accounts", "");
    let credit = BankCredit::new(240_u8.into()).concept(text(&created["next"], "concept"));
    let transaction = emulator.sandbox.credit_bank(credit).unwrap();
    run("bank transactions", text(&account, "iban"));
    run(
        "bank reconcile",
        &format!("--payment {payment} --transaction {transaction}"),
    );
    let payments = "id,concept,amount,currency,created_at\np-1,120037,10.00,EUR,2026-06-20\n";
    program.file("payments.csv", payments.as_bytes());
    let credits = "id,amount,currency,booking_date,concept\nt-1,5.00,EUR,2026-06-22,120037\n";
    program.file("credits.csv", credits.as_bytes());
    program.words("bank match --payments payments.csv --transactions credits.csv --journal log");
    let ruling = "--payment p-1 --reason why --by Eva";
    run(
        "bank journal",
        &format!("log accept {ruling} --transaction t-1 --amounts-differ"),
    );
    run("bank journal", &format!("log contest {ruling}"));
    let choices = r#"{"version":1,"operations":{"list_available_assets":{"path":"/assets"}}}"#;
    program.file("choices.json", choices.as_bytes());
    run("probe", "--choices choices.json");
    let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite:inbox.db");
    filled(&program);
    printed.run(&program, "inbox status", "--done");
    printed.run(&program, "inbox list", "");
    // For people only, which `new_payment_shows_what_was_ordered` holds: a program knows what it ordered.
    let ordered = json!({"pays": "", "buys": "", "wallet": "", "next_step": ""});
    printed.0.entry("payments create").or_default().push(ordered);
    printed
}

/// Checks one column. A path must be in one of the values: not every result has every field.
fn check(column: &str, values: &[Value]) -> Result<(), String> {
    let marks = ['>', '-'];
    let alone = (column, column.trim_start_matches(marks));
    let (heading, of) = column.split_once(": ").unwrap_or(alone);
    if heading
        .trim_start_matches(marks)
        .starts_with(|first: char| first.is_ascii_punctuation())
    {
        return Err("unknown mark before the heading".to_owned());
    }
    let (path, text) = of.split_once('\'').unwrap_or((of, "'"));
    if !text.ends_with('\'') {
        return Err("the text has no end".to_owned());
    }
    let (path, mark) = path.trim_end().split_once(' ').unwrap_or((path.trim_end(), ""));
    let find = |path: &str| values.iter().find_map(|value| value.pointer(&format!("/{path}")));
    if !path.is_empty() && find(path).is_none() {
        return Err(format!("no value at {path}"));
    }
    let flag = mark.strip_prefix('(').and_then(|mark| mark.strip_suffix(')'));
    match flag.map(find) {
        None if mark.is_empty() => Ok(()),
        Some(Some(Value::Bool(_))) => Ok(()),
        _ => Err(format!("unknown mark {mark}")),
    }
}

#[test]
fn every_view_shows_what_its_json_has() {
    let printed = printed();
    let mut wrong = Vec::new();
    for (view, command) in table::ALL {
        let values = printed.at(command);
        let columns = view.text().split(" | ");
        wrong.extend(columns.filter_map(|column| {
            let error = check(column, &values).err()?;
            Some(format!("{command}: {column}: {error}"))
        }));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn wrong_columns_are_noticed() {
    let values = [json!({"id": "7", "next": {"iban": null}, "final": true})];
    for right in [
        "id",
        ">id",
        "-id",
        "a: id (final)",
        "a: next/iban 'b {}'",
        "a: 'b'",
        ": id",
    ] {
        assert_eq!(check(right, &values), Ok(()), "{right}");
    }
    for wrong in [
        "ids",
        "*id",
        "a: id (finl)",
        "a: id final)",
        "a: next/bic",
        "a: id 'b",
    ] {
        assert!(check(wrong, &values).is_err(), "{wrong}");
    }
}

#[test]
fn new_payment_shows_what_was_ordered() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = format!("payments guided --user {user} --amount 50 --coin USDC --chain polygon");
    let shown = program.words(&order).stdout;
    for heading in ["pays", "buys", "wallet", "next"] {
        let is_shown = |line: &str| line.starts_with(&format!("{heading} "));
        assert!(shown.lines().any(is_shown), "{heading}: {shown}");
    }
}
