//! The emulator does as the specification says.

use std::time::Duration;

use cryptopocket::onramp::{NewPayment, PaymentFilter};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, ErrorKind, Money, RetryPolicy, Session};
use cryptopocket_probe::{Probe, Verdict};
use cryptopocket_sandbox::{BankCredit, Sandbox};

use crate::{shown, written};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

fn session(sandbox: &Sandbox) -> Session {
    Session::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .retry(RetryPolicy::default().base(Duration::from_millis(1)))
        .build()
        .expect("a session")
}

/// An emulator with two rows in each list.
async fn emulator() -> Sandbox {
    let sandbox = Sandbox::builder().seed(7).start().await.expect("an emulator");
    let client = Client::from(session(&sandbox));
    for number in 1..=2 {
        let email = format!("ana{number}+approved@example.com");
        let new = NewCustomer::new("Ana", email).last_name("López");
        let user = client.users().create_customer(new).await.expect("a customer").id;
        let euros: Money = "150.50 EUR".parse().expect("an amount");
        let asset = Asset::new("USDC", "polygon");
        let payment = NewPayment::transfer(user, euros, asset, WALLET).external_id(format!("order-{number}"));
        client.onramp().create_payment(payment).await.expect("a payment");
        let credit = BankCredit::new("150.50".parse().expect("an amount")).concept(format!("rent {number}"));
        sandbox.credit_bank(credit).expect("a credit");
    }
    sandbox
}

#[tokio::test]
async fn emulator_confirms_the_specification() {
    let sandbox = emulator().await;
    let probe = Probe::new(session(&sandbox)).allow_writes().expect("loopback");
    let report = probe.run().await.expect("a login");
    assert_eq!(shown(report.differences()), "");
    assert_eq!(shown(report.additions()), "");
    insta::assert_snapshot!("emulator", report.page());
    assert!(report.choices().is_empty(), "{:?}", report.choices());
    let written = written(&report);
    for value in [
        "Ana",
        "López",
        "@example.com",
        WALLET,
        "ES91",
        "150.5",
        "15050",
        sandbox.api_secret(),
    ] {
        assert!(!written.contains(value), "{value}");
    }
}

#[tokio::test]
async fn empty_account_leaves_questions_open() {
    let sandbox = Sandbox::builder().seed(7).start().await.expect("an emulator");
    let calls = sandbox.calls("create_customer");
    let report = Probe::new(session(&sandbox)).run().await.expect("a login");
    assert_eq!(shown(report.differences()), "");
    let untried = |id: &str| {
        let finding = report
            .open()
            .find(|finding| finding.operation == id && finding.place == "path");
        finding.map(|finding| (finding.verdict, finding.detail.as_str()))
    };
    assert_eq!(untried("create_payment"), Some((Verdict::NotTried, "it writes")));
    assert_eq!(
        untried("get_payment"),
        Some((Verdict::NotTried, "no earlier reply showed what to ask for"))
    );
    assert_eq!(sandbox.calls("create_customer"), calls, "nothing was written");
    for finding in report.findings() {
        let is_paging = finding.place == "paging" || finding.place.ends_with("page");
        if finding.operation == "list_offramps" && finding.place != "path" {
            assert!(finding.verdict == Verdict::Unseen, "{finding}");
            assert!(finding.detail.contains("the list is empty"), "{finding}");
        } else if is_paging {
            assert_ne!(finding.verdict, Verdict::Confirmed, "{finding}");
        }
    }
    let patch = report.patch();
    assert!(
        patch.contains("  list_offramps:\n    grade: observed # the path alone: no reply held a row\n"),
        "{patch}"
    );
    assert!(!patch.contains("\n  Offramp:\n"), "{patch}");
}

#[tokio::test]
async fn writing_probe_reads_what_it_created() {
    let sandbox = Sandbox::builder().seed(7).start().await.expect("an emulator");
    let probe = Probe::new(session(&sandbox)).allow_writes().expect("loopback");
    let report = probe.run().await.expect("a login");
    let confirmed = |operation: &str, place: &str, detail: &str| {
        report.findings().iter().any(|finding| {
            let at = (
                finding.operation.as_str(),
                finding.place.as_str(),
                finding.detail.as_str(),
            );
            at == (operation, place, detail) && finding.verdict == Verdict::Confirmed
        })
    };
    assert!(
        confirmed("get_payment", "data.fiat_amount", "unit cent"),
        "{}",
        report.page()
    );
    assert!(confirmed("get_offramp", "data.id", ""), "{}", report.page());
    assert!(confirmed("find_customer", "data.email", ""), "{}", report.page());
}

#[tokio::test]
async fn unheard_of_word_is_told_but_not_shown() {
    let sandbox = emulator().await;
    let client = Client::from(session(&sandbox));
    let payments = client
        .onramp()
        .list_payments(PaymentFilter::new())
        .collect_all(10);
    let payment = payments.await.expect("payments").remove(0);
    let told = async |word: &str| {
        sandbox
            .set_payment_status(payment.id.as_str(), word)
            .expect("a payment");
        let report = Probe::new(session(&sandbox)).run().await.expect("a login");
        assert_eq!(shown(report.differences()), "");
        assert!(!written(&report).contains(word), "{word}");
        let mut words = report
            .additions()
            .filter(|finding| finding.verdict == Verdict::OtherWord);
        words
            .next()
            .map(|finding| format!("{} {}", finding.place, finding.detail))
    };
    assert_eq!(
        told("canary_word").await.as_deref(),
        Some("data[].status a word outside the list")
    );
    assert_eq!(
        told("COINS_SENT").await.as_deref(),
        Some("data[].status `coins_sent` in another case")
    );
}

#[test]
fn writing_elsewhere_is_refused() {
    let session = Session::builder()
        .base_url("https://api.example.com/api")
        .credentials(Credentials::new("key", "secret"))
        .build()
        .expect("a session");
    let error = Probe::new(session).allow_writes().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
