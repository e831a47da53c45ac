//! Output for people, logs, and closed pipes.

use std::process::Stdio;

use crate::program::{Emulator, Program, finish};

#[test]
fn lists_are_tables_and_objects_are_lines() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = "--amount 50 --coin USDC --chain polygon --wallet 0x52908400098527886E0F7030069857D2E4169EE7";
    let created = program.words(&format!(
        "payments create --user {user} {order} --payment-type transfer"
    ));
    for text in ["concept", "IBAN", "keep it"] {
        assert!(
            created.stdout.contains(text),
            "{text} is missing in\n{}",
            created.stdout
        );
    }
    let list = program.words("payments list");
    let mut lines = list.stdout.lines();
    assert!(lines.next().unwrap().starts_with("PAYMENT "), "{}", list.stdout);
    assert!(lines.next().unwrap().contains("50.00 EUR"), "{}", list.stdout);
    assert_eq!(program.words("offramp list").stdout, "(none)\n");
    assert!(
        !list.stdout.contains('\u{1b}'),
        "no colours outside of a terminal"
    );
}

#[test]
fn watch_prints_each_state_in_one_line() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = "--amount 50 --coin USDC --chain polygon --wallet 0x52908400098527886E0F7030069857D2E4169EE7";
    let created = program.words(&format!(
        "payments create --user {user} {order} --payment-type card --json"
    ));
    let id = created.json()["payment_id"].as_str().unwrap().to_owned();
    let shown = program
        .words(&format!("payments watch {id} --until started"))
        .stdout;
    assert!(shown.starts_with("started  50.00 EUR → "), "{shown}");
    assert!(shown.ends_with(" USDC\n"), "{shown}");
}

#[test]
fn order_is_printed_beside_bank_details() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let order = format!("--user {user} --amount 50 --coin USDC --chain polygon");
    let value = |run: &str, name: &str| {
        run.lines()
            .find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
            .unwrap_or_else(|| panic!("{name} is missing in\n{run}"))
    };
    let created = program.words(&format!(
        "payments create {order} --wallet {wallet} --payment-type transfer"
    ));
    assert_eq!(value(&created.stdout, "pays "), "50.00 EUR");
    assert_eq!(value(&created.stdout, "buys "), "USDC on polygon");
    assert_eq!(value(&created.stdout, "wallet "), wallet);
    let guided = program.words(&format!("payments guided {order}"));
    assert_eq!(value(&guided.stdout, "pays "), "50.00 EUR");
    assert_eq!(value(&guided.stdout, "buys "), "USDC on polygon");
    assert!(value(&guided.stdout, "wallet ").contains("on the page"));
}

#[test]
fn closed_pipe_is_no_failure() {
    let program = Program::new();
    let mut command = program.command(&["help-tree"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(status.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&status.stderr), "");
}

#[test]
fn logs_go_to_stderr_on_request() {
    let emulator = Emulator::start();
    let quiet = emulator.program().words("assets --json");
    assert_eq!(quiet.stderr, "");
    let told = emulator.program().words("assets --json -v");
    assert!(told.stderr.contains("DEBUG"), "{}", told.stderr);
    assert_eq!(told.stdout, quiet.stdout);
    let wrong = finish(
        emulator
            .program()
            .command(&["assets", "--json"])
            .env("RUST_LOG", "nonsense=loud"),
    );
    assert_eq!(wrong.code, 3);
}

#[test]
fn empty_list_says_which_days_were_asked_for() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let iban = program.words("bank accounts --json").json()[0]["iban"]
        .as_str()
        .unwrap()
        .to_owned();
    let transactions = format!("bank transactions {iban}");
    for (line, shown) in [
        (
            format!("{transactions} --from 2031-01-01 --to 2031-01-31"),
            "(none from 2031-01-01 to 2031-01-31)",
        ),
        (format!("{transactions} --to 2001-01-31"), "(none to 2001-01-31)"),
        (
            "payments list --from 2031-01-01".to_owned(),
            "(none from 2031-01-01)",
        ),
        (transactions.clone(), "(none)"),
    ] {
        assert_eq!(program.words(&line).stdout, format!("{shown}\n"), "{line}");
        assert_eq!(program.words(&format!("{line} --json")).stdout, "", "{line}");
    }
}
