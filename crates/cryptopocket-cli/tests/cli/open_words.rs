//! Unknown words: new ones of the provider, and typos.

use crate::program::{Emulator, Program};

const ORDER: &str = "--amount 50 --coin USDC --chain polygon --external-id a-1 --json";
const WALLET: &str = "--wallet 0x52908400098527886E0F7030069857D2E4169EE7";

#[test]
fn unknown_list_status_is_sent_with_warning() {
    let emulator = Emulator::start();
    let run = emulator.program().words("payments list --status strated --json");
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(
        run.stderr,
        "warning: --status: this version does not know strated. Did you mean started? Known are started, \
         pending_bank, payment_received, coins_sent.\n"
    );
    let known = emulator.program().words("payments list --status started --json");
    assert_eq!((known.code, known.stderr.as_str()), (0, ""));
}

#[test]
fn wait_for_unknown_status_is_refused_before_sending() {
    let emulator = Emulator::start();
    let program = emulator.program();
    for (line, nearest) in [
        ("payments watch p1 --until coins_snet", "coins_sent"),
        ("offramp watch o1 --until finisched", "finished"),
    ] {
        let run = program.words(&format!("{line} --max-wait 5s --json"));
        let error = run.error();
        assert_eq!((run.code, error["kind"].as_str()), (2, Some("usage")), "{error}");
        assert!(
            error["message"].as_str().unwrap().starts_with("--until: "),
            "{error}"
        );
        let hint = error["hint"].as_str().unwrap();
        assert!(
            hint.contains(&format!("Did you mean {nearest}?")) && hint.contains("--any-status"),
            "{hint}"
        );
    }
    assert_eq!(emulator.sandbox.calls("authenticate"), 0);

    let user = emulator.verified_customer(&program);
    let created = program.words(&format!(
        "payments create --user {user} {ORDER} {WALLET} --payment-type card"
    ));
    let created = created.json();
    let id = created["payment_id"].as_str().unwrap();
    emulator.sandbox.fail_payment(id).unwrap();
    let run = program.words(&format!(
        "payments watch {id} --until payment_rejected --any-status --max-wait 5s --json"
    ));
    assert_eq!((run.code, &run.json()["status"]), (0, &"payment_rejected".into()));
}

#[test]
fn mistyped_words_warn_and_go_to_the_provider() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    for (line, nearest) in [
        (
            format!("payments create --user {user} {ORDER} {WALLET} --payment-type trasnfer"),
            "transfer",
        ),
        (
            format!("payments guided --user {user} {ORDER} --payment-type psd3"),
            "psd2",
        ),
        (
            "webhooks subscribe --type PAYIN --url https://shop.example/hooks --json".to_owned(),
            "PAY_IN",
        ),
        (
            "webhooks update --type COIN_SENT --url https://shop.example/hooks --json".to_owned(),
            "COINS_SENT",
        ),
        (
            format!("users upload {user} --type paysilp --file https://shop.example/p.pdf --json"),
            "payslip",
        ),
    ] {
        let run = program.words(&line);
        // The refusal of a document names no field, which proves nothing.
        let code = if line.starts_with("users upload") { 6 } else { 4 };
        assert_eq!(run.code, code, "the provider decides: {line}");
        let said = format!("Did you mean {nearest}?");
        assert!(
            run.stderr.starts_with("warning: --") && run.stderr.contains(&said),
            "{line}: {}",
            run.stderr
        );
    }
}

#[test]
fn foreign_payment_method_is_no_typo() {
    let line =
        format!("payments create --user 1 {ORDER} {WALLET} --payment-type SPEI --api-key k --api-secret s");
    let run = Program::new().words(&format!("{line} --base-url http://127.0.0.1:9/api --no-retry"));
    assert_eq!((run.code, run.stderr.as_str()), (5, ""));
}

#[test]
fn unknown_chain_needs_any_chain() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let line = format!(
        "payments create --user {user} --amount 50 --coin USDC --chain tomorrow --wallet w1 --payment-type card --json"
    );
    let refused = program.words(&line);
    assert_eq!((refused.code, emulator.sandbox.calls("create_payment")), (2, 0));
    assert!(
        refused.error()["hint"].as_str().unwrap().contains("--any-chain"),
        "{}",
        refused.stdout
    );
    let sent = program.words(&format!("{line} --any-chain"));
    assert_eq!(
        (sent.code, emulator.sandbox.calls("create_payment")),
        (4, 1),
        "{}",
        sent.stdout
    );
}
