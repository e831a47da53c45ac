//! Each exit code and its failure object.

use std::net::TcpListener;

use cryptopocket_sandbox::Fault;

use crate::program::{Emulator, Program, Run};

const ORDER: &str = "--amount 50 --coin USDC --chain polygon --wallet 0x52908400098527886E0F7030069857D2E4169EE7 \
    --payment-type card --json";

fn fails(run: &Run, code: i32, kind: &str, sent: &str) {
    let error = run.error();
    assert_eq!(
        (run.code, error["kind"].as_str(), error["sent"].as_str()),
        (code, Some(kind), Some(sent)),
        "{error}"
    );
    for field in ["kind", "code", "message", "status", "sent", "request", "hint"] {
        assert!(error.get(field).is_some(), "{field} is missing in {error}");
    }
    assert!(
        error["hint"].as_str().is_some_and(|hint| hint.len() > 10),
        "{error}"
    );
    assert_eq!(run.stderr, "", "with --json, the failure stands on stdout alone");
}

#[test]
fn wrong_usage_is_2_in_both_forms() {
    let program = Program::new();
    for line in [
        "frobnicate --json",
        "--json",
        "payments get --json",
        "price --symbol X --chain y --json=3 --json",
    ] {
        fails(&program.words(line), 2, "usage", "no");
    }
    let run = program.words("payments recove p1");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("'recover'"),
        "the nearest command is named: {}",
        run.stderr
    );
    let hint = program.words("payments recove p1 --json").error()["hint"].clone();
    assert!(hint.as_str().unwrap().contains("recover"), "{hint}");
}

#[test]
fn base_url_without_login_is_3() {
    let emulator = Emulator::start();
    let elsewhere = emulator.sandbox.base_url().replace("/api", "/elsewhere");
    let run = emulator
        .program()
        .words(&format!("assets --json --base-url {elsewhere}"));
    fails(&run, 3, "unexpected_reply", "no");
}

#[test]
fn negative_amount_is_not_read_as_flag() {
    let order = ORDER.replace("--amount 50", "--amount -3");
    let run = Emulator::start()
        .program()
        .words(&format!("payments create --user 1 {order}"));
    fails(&run, 2, "invalid_input", "no");
}

#[test]
fn refused_input_is_2_and_nothing_is_sent() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let order = format!(
        "payments create --user 1 {}",
        ORDER.replace("--amount 50", "--amount -3")
    );
    fails(
        &program.words(&order.replace("--amount -3", "--amount=-3")),
        2,
        "invalid_input",
        "no",
    );
    fails(
        &program.words("users upload 1 --type payslip --file nowhere.pdf --json"),
        2,
        "invalid_input",
        "no",
    );
    fails(
        &program.words("users create-verified --file nowhere.json --json"),
        2,
        "invalid_input",
        "no",
    );
    let sale = "offramp create --user 1 --amount 1 --symbol DAI --chain polygon --iban ES0000 --json";
    fails(&program.words(sale), 2, "invalid_input", "no");
    assert_eq!(emulator.sandbox.calls("authenticate"), 0);
}

#[test]
fn cure_for_refused_input_names_no_method() {
    let emulator = Emulator::start();
    let program = emulator.program();
    program.file("big.pdf", &vec![b' '; 11 * 1024 * 1024]);
    program.file("what.bin", b"?");
    let order = ORDER.replace("--payment-type card", "--payment-type=");
    for (line, cure) in [
        (
            "bank transactions ES?? --json".to_owned(),
            "integration's accounts.",
        ),
        (
            "users upload 1 --type other --file big.pdf --json".to_owned(),
            "the limit is this SDK's own.",
        ),
        (
            "users upload 1 --type other --file what.bin --json".to_owned(),
            "Convert it to one of these.",
        ),
        (
            format!("payments create --user 1 {order}"),
            "that the provider lists.",
        ),
        (
            "assets --base-url http://api.example/api --json".to_owned(),
            "set CRYPTOPOCKET_ALLOW_HTTP=1.",
        ),
    ] {
        let run = program.words(&line);
        let hint = run.error()["hint"].clone();
        let hint = hint.as_str().unwrap();
        assert!(hint.ends_with(cure) && !hint.contains("::"), "{line}: {hint}");
    }
}

#[test]
fn missing_chain_is_refused_where_needed() {
    let program = Emulator::start().program();
    let run = program.words(&format!(
        "payments create --user 1 {}",
        ORDER.replace("--chain polygon", "")
    ));
    fails(&run, 2, "usage", "no");
    assert!(run.error()["message"].as_str().unwrap().contains("--chain"));
}

#[test]
fn configuration_and_credentials_are_3() {
    let emulator = Emulator::start();
    fails(&Program::new().words("assets --json"), 3, "configuration", "no");
    let wrong = emulator.program().with("CRYPTOPOCKET_API_SECRET", "wrong");
    fails(&wrong.words("assets --json"), 3, "authorization", "no");
    let foreign = emulator
        .program()
        .with("CRYPTOPOCKET_BASE_URL", "http://api.example/api");
    fails(&foreign.words("assets --json"), 3, "configuration", "no");
    emulator.sandbox.whitelist(false);
    let run = emulator.program().words("assets --json");
    fails(&run, 3, "authorization", "yes");
    assert_eq!(run.error()["code"], "authorization_incorrect");
}

#[test]
fn refusal_is_4_with_code_and_link() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let created = program
        .words("users create --name Ana --email ana@example.com --json")
        .json();
    let user = created["id"].as_str().unwrap();
    let run = program.words(&format!("payments create --user {user} {ORDER}"));
    fails(&run, 4, "refused", "yes");
    let error = run.error();
    assert_eq!(
        (&error["code"], &error["status"], &error["request"]),
        (&"require_kyc".into(), &200.into(), &"createPayment".into())
    );
    assert_eq!(error["verification_url"], created["kyc_form_url"]);

    emulator.sandbox.approve_kyc(user.parse().unwrap()).unwrap();
    let run = program.words(&format!(
        "payments create --user {user} {}",
        ORDER.replace("--amount 50", "--amount 5")
    ));
    fails(&run, 4, "refused", "yes");
    assert_eq!(run.error()["code"], "min_purchase");
    assert!(
        run.error()["provider_message"].as_str().unwrap().contains("10"),
        "the minimum is told: {}",
        run.stdout
    );

    let run = program.words("users find --email nobody@example.com --json");
    fails(&run, 4, "refused", "yes");
    assert_eq!(run.error()["code"], "user_not_found");
}

#[test]
fn refused_fields_are_named() {
    let emulator = Emulator::start();
    let quote = "quote buy --amount 100 --symbol USDC --payment-type nonsense";
    let run = emulator.program().words(&format!("{quote} --json"));
    fails(&run, 4, "validation", "yes");
    let error = run.error();
    assert_eq!(error["status"], 422);
    assert!(error["fields"]["payment_type"][0].is_string(), "{error}");
    let people = emulator.program().words(quote);
    assert!(people.stderr.contains("\n  payment_type: "), "{}", people.stderr);
}

#[test]
fn plain_http_needs_permission() {
    let emulator = Emulator::start();
    let elsewhere = emulator.sandbox.base_url().replace("127.0.0.1", "0.0.0.0");
    let program = || emulator.program().with("CRYPTOPOCKET_BASE_URL", &elsewhere);
    fails(&program().words("assets --json"), 3, "configuration", "no");
    assert_eq!(
        program()
            .with("CRYPTOPOCKET_ALLOW_HTTP", "1")
            .words("assets --json")
            .code,
        0
    );
}

#[test]
fn no_connection_is_5() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = Program::new()
        .with("CRYPTOPOCKET_BASE_URL", &format!("http://{closed}/api"))
        .with("CRYPTOPOCKET_API_KEY", "k")
        .with("CRYPTOPOCKET_API_SECRET", "s");
    fails(
        &program.words("payments list --no-retry --json"),
        5,
        "not_sent",
        "no",
    );
}

#[test]
fn lost_answer_is_6_and_names_recovery() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let create = format!("payments create --user {user} --external-id lost-1 {ORDER}");
    emulator.sandbox.fail_next("create_payment", Fault::DropAfter);
    let run = program.words(&create);
    fails(&run, 6, "interrupted", "maybe");
    assert!(
        run.error()["hint"].as_str().unwrap().contains("payments recover"),
        "{}",
        run.stdout
    );
    assert_eq!(
        emulator.sandbox.calls("create_payment"),
        1,
        "it was not sent again"
    );
    let error = run.error();
    let lost_at = error["lost_at"].as_str().unwrap();
    let found = program
        .words(&format!(
            "payments recover --external-id lost-1 --lost-at {lost_at} --json"
        ))
        .json();
    assert_eq!(found["found"], 1);

    emulator
        .sandbox
        .fail_next("create_payment", Fault::ErrorAfter(500));
    let run = program.words(&create.replace("lost-1", "lost-2"));
    fails(&run, 6, "server_error", "yes");
    assert_eq!(emulator.sandbox.payments_created(), 2);
}

#[test]
fn payment_without_reference_is_noted() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = "--amount 50 --coin USDC --chain polygon";
    let create = format!("payments create --user {user} {ORDER}");
    let guided = format!("payments guided --user {user} {order} --json");
    for line in [&create, &guided] {
        let run = program.words(line);
        assert_eq!(run.code, 0, "{}", run.stdout);
        assert!(
            run.json()["payment_id"].is_string(),
            "stdout has the result alone"
        );
        for word in ["note: ", "`payments recover`", "--external-id"] {
            assert!(run.stderr.contains(word), "{word} is missing in {}", run.stderr);
        }
        let named = program.words(&format!("{line} --external-id named"));
        assert_eq!((named.code, named.stderr.as_str()), (0, ""), "{line}");
    }
    for (operation, line) in [("create_payment", &create), ("create_guided_payment", &guided)] {
        emulator.sandbox.fail_next(operation, Fault::DropAfter);
        let run = program.words(line);
        fails(&run, 6, "interrupted", "maybe");
        let hint = run.error()["hint"].clone();
        let hint = hint.as_str().unwrap();
        assert!(
            hint.contains("cannot find it") && hint.contains("`payments list`"),
            "{hint}"
        );
    }
}

#[test]
fn late_answer_is_6_even_for_reads() {
    let emulator = Emulator::start();
    emulator.sandbox.fail_times(
        "list_available_assets",
        Fault::Slow(std::time::Duration::from_secs(5)),
        9,
    );
    let run = emulator
        .program()
        .words("assets --timeout 200ms --no-retry --json");
    fails(&run, 6, "timeout", "maybe");
    emulator.sandbox.fail_times("get_token_price", Fault::Html, 9);
    let run = emulator
        .program()
        .words("price --symbol USDC --chain polygon --no-retry --json");
    fails(&run, 6, "unexpected_reply", "yes");
}

#[test]
fn wait_timeout_is_7_after_seen_states() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let created = program
        .words(&format!("payments create --user {user} {ORDER}"))
        .json();
    let id = created["payment_id"].as_str().unwrap();
    let run = program.words(&format!(
        "payments watch {id} --max-wait 50ms --every 20ms --json"
    ));
    let lines = run.lines();
    assert_eq!((run.code, lines.len()), (7, 2), "{}", run.stdout);
    assert_eq!(
        (&lines[0]["status"], &lines[1]["error"]["kind"]),
        (&"started".into(), &"wait_timeout".into())
    );
    let error = &lines[1]["error"];
    assert_eq!(
        (&error["sent"], &error["request"], &error["last_state"]),
        (&"yes".into(), &"getPayment".into(), &"started".into())
    );
    assert!(error["polls"].as_u64().is_some_and(|polls| polls > 0), "{error}");
    let kyc = program
        .words("users create --name Eva --email eva@example.com --json")
        .json();
    let id_of_eva = kyc["id"].as_str().unwrap();
    let run = program.words(&format!(
        "users kyc {id_of_eva} --wait --max-wait 50ms --every 20ms --json"
    ));
    assert_eq!(
        (run.code, &run.error()["sent"], &run.error()["request"]),
        (7, &"yes".into(), &"checkKyc".into())
    );
    let enough = program.words(&format!(
        "payments watch {id} --until started --max-wait 5s --json"
    ));
    assert_eq!((enough.code, enough.lines().len()), (0, 1));
    emulator.sandbox.fail_payment(id).unwrap();
    let run = program.words(&format!(
        "payments watch {id} --max-wait 50ms --every 20ms --json"
    ));
    let error = run.lines().pop().unwrap()["error"].clone();
    assert_eq!((run.code, &error["last_state"]), (7, &"payment_rejected".into()));
    let (message, hint) = (
        error["message"].as_str().unwrap(),
        error["hint"].as_str().unwrap(),
    );
    assert!(
        message.contains("does not know") && hint.contains("may be a failure"),
        "{error}"
    );
    assert!(!hint.contains("Nothing is lost"), "{hint}");
}

#[test]
fn failure_is_on_stderr_without_json() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let created = program
        .words("users create --name Ana --email ana@example.com --json")
        .json();
    let user = created["id"].as_str().unwrap();
    let run = program.words(&format!(
        "payments create --user {user} {}",
        ORDER.replace(" --json", "")
    ));
    assert_eq!((run.code, run.stdout.as_str()), (4, ""));
    assert!(
        run.stderr.starts_with("error: create_payment: "),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains(created["kyc_form_url"].as_str().unwrap()),
        "the link is shown: {}",
        run.stderr
    );
    assert!(!run.stderr.contains('\u{1b}'), "no colours outside of a terminal");
}
