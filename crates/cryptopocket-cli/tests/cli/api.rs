//! `api`: calls of any path.

use cryptopocket_sandbox::Fault;

use crate::program::Emulator;

#[test]
fn reply_is_printed_as_it_came() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let run = program.words("api get /tokenPrice -f symbol=USDC -f chain=polygon --idempotent --json");
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.json()["data"].is_object(), "{}", run.stdout);
    let plain = program.words("api GET /tokenPrice -f symbol=USDC -f chain=polygon");
    assert_eq!((plain.code, plain.stdout), (0, run.stdout));
}

#[test]
fn fields_keep_their_digits() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = format!(
        "-F user_id={user} -F fiat_amount=150.10 -f fiat_symbol=EUR -f coin_symbol=USDC -f coin_chain=polygon -f \
         payment_type=card -f wallet=0x52908400098527886E0F7030069857D2E4169EE7"
    );
    let run = program.words(&format!("api POST /createPayment {order} --json"));
    assert_eq!(run.code, 0, "{}", run.stdout);
    let id = run.json()["data"]["payment_id"].as_str().unwrap().to_owned();
    let payment = program.words(&format!("payments get {id} --json")).json();
    assert_eq!(payment["fiat"]["amount"], "150.10");
    let body = format!(
        r#"{{"user_id":{user},"fiat_amount":150.10,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_chain":"polygon",
        "payment_type":"card","wallet":"0x52908400098527886E0F7030069857D2E4169EE7"}}"#
    );
    let file = program.file("order.json", body.as_bytes());
    let run = program.words(&format!("api POST /createPayment --input {file} --json"));
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(emulator.sandbox.payments_created(), 2);
}

#[test]
fn form_is_sent_on_request() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let call = "api POST /subscribeToWebhook -f type=PAY_IN -f url=https://shop.example/hooks --json";
    let run = program.words(&format!("{call} --form"));
    assert_eq!(run.json()["data"], "subscription_created");
    assert_eq!(program.words(call).code, 4);
}

#[test]
fn pages_are_fetched_until_the_end() {
    let emulator = Emulator::start();
    let program = emulator.program();
    for number in 1..=5 {
        let line = format!("users create --name Ana --email ana{number}@example.com --json");
        assert_eq!(program.words(&line).code, 0);
    }
    let run = program.words("api GET /customers/list -F per_page=2 --paginate --idempotent --json");
    let pages = run.lines();
    assert_eq!((run.code, pages.len()), (0, 3), "{}", run.stdout);
    let items = pages.iter().flat_map(|page| page["data"].as_array().unwrap());
    assert_eq!(items.count(), 5);
}

#[test]
fn failures_have_the_exit_codes_of_other_commands() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let code = |line: &str| program.words(&format!("{line} --no-retry --json")).code;
    assert_eq!(code("api GET /payments?page=2"), 2);
    assert_eq!(code("api GET /../payments"), 2);
    assert_eq!(code("api POST /payments --paginate"), 2);
    assert_eq!(code("api POST /payments -f novalue"), 2);
    assert_eq!(code("api POST /payments -F amount=abc"), 2);
    emulator
        .sandbox
        .fail_next("list_payments", Fault::ErrorAfter(500));
    assert_eq!(code("api GET /payments"), 6, "unsafe unless said otherwise");
    emulator
        .sandbox
        .fail_next("list_payments", Fault::ErrorAfter(500));
    assert_eq!(program.words("api GET /payments --idempotent --json").code, 0);
}
