//! What `bank match --apply` posts and what it holds, and what `bank journal` accepts.

use std::fs;

use cryptopocket_sandbox::BankCredit;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Emulator, Program, Run};

/// A folder, and a provider that has a payment of 240 EUR.
struct Shop {
    folder: TempDir,
    emulator: Emulator,
    program: Program,
    payment: String,
    iban: String,
    concept: String,
}

impl Shop {
    fn open() -> Self {
        let emulator = Emulator::start();
        let program = emulator.program();
        let user = emulator.verified_customer(&program);
        let created = program
            .words(&format!(
                "payments create --user {user} --amount 240 --coin USDC --chain polygon --payment-type transfer --wallet \
                 0x52908400098527886E0F7030069857D2E4169EE7 --json"
            ))
            .json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            folder: tempfile::tempdir().unwrap(),
            payment: text(&created["payment_id"]),
            iban: text(&created["next"]["iban"]),
            concept: text(&created["next"]["concept"]),
            emulator,
            program,
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Money arrives; returns its id.
    fn credit(&self, euros: u32, text: &str) -> String {
        let credit = BankCredit::new(euros.into()).concept(text).payer("Ana", None);
        self.emulator.sandbox.credit_bank(credit).unwrap().to_string()
    }

    /// A row of the file of transactions.
    fn row(&self, id: &str, amount: &str, concept: &str) -> String {
        format!("{id},{amount},EUR,2026-06-26,{concept},Ana,{}\n", self.iban)
    }

    /// Matches the payment with these rows.
    fn matching(&self, rows: &str, more: &str) -> Run {
        let (payments, transactions) = (self.path("payments.csv"), self.path("transactions.csv"));
        fs::write(
            &payments,
            format!(
                "id,concept,amount,currency,payer_name,created_at\n{},{},240.00,EUR,Ana,2026-06-20\n",
                self.payment, self.concept
            ),
        )
        .unwrap();
        fs::write(
            &transactions,
            format!("id,amount,currency,booking_date,concept,counterparty_name,iban\n{rows}"),
        )
        .unwrap();
        let log = self.path("log");
        self.program.words(&format!(
            "bank match --payments {payments} --transactions {transactions} --journal {log} {more}"
        ))
    }

    fn journal(&self, words: &str) -> Run {
        let log = self.path("log");
        self.program
            .words(&format!("bank journal {log} {words} --reason checked --by ana"))
    }

    fn calls(&self) -> usize {
        self.emulator.sandbox.calls("reconcile_payment")
    }
}

#[test]
fn unreadable_row_keeps_apply_from_posting() {
    let shop = Shop::open();
    let credit = shop.credit(240, &shop.concept);
    let rows = shop.row(&credit, "240.00", &shop.concept) + &shop.row("t-x", "many", &shop.concept);
    let seen = shop.matching(&rows, "");
    assert_eq!(seen.code, 0, "{}", seen.stderr);
    assert!(seen.stderr.contains("--apply would post nothing"), "{}", seen.stderr);
    for dry in ["", "--dry-run"] {
        let refused = shop.matching(&rows, &format!("--apply --json {dry}"));
        assert_eq!((refused.code, shop.calls()), (8, 0), "{}", refused.stdout);
        assert_eq!(refused.json()["error"]["kind"], "rows_left_out");
    }
    let allowed = shop.matching(&rows, "--apply --allow-unreadable-rows --json");
    assert_eq!((allowed.code, shop.calls()), (0, 1), "{}", allowed.stderr);
}

#[test]
fn file_without_records_is_no_list() {
    let shop = Shop::open();
    let seen = shop.matching("", "");
    assert!(seen.stderr.contains("holds 0 transactions"), "{}", seen.stderr);
    let refused = shop.matching("", "--apply --json");
    assert_eq!(refused.code, 8, "{}", refused.stdout);
    assert_eq!(refused.json()["error"]["kind"], "nothing_read");
}
