//! Runs every example of this crate as its user would.

#[path = "../examples/buy_by_card.rs"]
mod buy_by_card;
#[path = "../examples/buy_by_transfer.rs"]
mod buy_by_transfer;
#[path = "../examples/custom_transport.rs"]
mod custom_transport;
#[path = "../examples/detached_call.rs"]
mod detached_call;
#[path = "../examples/errors_and_recovery.rs"]
mod errors_and_recovery;
#[path = "../examples/http_settings.rs"]
mod http_settings;
#[path = "../examples/kyc_and_documents.rs"]
mod kyc_and_documents;
#[path = "../examples/make_calls_once.rs"]
mod make_calls_once;
#[path = "../examples/mock_in_your_tests.rs"]
mod mock_in_your_tests;
#[path = "../examples/paging.rs"]
mod paging;
#[path = "../examples/raw_call.rs"]
mod raw_call;
#[path = "../examples/sell_to_bank_account.rs"]
mod sell_to_bank_account;
#[path = "../examples/track_payments.rs"]
mod track_payments;
#[path = "../examples/unknown_values.rs"]
mod unknown_values;
#[path = "../examples/wait_and_resume.rs"]
mod wait_and_resume;
#[path = "../examples/webhooks_with_axum.rs"]
mod webhooks_with_axum;

use std::error::Error;

macro_rules! runs {
    ($($name:ident)*) => {
        /// The examples that a test below runs.
        const RUN: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() -> Result<(), Box<dyn Error>> {
                self::$name::main()
            }
        )*
    };
}

runs! {
    buy_by_card
    buy_by_transfer
    custom_transport
    detached_call
    errors_and_recovery
    http_settings
    kyc_and_documents
    make_calls_once
    mock_in_your_tests
    paging
    raw_call
    sell_to_bank_account
    track_payments
    unknown_values
    wait_and_resume
    webhooks_with_axum
}

#[test]
fn every_example_is_run() -> Result<(), Box<dyn Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        assert!(RUN.contains(&name), "{name} is not run");
    }
    Ok(())
}

/// A client whose payments are created with an unreadable reply, and are in no list.
fn unreadable() -> cryptopocket::Client {
    let script = cryptopocket::testing::ScriptedSession::new()
        .next(
            "create_payment",
            &[r#"{"status":"success","data":{"payment_id":{}}}"#],
        )
        .always(
            "list_payments",
            r#"{"status":"ok","data":[],"pagination":{"current_page":1,"last_page":1,"total":0}}"#,
        );
    cryptopocket::Client::from(script.session)
}

#[tokio::test]
async fn created_payment_that_is_not_listed_is_no_reason_to_create_it_again() -> Result<(), Box<dyn Error>> {
    use cryptopocket::onramp::NewPayment;
    use cryptopocket::{Asset, Effect, UserId};

    let client = unreadable();
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let payment = NewPayment::card(
        UserId::from(1),
        "100 EUR".parse()?,
        Asset::new("USDC", "polygon"),
        wallet,
    );
    let Err(failed) = client
        .onramp()
        .create_payment(payment.external_id("order-1"))
        .await
    else {
        return Err("the reply cannot be read".into());
    };
    assert_eq!(failed.effect(), Effect::Done);
    let settled = errors_and_recovery::settle(&client, &failed).await;
    let unclear = settled.expect_err("the list says nothing");
    assert!(
        unclear.to_string().contains("reported that it was created"),
        "{unclear}"
    );
    Ok(())
}
