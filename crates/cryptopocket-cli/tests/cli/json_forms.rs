//! Snapshots of the JSON that scripts rely on.

use std::fmt::Write;

use insta::assert_snapshot;

use crate::program::{Emulator, Program, stable};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

/// Runs each line with `--json`. Returns each command, followed by its output.
fn transcript(program: &Program, lines: &[String]) -> String {
    let mut shown = String::new();
    for line in lines {
        let run = program.words(&format!("{line} --json"));
        assert_eq!(run.code, 0, "{line}\n{}{}", run.stdout, run.stderr);
        assert_eq!(run.stderr, "", "{line}");
        // Ids and paths differ from run to run: only the command itself is shown.
        let is_command = |word: &&str| {
            !word.starts_with("--") && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        };
        let command = line
            .split(' ')
            .take_while(is_command)
            .collect::<Vec<_>>()
            .join(" ");
        let _ = write!(shown, "$ {command}\n{}", stable(&run.stdout));
    }
    shown
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}

#[test]
fn market_and_quotes() {
    let emulator = Emulator::start();
    let shown = transcript(
        &emulator.program(),
        &lines(&[
            "assets",
            "price --symbol USDC --chain polygon",
            "payment-methods --fiat CLP",
            "quote buy --amount 100 --symbol USDC --payment-type PSD2",
            "quote sell --amount 20 --symbol DAI --chain polygon",
        ]),
    );
    assert_snapshot!(shown);
}

#[test]
fn customers() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let picture = program.file("f.jpg", b"\xff\xd8\xff\xe0 picture");
    let kyc = br#"{"name":"Eva","email":"eva@example.com","country":"ES","identification_type":"PASSPORT",
        "identification_number":"X1","document_front":"f.jpg","face_image":"f.jpg","birth_date":"1990-12-10"}"#;
    program.file("kyc.json", kyc);
    let first = "users create --name Ana --email ana@example.com --last-name García --country ES";
    let created = transcript(&program, &lines(&[first]));
    let listed = program.words("users list --json").json();
    let id = listed["id"].as_str().unwrap();
    let rest = transcript(
        &program,
        &[
            format!("users kyc {id}"),
            "users create-company --company-name Engines --email kyb@engines.example".to_owned(),
            "users create-verified --file kyc.json".to_owned(),
            format!("users enhanced-link {id}"),
            format!("users upload {id} --type payslip --file {picture}"),
            "users find --email ana@example.com".to_owned(),
            "users list".to_owned(),
        ],
    );
    assert_snapshot!(format!("{created}{rest}"));
}

#[test]
fn payments() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = format!("--user {user} --amount 240 --coin USDC --chain polygon");
    let created = transcript(
        &program,
        &[
            format!("payments create {order} --wallet {WALLET} --payment-type transfer --external-id a-1"),
            format!("payments create {order} --wallet {WALLET} --payment-type card --external-id a-2"),
            format!("payments guided {order} --external-id a-3"),
        ],
    );
    let paid = program.words("payments recover --external-id a-2 --json").json();
    let id = paid["payments"][0]["id"].as_str().unwrap().to_owned();
    emulator.sandbox.pay(&id).unwrap();
    let rest = transcript(
        &program,
        &[
            format!("payments get {id}"),
            format!("payments watch {id} --max-wait 10s"),
            "payments list".to_owned(),
            "payments list --limit 1 --status started".to_owned(),
            "payments recover --external-id a-1".to_owned(),
        ],
    );
    let none = program.words("payments recover --external-id nobody --json");
    assert_eq!((none.code, none.stderr.as_str()), (8, ""));
    let none = format!("$ payments recover\n{}", stable(&none.stdout));
    assert_snapshot!(format!("{created}{rest}{none}"));
}

#[test]
fn offramps() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = format!("offramp create --user {user} --amount 20.5 --symbol DAI --chain polygon");
    let created = program.words(&format!("{order} --iban ES9121000418450200051332 --json"));
    let id = created.json()["id"].as_str().unwrap().to_owned();
    emulator
        .sandbox
        .deposit_crypto(id.parse().unwrap(), None)
        .unwrap();
    let rest = transcript(
        &program,
        &[
            format!("offramp get {id}"),
            "offramp list".to_owned(),
            format!("offramp watch {id} --max-wait 10s"),
        ],
    );
    assert_snapshot!(format!("{}{rest}", stable(&created.stdout)));
}

#[test]
fn banking() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order =
        format!("payments create --user {user} --amount 240 --coin USDC --chain polygon --wallet {WALLET}");
    let created = program
        .words(&format!("{order} --payment-type transfer --json"))
        .json();
    let (payment, next) = (created["payment_id"].as_str().unwrap(), &created["next"]);
    let (iban, concept) = (next["iban"].as_str().unwrap(), next["concept"].as_str().unwrap());
    let credit = cryptopocket_sandbox::BankCredit::new(240_u8.into())
        .concept(concept)
        .payer("Ana", None);
    let transaction = emulator.sandbox.credit_bank(credit).unwrap();
    let shown = transcript(
        &program,
        &[
            "bank accounts".to_owned(),
            format!("bank transactions {iban}"),
            format!("bank reconcile --payment {payment} --transaction {transaction} --iban {iban}"),
            format!("bank transactions {iban} --limit 1"),
        ],
    );
    assert_snapshot!(shown);
}

#[test]
fn webhook_subscriptions() {
    let emulator = Emulator::start();
    let shown = transcript(
        &emulator.program(),
        &lines(&[
            "webhooks subscribe --type PAY_IN --url https://shop.example/hooks",
            "webhooks update --type PAY_IN --url https://shop.example/other",
        ]),
    );
    assert_snapshot!(shown);
}
