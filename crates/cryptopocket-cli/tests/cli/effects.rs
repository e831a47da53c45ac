//! What was done is told when its result cannot be printed.

use std::io::PipeWriter;
use std::process::Stdio;

use cryptopocket_sandbox::BankCredit;

use crate::program::{Emulator, Program};

const WALLET: &str = "--wallet 0x52908400098527886E0F7030069857D2E4169EE7";

/// Runs a line with this stdout. Returns the exit code and stderr.
fn into(program: &Program, line: &str, stdout: Stdio) -> (i32, String) {
    let line = line.split_whitespace().collect::<Vec<_>>();
    let mut command = program.command(&line);
    let child = command.stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), stderr)
}

/// A pipe that nobody reads.
fn closed() -> PipeWriter {
    std::io::pipe().unwrap().1
}

/// A new payment, and the credit that pays it.
fn pair(emulator: &Emulator, program: &Program, order: &str) -> (String, String) {
    let created = program.words(&format!("payments create {order} --json")).json();
    let concept = created["next"]["concept"].as_str().unwrap();
    let credit = BankCredit::new(240_u8.into()).concept(concept);
    let transaction = emulator.sandbox.credit_bank(credit).unwrap();
    (created["payment_id"].as_str().unwrap().to_owned(), transaction)
}

#[test]
fn every_effect_is_told_when_stdout_is_closed() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = format!("--user {user} --amount 240 --coin USDC --chain polygon");
    let wallet = format!("{WALLET} --payment-type transfer");
    let pairs = [(); 2].map(|()| pair(&emulator, &program, &format!("{order} {wallet}")));
    let picture = program.file("f.jpg", b"\xff\xd8\xff\xe0 picture");
    let payments = "id,concept,amount,currency,created_at\np-1,120037,10.00,EUR,2026-06-20\n";
    program.file("payments.csv", payments.as_bytes());
    let credits = "id,amount,currency,booking_date,concept\nt-1,10.00,EUR,2026-06-22,120037\n";
    program.file("credits.csv", credits.as_bytes());
    let matched =
        program.words("bank match --payments payments.csv --transactions credits.csv --journal log");
    assert_eq!(matched.code, 0, "{}", matched.stderr);
    let ruling = "--payment p-1 --reason why --by Eva";
    let rounds = [
        ("", "COINS_SENT", "PAY_IN"),
        (" --json", "CRYPTO_RECEIVED", "TRANSFER_RAMPOFF_FINISHED"),
    ];
    for ((form, event, called), (payment, transaction)) in rounds.into_iter().zip(pairs) {
        let mail = format!("{payment}@example.com");
        let kyc = format!(
            r#"{{"name":"Eva","email":"v{mail}","country":"ES","identification_type":"PASSPORT",
            "identification_number":"X{payment}","document_front":"f.jpg","face_image":"f.jpg"}}"#
        );
        program.file("kyc.json", kyc.as_bytes());
        let sale = "--amount 20.5 --symbol DAI --chain polygon --iban ES9121000418450200051332";
        let pair = format!("--payment {payment} --transaction {transaction}");
        let tied = format!("payment {payment} was reconciled with transaction {transaction}");
        let hook = "https://shop.example/hooks";
        for (line, effect) in [
            (
                format!("payments create {order} {wallet}"),
                "payment … was created",
            ),
            (format!("payments guided {order}"), "payment … was created"),
            (
                format!("offramp create --user {user} {sale}"),
                "off-ramp … was created",
            ),
            (
                format!("users create --name Eva --email {mail}"),
                "customer … was created",
            ),
            (
                format!("users create-company --company-name E --email c{mail}"),
                "company … was created",
            ),
            (
                "users create-verified --file kyc.json".to_owned(),
                "customer … was created",
            ),
            (
                format!("users upload {user} --type payslip --file {picture}"),
                "the document of customer … was uploaded",
            ),
            (format!("bank reconcile {pair}"), &tied),
            (
                format!("bank journal log accept {ruling} --transaction t-1"),
                "the decision was recorded",
            ),
            (
                format!("bank journal log contest {ruling}"),
                "the decision was recorded",
            ),
            (
                format!("bank journal log revoke {ruling}"),
                "the decision was recorded",
            ),
            (
                format!("bank journal log reject {ruling} --transaction t-1"),
                "the decision was recorded",
            ),
            (
                format!("webhooks subscribe --type {event} --url {hook}"),
                "the subscription to … was created",
            ),
            (
                format!("webhooks update --type {event} --url {hook}"),
                "the subscription to … was changed",
            ),
            (
                format!("api POST /subscribeToWebhook --form -f type={called} -f url={hook}"),
                "the call was answered",
            ),
        ] {
            let (code, stderr) = into(&program, &format!("{line}{form}"), closed().into());
            let told = format!("error: {effect}; the result could not be printed");
            let is_told = told.split('…').all(|part| stderr.contains(part));
            let told = is_told && stderr.contains("Do not run it again");
            assert!(code == 6 && told, "{line}{form}: {code}: {stderr}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn created_object_is_told_when_stdout_is_closed() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let words = |line: &str, stdout| into(&program, line, stdout);
    let user = emulator.verified_customer(&program);
    let order = format!("payments create --user {user} --amount 50 --coin USDC --chain polygon {WALLET}");
    let order = format!("{order} --payment-type card --external-id kept --json");
    for (count, line, stdout) in [
        (1, order.clone(), full().into()),
        (2, order.clone(), closed().into()),
        (3, order.replace(" --json", ""), closed().into()),
    ] {
        let (code, stderr) = words(&line, stdout);
        assert_eq!(
            (code, emulator.sandbox.payments_created()),
            (6, count),
            "{stderr}"
        );
        assert!(
            stderr.contains("error: payment ") && stderr.contains(" was created"),
            "{stderr}"
        );
    }
    assert_eq!(words("assets --json", closed().into()), (0, String::new()));
    let (code, stderr) = words("assets --json", full().into());
    assert!(code == 3 && stderr.contains("stdout: "), "{stderr}");
}
