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
        self.emulator.sandbox.credit_bank(credit).unwrap()
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
    assert!(
        seen.stderr.contains("--apply would post nothing"),
        "{}",
        seen.stderr
    );
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

#[test]
fn rival_of_an_earlier_run_is_asked_for() {
    let shop = Shop::open();
    let first = shop.credit(240, &shop.concept);
    let second = shop.credit(240, &shop.concept);
    let newest = shop.row(&second, "240.00", &shop.concept);
    let both = shop.row(&first, "240.00", &shop.concept) + &newest;
    assert_eq!(shop.matching(&both, "--json").json()["totals"]["ambiguous"], 1);
    let seen = shop.matching(&newest, "");
    assert!(seen.stdout.contains("confirmed, held"), "{}", seen.stdout);
    let run = shop.matching(&newest, "--apply --json").json();
    let reason =
        format!("the log knows transaction {first}, which is not in this input; give the complete list");
    assert_eq!(run["applied"][0]["result"], "held");
    assert_eq!(run["applied"][0]["reason"], reason);
    assert_eq!(
        (run["held"][0]["reason"].as_str(), shop.calls()),
        (Some(&*reason), 0)
    );
}

#[test]
fn acceptance_needs_a_log_that_knows_the_pair() {
    let shop = Shop::open();
    let accept = |more: &str| shop.journal(&format!("accept --payment {} {more}", shop.payment));
    let typo = accept("--transaction t-1");
    assert_eq!(typo.code, 2, "{}", typo.stderr);
    assert!(!fs::exists(shop.path("log")).unwrap(), "a typo creates no log");
    let row = "t-1,240.00,EUR,2026-06-26,cripto,Ana,\n".to_owned();
    shop.matching(&row, "");
    let unknown = accept("--transaction t-7");
    assert_eq!(unknown.code, 2, "{}", unknown.stdout);
    assert!(unknown.stderr.contains("the log names t-1"), "{}", unknown.stderr);
    assert_eq!(shop.journal("accept --payment p-77 --transaction t-1").code, 2);
    assert_eq!(accept("--transaction t-1 --iban XX").code, 2);
    assert_eq!(accept(&format!("--transaction t-1 --iban {}", shop.iban)).code, 0);
    let other = shop.row("t-5", "1.00", "other");
    let run = shop.matching(&other, "--apply --json").json();
    assert_eq!((&run["applied"][0]["result"], shop.calls()), (&json!("held"), 0));
}

#[test]
fn differing_amounts_are_recorded_when_stated() {
    let shop = Shop::open();
    shop.matching(&shop.row("t-1", "200.00", &shop.concept), "");
    let accept = |more: &str| {
        let payment = &shop.payment;
        shop.journal(&format!("accept --payment {payment} --transaction t-1 {more}"))
    };
    assert_eq!(accept("").code, 2);
    let stated = accept("--amounts-differ");
    assert!(
        stated.stdout.contains("recorded only: the amounts differ"),
        "{}",
        stated.stdout
    );
}

#[test]
fn contested_payment_is_shown_as_held() {
    let shop = Shop::open();
    let row = shop.row("t-1", "240.00", &shop.concept);
    shop.matching(&row, "");
    shop.journal(&format!("contest --payment {}", shop.payment));
    let seen = shop.matching(&row, "");
    assert!(seen.stdout.contains("confirmed, held"), "{}", seen.stdout);
    assert!(
        seen.stdout.contains("it was contested or revoked"),
        "{}",
        seen.stdout
    );
}

#[test]
fn refused_acceptance_is_shown_and_not_repeated() {
    let shop = Shop::open();
    // The file tells another amount than the provider has.
    let credit = shop.credit(239, "cripto");
    let row = shop.row(&credit, "240.00", "cripto");
    shop.matching(&row, "");
    shop.journal(&format!(
        "accept --payment {} --transaction {credit}",
        shop.payment
    ));
    let refused = shop.matching(&row, "--apply --json");
    assert_eq!((refused.code, shop.calls()), (4, 1), "{}", refused.stdout);
    let again = shop.matching(&row, "--apply --json");
    assert_eq!((again.code, shop.calls()), (0, 1), "{}", again.stdout);
    let report = again.json();
    assert_eq!(report["totals"]["settled"], 0);
    let reason = report["held"][0]["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("the provider refused it (amount_mismatch)"),
        "{reason}"
    );
}

#[test]
fn cause_of_recording_only_is_named() {
    let shop = Shop::open();
    let (payments, transactions) = (shop.path("two.csv"), shop.path("one.csv"));
    let heading = "id,concept,amount,currency,payer_name,created_at\n";
    let two = "p-1,120037,100.00,EUR,Ana,2026-06-20\np-2,483920,140.00,EUR,Ana,2026-06-20\n";
    fs::write(&payments, format!("{heading}{two}")).unwrap();
    let credit = "id,amount,currency,booking_date,concept\nt-1,240.00,EUR,2026-06-22,120037 483920\n";
    fs::write(&transactions, credit).unwrap();
    let log = shop.path("log");
    let seen = shop.program.words(&format!(
        "bank match --payments {payments} --transactions {transactions} --journal {log} --json"
    ));
    assert_eq!(seen.json()["totals"]["split"], 2, "{}", seen.stdout);
    for (payment, cause) in [
        ("p-1", "one part of a split"),
        ("p-2", "was accepted for payment p-1"),
    ] {
        let accepted = shop.journal(&format!("accept --payment {payment} --transaction t-1"));
        assert!(
            accepted.stdout.contains(cause),
            "{}{}",
            accepted.stdout,
            accepted.stderr
        );
    }
}

#[test]
fn id_unknown_to_the_provider_holds_nothing() {
    let shop = Shop::open();
    let credit = shop.credit(240, &shop.concept);
    let foreign = shop.row("BANKREF1", "240.00", &shop.concept);
    let refused = shop.matching(&foreign, "--apply");
    assert_eq!((refused.code, shop.calls()), (4, 1), "{}", refused.stdout);
    assert!(refused.stderr.contains("Give --iban"), "{}", refused.stderr);
    let own = shop.row(&credit, "240.00", &shop.concept);
    let posted = shop.matching(&own, "--apply --json");
    assert_eq!((posted.code, shop.calls()), (0, 2), "{}", posted.stdout);
    assert_eq!(posted.json()["applied"][0]["result"], "posted");
}

#[test]
fn apply_logs_in_once_to_read_and_post() {
    let shop = Shop::open();
    let credit = shop.credit(240, &shop.concept);
    let payments = format!(
        "id,concept,amount,currency\n{},{},240.00,EUR\n",
        shop.payment, shop.concept
    );
    fs::write(shop.path("p.csv"), payments).unwrap();
    let before = shop.emulator.sandbox.calls("authenticate");
    let run = shop.program.words(&format!(
        "bank match --iban {} --payments {} --apply --journal {} --json",
        shop.iban,
        shop.path("p.csv"),
        shop.path("log")
    ));
    let row = &run.json()["applied"][0];
    assert_eq!(
        (&row["result"], shop.calls()),
        (&json!("posted"), 1),
        "{}",
        run.stderr
    );
    assert_eq!(row["transaction_id"], *credit, "{row}");
    assert_eq!(shop.emulator.sandbox.calls("authenticate") - before, 1);
}
