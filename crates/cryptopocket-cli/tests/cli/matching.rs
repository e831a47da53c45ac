//! `bank match` on files.

use std::fs;
use std::path::Path;

use cryptopocket_sandbox::BankCredit;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Emulator, Program};

const PAYMENTS: &str = r#"[
{"id":"p-1","status":"pending_bank","fiat":{"amount":"150.50","currency":"EUR"},"created_at":"2026-06-20T10:00:00Z","concept":120037,"payer_name":"Ana García López"},
{"id":"p-2","status":"started","fiat":{"amount":"100.00","currency":"EUR"},"created_at":"2026-06-20T10:00:00Z","concept":483920,"payer_name":"Luis Ruiz Mora"},
{"id":"p-3","status":"started","fiat":{"amount":"100.00","currency":"EUR"},"created_at":"2026-06-20T10:00:00Z","concept":583921,"payer_name":"Luis Ruiz Mora"},
{"id":"p-4","status":"started","fiat":{"amount":"70.00","currency":"EUR"},"created_at":"2026-06-20T10:00:00Z","concept":683922},
{"id":"p-5","status":"coins_sent","fiat":{"amount":"10.00","currency":"EUR"},"created_at":"2026-06-20T10:00:00Z","concept":783923},
{"id":"p-6","fiat":{"amount":"x","currency":"EUR"}}
]"#;

const TRANSACTIONS: &str = "id;amount;currency;booking_date;concept;counterparty_name
t-1;150,50;EUR;2026-06-22;PAGO REF120037;GARCIA LOPEZ ANA
t-2;100,00;EUR;2026-06-22;pago;RUIZ MORA LUIS
t-3;60,00;EUR;2026-06-23;683922;PEPE
t-4;33,00;EUR;2026-06-23;nomina;PEPE
t-5;10,00;EUR;2026-06-23;783923;PEPE
t-6;1,234;EUR;2026-06-23;nomina;PEPE
";

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("payments.json"), PAYMENTS).unwrap();
        fs::write(folder.path().join("transactions.csv"), TRANSACTIONS).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn command(&self, more: &str) -> String {
        let (payments, transactions) = (self.path("payments.json"), self.path("transactions.csv"));
        format!("bank match --payments {payments} --transactions {transactions} {more}")
    }
}

#[test]
fn every_payment_and_credit_is_accounted_for() {
    let files = Files::new();
    let run = Program::new().words(&files.command("--json"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report = run.json();
    let of = |field: &str, inner: &str| -> Vec<Value> {
        report[field]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item[inner].clone())
            .collect()
    };
    assert_eq!(of("matches", "payment_id"), ["p-1", "p-4"]);
    assert_eq!(of("matches", "class"), ["confirmed", "suggested"]);
    assert_eq!(of("matches", "outcome"), ["confirmed", "partial"]);
    assert_eq!(report["matches"][0]["transaction_ids"], json!(["t-1"]));
    assert_eq!(report["matches"][0]["score"].to_string(), "1.0");
    let reasons = "concept 120037 stands as a whole word in the remittance text";
    assert_eq!(report["matches"][0]["reasons"][0], reasons);
    assert_eq!(of("ambiguous", "payment_id"), ["p-2", "p-3"]);
    assert_eq!(report["ambiguous"][0]["candidates"][0]["transaction_id"], "t-2");
    assert_eq!(report["unmatched_payments"], json!([]));
    assert_eq!(report["unmatched_transactions"], json!(["t-4", "t-5"]));
    assert_eq!(
        report["late"][0],
        json!({"transaction_id": "t-5", "payment_id": "p-5"})
    );
    assert_eq!(of("malformed", "line"), [7, 7]);
    assert_eq!(
        report["totals"]["unexplained"],
        json!({"amount": "43.00", "currency": "EUR"})
    );
    assert_eq!(report["totals"]["confirmed"], 1);
}

#[test]
fn table_shows_reasons_and_left_out_rows() {
    let files = Files::new();
    let run = Program::new().words(&files.command("--explain"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    for shown in [
        "p-1",
        "confirmed",
        "amount equal; name MTCH",
        "no payment for transaction t-4",
        "late: transaction t-5",
    ] {
        assert!(
            run.stdout.contains(shown),
            "{shown} is missing in\n{}",
            run.stdout
        );
    }
    assert!(run.stderr.contains("line 7: amount:"), "{}", run.stderr);
}

#[test]
fn page_for_a_clerk_is_written_for_its_owner_alone() {
    let files = Files::new();
    let page = files.path("page.html");
    assert_eq!(
        Program::new()
            .words(&files.command(&format!("--html {page}")))
            .code,
        0
    );
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("Ana García López") && html.contains("PAGO REF120037"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(Path::new(&page)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

#[test]
fn policy_file_changes_the_rules_and_is_checked() {
    let files = Files::new();
    let policy = files.path("policy.json");
    fs::write(&policy, r#"{"confirm":{"concept":false}}"#).unwrap();
    let run = Program::new().words(&files.command(&format!("--json --policy {policy}")));
    assert_eq!(run.json()["totals"]["confirmed"], 0);
    fs::write(&policy, r#"{"days_afer":1}"#).unwrap();
    let refused = Program::new().words(&files.command(&format!("--policy {policy}")));
    assert!(
        refused.stderr.contains("Did you mean days_after?"),
        "{}",
        refused.stderr
    );
    for wrong in [r#"{"days_afer":1}"#, r#"{"limits":{"pairs":0}}"#] {
        fs::write(&policy, wrong).unwrap();
        assert_eq!(
            Program::new()
                .words(&files.command(&format!("--json --policy {policy}")))
                .code,
            2,
            "{wrong}"
        );
    }
}

#[test]
fn policy_of_another_form_is_no_default() {
    let files = Files::new();
    let policy = files.path("policy.json");
    for (wrong, told) in [
        ("[]", "expected a JSON object with the fields of the policy"),
        ("null", "expected a JSON object"),
        ("\"\"", "expected a JSON object"),
        ("", "EOF"),
        ("{} {}", "trailing characters"),
        (r#"{"confirm":[]}"#, "confirm: invalid type: sequence"),
        (r#"{"limits":null}"#, "limits: invalid type: null"),
        (r#"{"days_after":"10"}"#, "days_after: invalid type: string"),
        (
            r#"{"limits":{"pairs":"64"}}"#,
            "limits.pairs: invalid type: string",
        ),
        (r#"{"days_after":70000}"#, "days_after: invalid value"),
    ] {
        fs::write(&policy, wrong).unwrap();
        let refused = Program::new().words(&files.command(&format!("--policy {policy}")));
        assert_eq!(refused.code, 2, "{wrong}: {}", refused.stdout);
        assert!(refused.stderr.contains(told), "{wrong}: {}", refused.stderr);
        assert!(
            refused.stderr.contains("Give a JSON object"),
            "{wrong}: {}",
            refused.stderr
        );
    }
}

#[test]
fn files_or_an_account_are_needed() {
    for words in [
        "bank match",
        "bank match --payments p.json",
        "bank match --transactions /nowhere --payments /nowhere",
    ] {
        assert_eq!(Program::new().words(words).code, 2, "{words}");
    }
}

/// A transfer of 240 EUR: its id, the account to pay into, and the concept to write.
fn transfer(program: &Program, user: &str) -> (String, String, String) {
    let created = program
        .words(&format!(
            "payments create --user {user} --amount 240 --coin USDC --chain polygon --payment-type transfer --wallet \
             0x52908400098527886E0F7030069857D2E4169EE7 --json"
        ))
        .json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let next = &created["next"];
    (
        text(&created["payment_id"]),
        text(&next["iban"]),
        text(&next["concept"]),
    )
}

#[test]
fn confirmed_matches_are_posted_once_and_journalled() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let (paid, iban, concept) = transfer(&program, &user);
    let (short, _, other) = transfer(&program, &user);
    let pay = |euros: u8, text: &str| {
        let credit = BankCredit::new(euros.into()).concept(text).payer("Ana", None);
        emulator.sandbox.credit_bank(credit).unwrap()
    };
    let credit = pay(240, &format!("Pago {concept}"));
    pay(239, &other);
    let files = Files::new();
    let (payments, journal) = (files.path("p.json"), files.path("journal"));
    let lines = format!(
        "{{\"id\":\"{paid}\",\"amount\":\"240 EUR\",\"concept\":{concept}}}\n{{\"id\":\"{short}\",\"amount\":\"240 EUR\",\"concept\":{other}}}\n"
    );
    fs::write(&payments, lines).unwrap();
    let command = format!("bank match --iban {iban} --payments {payments} --journal {journal} --json");
    let calls = || emulator.sandbox.calls("reconcile_payment");

    let dry = program.words(&format!("{command} --apply --dry-run"));
    assert_eq!(
        (dry.code, &dry.json()["applied"][0]["result"], calls()),
        (0, &"would_post".into(), 0)
    );
    let run = program.words(&format!("{command} --apply"));
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let expected = json!([{"payment_id": paid, "transaction_id": credit, "iban": iban, "result": "posted"}]);
    assert_eq!((&run.json()["applied"], calls()), (&expected, 1));
    let again = program.words(&format!("{command} --apply"));
    assert_eq!(
        (again.code, &again.json()["applied"], calls()),
        (0, &json!([]), 1)
    );
    let state = program.words(&format!("payments get {paid} --json")).json();
    assert_ne!(state["status"], "started");
    assert_eq!(
        program
            .words(&format!("bank journal {journal} verify --json"))
            .json()["entries"],
        4,
        "two decisions, a posting and its result"
    );
}

#[test]
fn accepted_suggestion_is_posted_and_contested_payment_is_not() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let (suggested, iban, _) = transfer(&program, &user);
    let credit = BankCredit::new(240_u8.into())
        .concept("cripto")
        .payer("Ana", None);
    let credit = emulator.sandbox.credit_bank(credit).unwrap();
    let files = Files::new();
    let (payments, journal) = (files.path("p.json"), files.path("journal"));
    let line = format!("{{\"id\":\"{suggested}\",\"amount\":\"240 EUR\",\"payer_name\":\"Ana\"}}");
    fs::write(&payments, line).unwrap();
    let command = format!("bank match --iban {iban} --payments {payments} --journal {journal} --json");
    let journal = |words: &str| program.words(&format!("bank journal {journal} {words} --json"));
    assert_eq!(
        program.words(&command).json()["matches"][0]["outcome"],
        "suggested"
    );

    let ruling = format!("--payment {suggested} --reason checked --by ana");
    let contested = journal(&format!("contest {ruling}"));
    assert_eq!(
        contested.json()["remains_at_provider"],
        false,
        "{}",
        contested.stderr
    );
    assert_eq!(
        program.words(&format!("{command} --apply")).json()["applied"],
        json!([])
    );
    let accepted = journal(&format!("accept {ruling} --transaction {credit} --iban {iban}"));
    assert_eq!(accepted.json()["to_be_posted"], true);
    let run = program.words(&format!("{command} --apply"));
    assert_eq!(run.json()["applied"][0]["result"], "posted", "{}", run.stdout);
    assert_eq!(emulator.sandbox.calls("reconcile_payment"), 1);
    let revoked = journal(&format!("revoke {ruling}"));
    assert_eq!(revoked.json()["remains_at_provider"], true);
    let shown = journal(&format!("show --payment {suggested}")).stdout;
    let events: Vec<Value> = shown
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<_> = events
        .iter()
        .map(|entry| entry["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["decided", "contested", "accepted", "posting", "posted", "revoked"]
    );
    assert_eq!(
        (&events[0]["by"], &events[1]["by"]),
        (&"bank match".into(), &"ana".into())
    );
    assert_eq!(journal("revoke --payment unknown --reason r --by ana").code, 2);
}

#[test]
fn decisions_of_people_stand_until_they_are_revoked() {
    let files = Files::new();
    let journal = files.path("journal");
    let program = Program::new();
    let decide = |words: &str| {
        let run = program.words(&format!(
            "bank journal {journal} {words} --reason checked --by ana --json"
        ));
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.json()
    };
    let totals = || {
        let command = files.command(&format!("--json --journal {journal}"));
        program.words(&command).json()["totals"].clone()
    };
    assert_eq!(totals()["ambiguous"], 2);
    decide("accept --payment p-2 --transaction t-2");
    assert_eq!(
        (&totals()["settled"], &totals()["ambiguous"]),
        (&1.into(), &0.into())
    );
    let revoked = decide("revoke --payment p-2");
    assert_eq!(revoked["remains_at_provider"], false);
    assert_eq!(totals()["ambiguous"], 2);
    decide("reject --payment p-2 --transaction t-2");
    assert_eq!(
        (&totals()["suggested"], &totals()["none"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn changed_journal_is_refused_with_8() {
    let files = Files::new();
    let journal = files.path("journal");
    let program = Program::new();
    program.words(&files.command(&format!("--journal {journal}")));
    let reject = "reject --payment p-1 --transaction t-1 --reason r --by ana --json";
    let head = program.words(&format!("bank journal {journal} {reject}")).json()["head"].clone();
    let head = head.as_str().unwrap();
    program.words(&format!("bank journal {journal} {reject}"));
    assert_eq!(program.words(&format!("bank journal {journal} verify")).code, 0);
    assert_eq!(
        program
            .words(&format!("bank journal {journal} verify --head {head}"))
            .code,
        8
    );
    let changed = fs::read_to_string(&journal).unwrap().replace("t-1", "t-2");
    fs::write(&journal, changed).unwrap();
    assert_eq!(program.words(&format!("bank journal {journal} verify")).code, 8);
    assert_eq!(
        program
            .words(&files.command(&format!("--journal {journal}")))
            .code,
        8
    );
}

#[test]
fn file_that_is_no_journal_is_named_so() {
    let files = Files::new();
    let program = Program::new();
    for content in [
        "id,concept\np-1,120037\n",
        "nothing of the kind",
        "{\"hash\":\"1\"}\n",
    ] {
        fs::write(files.path("journal"), content).unwrap();
        let path = files.path("journal");
        for words in [
            "verify",
            "show",
            "reject --payment p-1 --transaction t-1 --reason r --by ana",
        ] {
            let run = program.words(&format!("bank journal {path} {words} --json"));
            let message = run.error()["message"].to_string();
            assert!(message.contains("is no audit log: its first line"), "{message}");
            assert_eq!(run.code, 8, "{message}");
        }
        assert_eq!(fs::read_to_string(path).unwrap(), content);
    }
}

#[test]
fn balances_must_add_up() {
    let files = Files::new();
    let balances = |closing: &str| {
        let words = files.command("--json");
        let mut arguments: Vec<&str> = words.split_whitespace().collect();
        arguments.extend(["--opening", "100.00 EUR", "--closing", closing]);
        Program::new().run(&arguments).code
    };
    // 150.50 + 100 + 60 + 33 + 10: the last row is left out.
    assert_eq!((balances("453.50 EUR"), balances("453.49 EUR")), (0, 8));
}

#[test]
fn bank_statement_is_read_as_it_comes() {
    let files = Files::new();
    let statement = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>S</Id><Ntry>\
        <Amt Ccy=\"EUR\">150.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-22</Dt></BookgDt>\
        <NtryDtls><TxDtls><RmtInf><Ustrd>120037</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";
    fs::write(files.0.path().join("transactions.csv"), statement).unwrap();
    let report = Program::new().words(&files.command("--json")).json();
    assert_eq!(report["matches"][0]["class"], "confirmed");
    let balance = |code: &str, amount: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
        )
    };
    for (closing, code, difference) in [("150.50", 0, "0.00"), ("151.00", 8, "-0.50")] {
        let balances = balance("OPBD", "0") + &balance("CLBD", closing);
        let told = statement.replace("<Id>S</Id>", &format!("<Id>S</Id>{balances}"));
        fs::write(files.0.path().join("transactions.csv"), told).unwrap();
        let run = Program::new().words(&files.command("--json"));
        assert_eq!(run.code, code, "{}", run.stderr);
        let report: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
        assert_eq!(report["statements"][0]["difference"]["amount"], difference);
    }
}
