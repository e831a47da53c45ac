//! `bank reconcile`: it reads payment and credit before it posts.

use cryptopocket_sandbox::BankCredit;
use serde_json::Value;

use crate::program::{Emulator, Program};

/// A transfer of 240 EUR: its id, and the account to pay into.
fn transfer(program: &Program, user: &str) -> (String, String) {
    let created = program
        .words(&format!(
            "payments create --user {user} --amount 240 --coin USDC --chain polygon --payment-type transfer --wallet \
             0x52908400098527886E0F7030069857D2E4169EE7 --external-id a-1 --json"
        ))
        .json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&created["payment_id"]), text(&created["next"]["iban"]))
}

fn credit(emulator: &Emulator, euros: u8) -> String {
    let credit = BankCredit::new(euros.into()).concept("rent").payer("Ana", None);
    emulator.sandbox.credit_bank(credit).unwrap()
}

#[test]
fn fitting_pair_is_posted_after_reading() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    for account in [true, false] {
        let (payment, iban) = transfer(&program, &user);
        let credit = credit(&emulator, 240);
        let account = if account {
            format!("--iban {iban}")
        } else {
            String::new()
        };
        let run = program.words(&format!(
            "bank reconcile --payment {payment} --transaction {credit} {account} --json"
        ));
        assert_eq!((run.code, &run.json()["status"]), (0, &"payment_received".into()));
    }
}

#[test]
fn obvious_mismatch_is_8_and_not_posted() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let ((payment, _), (other, _)) = (transfer(&program, &user), transfer(&program, &user));
    let (short, right, spare) = (
        credit(&emulator, 239),
        credit(&emulator, 240),
        credit(&emulator, 240),
    );
    let refused = |payment: &str, credit: &str, kind: &str, reason: &str| {
        let before = emulator.sandbox.calls("reconcile_payment");
        let run = program.words(&format!(
            "bank reconcile --payment {payment} --transaction {credit} --json"
        ));
        let error = run.error();
        assert_eq!(
            (run.code, error["kind"].as_str(), error["sent"].as_str()),
            (8, Some(kind), Some("no")),
            "{error}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains(reason) && message.contains("nothing was posted"),
            "{message}"
        );
        assert!(error["hint"].as_str().unwrap().contains("--force"), "{error}");
        assert_eq!(emulator.sandbox.calls("reconcile_payment"), before);
    };
    refused(&payment, &short, "amount_mismatch", "it is short by 1.00 EUR");
    refused(
        &payment,
        "t-none",
        "transaction_not_found",
        "t-none is not in the list",
    );
    let pair = format!("bank reconcile --payment {payment} --transaction {right} --json");
    assert_eq!(program.words(&pair).code, 0);
    let again = program.words(&pair);
    let error = again.error();
    assert_eq!(
        (again.code, error["kind"].as_str()),
        (8, Some("already_reconciled"))
    );
    assert!(
        error["hint"]
            .as_str()
            .unwrap()
            .starts_with("There is nothing left to do."),
        "{error}"
    );
    refused(
        &other,
        &right,
        "already_reconciled",
        &format!("with payment {payment} already"),
    );
    refused(&payment, &spare, "payment_not_pending", "waits for no money");
}

#[test]
fn force_leaves_the_decision_to_the_provider() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let (payment, _) = transfer(&program, &user);
    let short = credit(&emulator, 239);
    let run = program.words(&format!(
        "bank reconcile --payment {payment} --transaction {short} --force --json"
    ));
    assert_eq!((run.code, &run.error()["code"]), (4, &"amount_mismatch".into()));
    assert_eq!(emulator.sandbox.calls("get_payment"), 0);
}
