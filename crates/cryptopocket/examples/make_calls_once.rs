//! Makes a guided payment, an off-ramp and a reconciliation exactly once, although answers are lost.
//!
//! `cargo run -p cryptopocket --features inbox --example make_calls_once`

use std::error::Error;
use std::time::Duration;

use cryptopocket::banking::{NewReconciliation, TransactionFilter};
use cryptopocket::inbox::Inbox;
use cryptopocket::inbox::journal::{Journal, Verdict};
use cryptopocket::inbox::sqlite::SqliteStore;
use cryptopocket::offramp::NewOfframp;
use cryptopocket::once::{
    OfframpOnce, PaymentOnce, ReconcileOnce, create_guided_once, create_offramp_once, create_payment_once,
    reconcile_once, resume,
};
use cryptopocket::onramp::{NewGuidedPayment, NewPayment};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, Money, UserId};
use cryptopocket_sandbox::{BankCredit, Fault, Sandbox};

type Calls = Journal<Inbox<SqliteStore>>;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .build()?;
    let ada = client
        .users()
        .create_customer(NewCustomer::new("Ada", "ada@example.com"))
        .await?;
    sandbox.approve_kyc(ada.id.as_str().parse()?)?;

    // Against the provider, leave `grace` out: a lost request may be at work for minutes.
    let folder = tempfile::tempdir()?;
    let store = SqliteStore::open(folder.path().join("calls.db")).await?;
    let journal = Journal::new(Inbox::new(store)).grace(Duration::ZERO);

    guided_payment(&sandbox, &client, &journal, &ada.id).await?;
    offramp(&sandbox, &client, &journal, &ada.id).await?;
    reconciliation(&sandbox, &client, &journal, &ada.id).await?;
    assert!(journal.unsettled(10).await?.is_empty());
    Ok(())
}

/// Found by its external id, which is the key.
async fn guided_payment(
    sandbox: &Sandbox,
    client: &Client,
    journal: &Calls,
    ada: &UserId,
) -> Result<(), Box<dyn Error>> {
    // The provider makes the payment, and its answer is lost.
    sandbox.fail_next("create_guided_payment", Fault::DropAfter);
    let spend: Money = "240 EUR".parse()?;
    let once = async || {
        let payment = NewGuidedPayment::new(ada.clone(), spend, Asset::new("USDC", "polygon"));
        create_guided_once(journal, client, "order-2002", payment).await
    };
    let PaymentOnce::Pending { after, reason } = once().await? else {
        return Err("the answer was lost".into());
    };
    println!("order-2002: {reason}; again in {after:?}");
    // Nothing is sent a second time. The link to the gateway page is lost with the answer.
    let PaymentOnce::Recovered(payment) = once().await? else {
        return Err("the payment is in the list".into());
    };
    println!("order-2002: found as {}, {}", payment.id, payment.status);
    assert_eq!(sandbox.payments_created(), 1);
    Ok(())
}

/// The provider takes no reference here, so a person says what became of a call whose answer was lost.
async fn offramp(
    sandbox: &Sandbox,
    client: &Client,
    journal: &Calls,
    ada: &UserId,
) -> Result<(), Box<dyn Error>> {
    let once = async |key| {
        let coins = Asset::new("USDC", "polygon").amount("20".parse()?);
        let payout = NewOfframp::to_iban(ada.clone(), coins, "ES91 2100 0418 4502 0005 1332".parse()?);
        Ok::<_, Box<dyn Error>>(create_offramp_once(journal, client, key, payout).await?)
    };
    let OfframpOnce::Done(created) = once("payout-1").await? else {
        return Err("the off-ramp is created".into());
    };
    println!("payout-1: send the coins to {}", created.wallet);

    sandbox.fail_next("create_offramp", Fault::DropAfter);
    let _ = once("payout-2").await?;
    let OfframpOnce::Ambiguous { candidates } = once("payout-2").await? else {
        return Err("nothing tells which off-ramp it is".into());
    };
    // That of payout-1 is known, and no candidate.
    let [object] = <[String; 1]>::try_from(candidates).map_err(|_| "one candidate is left")?;
    let found = Verdict::Done { object };
    journal
        .settle(
            "payout-2",
            found,
            "ada@example.com",
            "the provider's desk named the id",
        )
        .await?;
    let OfframpOnce::Named { id } = once("payout-2").await? else {
        return Err("a person has said which it is".into());
    };
    println!("payout-2: {id}, as a person found out");
    assert_eq!(sandbox.offramps_created(), 2);
    Ok(())
}

/// Found by what the account's list says of the credit, here by a process that starts after a crash.
async fn reconciliation(
    sandbox: &Sandbox,
    client: &Client,
    journal: &Calls,
    ada: &UserId,
) -> Result<(), Box<dyn Error>> {
    let asset = Asset::new("USDC", "polygon");
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let order = NewPayment::transfer(ada.clone(), "240 EUR".parse()?, asset, wallet);
    let _ = create_payment_once(journal, client, "order-2003", order).await?;
    let entry = journal.entry("order-2003").await?.ok_or("it is in the journal")?;
    let payment = entry.object.ok_or("it is done")?;
    sandbox.credit_bank(BankCredit::new("240.00".parse()?))?;
    let accounts = client.banking().list_accounts().await?;
    let iban = accounts.into_iter().next().ok_or("there is an account")?.iban;
    let transactions = client.banking().list_transactions(iban, TransactionFilter::new());
    let credits = transactions.collect_all(10).await?;
    let credit = credits.first().ok_or("there is a credit")?;

    // A key of the credit, so that no two calls use one credit.
    let key = format!("reconcile-{}", credit.id);
    let pair = NewReconciliation::of(payment.as_str(), credit);
    sandbox.fail_next("reconcile_payment", Fault::DropAfter);
    let lost = reconcile_once(journal, client, &key, pair.clone()).await?;
    assert!(!lost.is_settled());
    for entry in journal.unsettled(10).await? {
        println!("{}: {:?}", entry.key, resume(journal, client, &entry).await?);
    }
    let done = reconcile_once(journal, client, &key, pair).await?;
    assert!(matches!(done, ReconcileOnce::Recovered(_)));
    Ok(())
}
