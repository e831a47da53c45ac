//! `bank match` on files as clerks and banks make them.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::program::{Program, Run, finish};

const PAYMENTS: &str = "id,concept,amount,currency,payer_name,created_at,status\n";
const TRANSACTIONS: &str = "id,amount,currency,booking_date,concept,counterparty_name\n";

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a file; returns its path.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Matches these files.
    fn run(&self, payments: &str, transactions: &str, more: &str) -> Run {
        let payments = self.file("payments", payments);
        let transactions = self.file("transactions", transactions);
        let words = format!("bank match --payments {payments} --transactions {transactions} {more}");
        Program::new().words(&words)
    }

    /// Matches rows of CSV.
    fn rows(&self, payments: &str, transactions: &str, more: &str) -> Run {
        let payments = format!("{PAYMENTS}{payments}");
        self.run(&payments, &format!("{TRANSACTIONS}{transactions}"), more)
    }
}

/// A payment of 240 EUR with concept 120037.
const ANA: &str = "p-1,120037,240.00,EUR,Ana Gil,2026-06-20,\n";

/// A statement with one entry of this status.
fn camt(status: &str) -> String {
    let entry = |reference: &str, status: &str| {
        format!(
            "<Ntry><Amt Ccy=\"EUR\">240.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>2026-06-22</Dt></BookgDt>\
             <AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>120037</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    };
    let entries = entry("BANKREF1", "BOOK") + &entry("BANKREF2", status);
    let entries = if status == "BOOK" {
        entry("BANKREF1", "BOOK")
    } else {
        entries
    };
    format!("<Document><BkToCstmrStmt><Stmt><Id>S</Id>{entries}</Stmt></BkToCstmrStmt></Document>")
}

#[test]
fn bank_statement_is_matched_but_not_posted() {
    let files = Files::new();
    let payments = format!("{PAYMENTS}{ANA}");
    let log = files.0.path().join("log");
    for dry in ["", "--dry-run"] {
        let refused = files.run(
            &payments,
            &camt("BOOK"),
            &format!("--apply --journal {} {dry}", log.display()),
        );
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        for told in ["transactions is a bank statement", "the provider's", "--iban"] {
            assert!(refused.stderr.contains(told), "{told}: {}", refused.stderr);
        }
        assert!(!log.exists(), "nothing is written to the journal");
    }
    let matched = files.run(
        &payments,
        &camt("BOOK"),
        &format!("--journal {} --json", log.display()),
    );
    assert_eq!(matched.json()["totals"]["confirmed"], 1);
    assert!(matched.stderr.contains("another journal"), "{}", matched.stderr);
}

#[test]
fn pending_entry_is_counted_apart() {
    let files = Files::new();
    let run = files.run(&format!("{PAYMENTS}{ANA}"), &camt("PDNG"), "--json");
    let report = run.json();
    assert_eq!((run.code, &report["malformed"]), (0, &json!([])));
    assert_eq!(report["pending"].as_array().unwrap().len(), 1);
    assert_eq!(report["totals"]["confirmed"], 1);
    assert!(run.stderr.contains("pending, not booked"), "{}", run.stderr);
    assert!(!run.stderr.contains("would post nothing"), "{}", run.stderr);
}

#[test]
fn other_payer_is_always_named() {
    let files = Files::new();
    let credit = "t-1,240.00,EUR,2026-06-22,Pago 120037,LUIS RUIZ\n";
    let page = files.file("page", "");
    let run = files.rows(ANA, credit, &format!("--html {page}"));
    assert!(run.stdout.contains("confirmed"), "{}", run.stdout);
    assert!(run.stdout.contains("paid by another name"), "{}", run.stdout);
    assert!(fs::read_to_string(page).unwrap().contains("paid by another name"));
    let reasons = &files.rows(ANA, credit, "--json").json()["matches"][0]["reasons"];
    assert!(reasons.to_string().contains("paid by another name"), "{reasons}");
    let help = Program::new().words("bank match --help").stdout;
    assert!(
        help.contains(r#"{"confirm":{"name_mismatch":"suggest"}}"#),
        "{help}"
    );
}

#[test]
fn what_speaks_against_stands_before_other_name() {
    let credit = "t-1,200.00,EUR,2026-06-22,Pago 120037,LUIS RUIZ\n";
    let shown = Files::new().rows(ANA, credit, "").stdout;
    let row = shown.lines().find(|line| line.starts_with("p-1 ")).unwrap();
    let reasons = "not confirmed: amount short by 40.00 EUR; paid by another name (name ";
    assert!(row.contains(reasons), "{row}");
}

#[test]
fn late_money_is_not_unmatched() {
    let files = Files::new();
    let closed = "p-9,120037,240.00,EUR,Ana Gil,2026-06-20,coins_sent\n";
    let credit = "t-10,240.00,EUR,2026-06-22,Pago 120037,ANA GIL\n";
    let page = files.file("page", "");
    let run = files.rows(closed, credit, &format!("--explain --html {page}"));
    assert!(!run.stdout.contains("no payment for"), "{}", run.stdout);
    assert!(
        run.stdout.contains("without a payment: 0, late: 1"),
        "{}",
        run.stdout
    );
    let html = fs::read_to_string(page).unwrap();
    assert!(html.contains(r#"<tr data-outcome="late"><td>p-9</td>"#), "{html}");
    assert!(html.contains("which waits for no money"), "{html}");
    assert!(!html.contains(r#"data-outcome="unmatched""#), "{html}");
}

#[test]
fn other_currency_is_the_reason() {
    let files = Files::new();
    let credit = "t-11,240.00,USD,2026-06-22,Pago 120037,ANA GIL\n";
    let page = files.file("page", "");
    let run = files.rows(ANA, credit, &format!("--html {page}"));
    let reason = "t-11 names it, but in USD";
    assert!(run.stdout.contains(reason), "{}", run.stdout);
    assert!(fs::read_to_string(page).unwrap().contains(reason));
    let report = files.rows(ANA, credit, "--json").json();
    assert_eq!(report["unmatched_payments"], json!(["p-1"]));
    let amount = json!({"amount": "240.00", "currency": "USD"});
    assert_eq!(
        report["other_currency"],
        json!([{"transaction_id": "t-11", "payment_id": "p-1", "amount": amount}])
    );
}

#[test]
fn file_without_one_record_ends_with_8() {
    let files = Files::new();
    let payments = format!("{PAYMENTS}{ANA}");
    let credits = format!("{TRANSACTIONS}t-1,240.00,EUR,2026-06-22,120037,ANA\n");
    for (name, payments, transactions) in [
        ("cut", payments.as_str(), &camt("BOOK")[..200]),
        ("columns", &payments, "a,b\n1,2\n"),
        ("swapped", &credits, &payments),
        ("empty", &payments, ""),
    ] {
        let run = files.run(payments, transactions, "");
        assert_eq!(run.code, 8, "{name}: {}", run.stderr);
        if name != "swapped" {
            assert!(
                run.stderr.contains("the file was left out"),
                "{name}: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn swappable_day_is_told_with_its_cure() {
    let files = Files::new();
    let row = |day: &str| format!("t-{day},240.00,EUR,{day},120037,ANA\n");
    let run = files.rows(ANA, &(row("06/07/2026") + &row("2026-07-01")), "");
    assert!(
        run.stderr
            .contains("line 2: booking_date: day and month could be swapped"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("write it as 2026-06-26"), "{}", run.stderr);
    let told = files.rows(ANA, &row("06/07/2026"), "--day-first --json").json();
    assert_eq!(
        (&told["malformed"], &told["totals"]["confirmed"]),
        (&json!([]), &json!(1))
    );
    let run = files.rows(ANA, &(row("06/07/2026") + &row("26/06/2026")), "--json");
    assert_eq!(run.json()["malformed"], json!([]));
}

#[test]
fn dry_run_on_files_needs_no_credentials() {
    let files = Files::new();
    let log = files.0.path().join("log").display().to_string();
    let credit = "t-1,240.00,EUR,2026-06-22,Pago 120037,ANA GIL\n";
    let run = files.rows(ANA, credit, &format!("--apply --dry-run --journal {log} --json"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.json()["applied"][0]["result"], "would_post");
    assert_eq!(fs::read_to_string(log).unwrap(), "", "a dry run writes nothing");
    let neither = Program::new().words("bank match --payments p.csv");
    assert!(
        neither.stderr.contains("--iban") && neither.stderr.contains("--transactions"),
        "{}",
        neither.stderr
    );
}

#[test]
fn rows_end_with_why_they_are_not_confirmed() {
    let files = Files::new();
    for (kind, text, amount) in [
        ("one wrong character", "Pago 120047", "240.00"),
        ("too little", "Pago 120037", "200.00"),
        ("too much", "Pago 120037", "300.00"),
        ("inside a word", "PAGOX120037Y", "240.00"),
        ("nothing names it", "hola", "240.00"),
    ] {
        let credit = format!("t-1,{amount},EUR,2026-06-22,{text},ANA GIL\n");
        let run = files.rows(ANA, &credit, "--json");
        let reasons = &run.json()["matches"][0]["reasons"];
        let last = reasons.as_array().unwrap().last().unwrap().as_str().unwrap();
        assert!(last.starts_with("not confirmed: "), "{kind}: {reasons}");
        let table = files.rows(ANA, &credit, "").stdout;
        assert!(table.contains("not confirmed: "), "{kind}: {table}");
    }
    let help = Program::new().words("bank match --help").stdout;
    assert!(help.contains("SCORE ranks"), "{help}");
}

#[test]
fn swapped_files_are_told_apart() {
    let files = Files::new();
    let payments = format!("{PAYMENTS}{ANA}");
    let transactions = format!("{TRANSACTIONS}t-1,240.00,EUR,2026-06-22,120037,Ana Gil\n");
    for credits in [transactions.as_str(), &camt("BOOK")] {
        let swapped = files.run(credits, &payments, "--json");
        let error = swapped.error();
        assert_eq!(
            (swapped.code, error["kind"].as_str()),
            (8, Some("files_swapped")),
            "{error}"
        );
        let path = |name: &str| files.0.path().join(name).display().to_string();
        let told = format!(
            "the two files are swapped: {} holds transactions, and {} holds payments",
            path("payments"),
            path("transactions")
        );
        assert_eq!(error["message"], told);
    }
    // What comes by a pipe cannot be read a second time.
    let program = Program::new();
    let payments = files.file("payments", &payments);
    let words = [
        "bank",
        "match",
        "--payments",
        "-",
        "--transactions",
        &payments,
        "--json",
    ];
    let transactions = fs::File::open(files.file("transactions", &transactions)).unwrap();
    let piped = finish(program.command(&words).stdin(transactions));
    let error = piped.error();
    assert_eq!(error["kind"], "files_swapped", "{error}");
    let payments = fs::read_to_string(payments).unwrap();
    // A file of transactions without their days could be read as payments, but the other one holds no transactions.
    let dayless = "id,amount,currency,concept\nt-1,240.00,EUR,120037\n";
    let unread = files.run(&payments, dayless, "");
    assert_eq!(unread.code, 8, "{}", unread.stderr);
    assert!(!unread.stderr.contains("swapped"), "{}", unread.stderr);
}
