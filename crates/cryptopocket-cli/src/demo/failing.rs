//! What must fail, and must fail well.

use std::time::Duration;

use cryptopocket::onramp::{NewPayment, Recovery};
use cryptopocket::users::NewCustomer;
use cryptopocket::webhooks::{Event, EventKind, Signer, VerifyErrorKind};
use cryptopocket::{Asset, Currency, Money, PaymentId, Runtime, Sent, TokioRuntime, UserId};
use cryptopocket_sandbox::Fault;

use super::http;
use super::outcome::short;
use super::report::Step;
use super::stage::{Stage, WALLET, controlled};
use crate::failure::{Failure, Result};

const BUYING: Duration = Duration::from_secs(90);
const READERS: usize = 5;

pub(super) async fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.section("What must fail", "and must fail well")?;
    stage.begin().await?;
    let customer = stage.customer().await?;
    without_kyc(stage).await?;
    forged(stage).await?;
    replayed(stage, &customer).await?;
    expired_token(stage, &customer).await?;
    lost_answer(stage, &customer).await
}

fn order(customer: &UserId, cents: i128) -> NewPayment {
    let amount = Money::from_minor(cents, Currency::EUR);
    NewPayment::card(customer.clone(), amount, Asset::new("USDC", "polygon"), WALLET)
}

async fn without_kyc(stage: &mut Stage<'_>) -> Result<()> {
    let before = stage.sandbox.payments_created();
    let stranger = stage
        .client
        .users()
        .create_customer(NewCustomer::new("Bruno", "bruno@example.com"))
        .await?;
    let refused = stage
        .client
        .onramp()
        .create_payment(order(&stranger.id, 5000))
        .await;
    let error = refused.err();
    let code = error.as_ref().is_some_and(|error| error.has_code("require_kyc"));
    let link = error.as_ref().and_then(|error| error.verification_url());
    let step = Step::new(
        "failing.no_kyc",
        "a payment by a customer who is not verified is refused",
    )
    .check("the code is require_kyc", code)
    .check(
        "the customer's own verification link comes with it",
        link == Some(&stranger.kyc_form_url),
    )
    .same(
        "payments made at the provider",
        &(stage.sandbox.payments_created() - before),
        &0,
    );
    stage.print(&step)
}

async fn forged(stage: &mut Stage<'_>) -> Result<()> {
    let before = stage.receiver.counts();
    let body = br#"{"type":"COINS_SENT","data":{"id":"0000000000000000000000000","status":"coins_sent"}}"#;
    let answer = deliver(stage, "not-the-secret", None, body).await?;
    let counts = stage.receiver.counts();
    let step = Step::new(
        "failing.forged",
        "a webhook signed with another secret is refused",
    )
    .same("the receiver answered", &answer, &401)
    .check(
        "because of its signature",
        stage.receiver.latest_refusal() == Some(VerifyErrorKind::SignatureMismatch),
    )
    .same("events handled", &(counts.handled - before.handled), &0);
    stage.print(&step)
}

/// Signs a body, now or at a given time, and sends it to the receiver.
async fn deliver(stage: &Stage<'_>, secret: &str, at: Option<u64>, body: &[u8]) -> Result<u16> {
    let signer =
        Signer::new(secret).map_err(|error| Failure::check("demo", error.to_string(), error.hint()))?;
    let signer = signer.api_key(stage.sandbox.api_key());
    let marks = at.map_or_else(|| signer.sign(body), |seconds| signer.sign_at(body, seconds));
    let headers: Vec<_> = marks
        .iter()
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .collect();
    Ok(http::post(stage.receiver.url(), &headers, body.to_vec())
        .await?
        .status)
}

async fn replayed(stage: &mut Stage<'_>, customer: &UserId) -> Result<()> {
    let created = stage
        .client
        .onramp()
        .create_payment(order(customer, 2500))
        .await?;
    controlled(stage.sandbox.pay(created.payment_id.as_str()))?;
    stage.sandbox.webhooks_settled().await;
    let Some(delivery) = stage.receiver.latest() else {
        return Err(Failure::check(
            "demo",
            "no webhook has arrived",
            "Run the demo again.",
        ));
    };
    let before = stage.receiver.counts();
    let again = http::post(stage.receiver.url(), &delivery.headers, delivery.body.clone()).await?;
    let counts = stage.receiver.counts();
    let step = Step::new(
        "failing.replayed",
        "a genuine webhook sent once more is recognised, and not handled again",
    )
    .same("the receiver answered", &again.status, &200)
    .same(
        "recognised as repeated",
        &(counts.duplicates - before.duplicates),
        &1,
    )
    .same("events handled", &(counts.handled - before.handled), &0);
    stage.print(&step)?;

    let now = TokioRuntime.now().unix_seconds();
    let long_ago = u64::try_from(now - 600).unwrap_or_default();
    let secret = stage.sandbox.api_secret().to_owned();
    let answer = deliver(stage, &secret, Some(long_ago), &delivery.body).await?;
    let counts = stage.receiver.counts();
    let step = Step::new(
        "failing.too_old",
        "the same webhook, signed ten minutes ago, is refused",
    )
    .same("the receiver answered", &answer, &401)
    .check(
        "because of its age",
        stage.receiver.latest_refusal() == Some(VerifyErrorKind::TooOld),
    )
    .same("events handled", &(counts.handled - before.handled), &0);
    stage.print(&step)?;
    completed(stage, &created.payment_id, "replayed").await
}

/// Lets a paid payment come to its end, which is money moved exactly once.
async fn completed(stage: &mut Stage<'_>, id: &PaymentId, flow: &'static str) -> Result<()> {
    stage.sandbox.advance(BUYING);
    stage.sandbox.webhooks_settled().await;
    let payment = stage.client.onramp().payment(id).await?;
    let kinds: Vec<_> = stage
        .receiver
        .events(id.as_str())
        .iter()
        .map(Event::kind)
        .collect();
    let step = Step::new(
        "failing.moved_once",
        format!("{} were paid and {} sent, once", payment.fiat, payment.coin),
    )
    .value("payment_id", id.as_str())
    .value("coin", &payment.coin)
    .check(
        "one PAY_IN and one COINS_SENT were handled",
        kinds == [EventKind::PayIn, EventKind::CoinsSent],
    )
    .check(
        "the payment is final, with a txid",
        payment.is_final() && payment.txid.is_some(),
    );
    stage.print(&step)?;
    stage.outcome.paid(flow, payment, WALLET);
    Ok(())
}

async fn expired_token(stage: &mut Stage<'_>, customer: &UserId) -> Result<()> {
    let (logins, payments) = (
        stage.sandbox.calls("authenticate"),
        stage.sandbox.payments_created(),
    );
    stage.sandbox.expire_tokens();
    let created = stage
        .client
        .onramp()
        .create_payment(order(customer, 3000))
        .await?;
    let after_payment = stage.sandbox.calls("authenticate");
    stage.sandbox.expire_tokens();
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let (client, id) = (stage.client.clone(), created.payment_id.clone());
            tokio::spawn(async move { client.onramp().payment(&id).await })
        })
        .collect();
    let mut read = 0;
    for reader in readers {
        read += usize::from(matches!(reader.await, Ok(Ok(_))));
    }
    let after_readers = stage.sandbox.calls("authenticate");
    let step = Step::new(
        "failing.token",
        "the token expires in mid-flow, and is renewed without anybody noticing",
    )
    .same("logins for one payment", &(after_payment - logins), &1)
    .same(
        "payments made at the provider",
        &(stage.sandbox.payments_created() - payments),
        &1,
    )
    .same(
        "calls made at once with an expired token, all answered",
        &read,
        &READERS,
    )
    .same("logins for all of them", &(after_readers - after_payment), &1);
    stage.print(&step)
}

async fn lost_answer(stage: &mut Stage<'_>, customer: &UserId) -> Result<()> {
    let onramp = stage.client.onramp().clone();
    let (payments, calls) = (
        stage.sandbox.payments_created(),
        stage.sandbox.calls("create_payment"),
    );
    let external_id = format!("demo-{}-lost", stage.seed);
    stage.sandbox.fail_next("create_payment", Fault::DropAfter);
    let outcome = onramp
        .create_payment(order(customer, 6000).external_id(external_id.as_str()))
        .await;
    let Err(error) = outcome else {
        return Err(Failure::check(
            "demo",
            "a lost answer was taken for an answer",
            "Run the demo again.",
        ));
    };
    let step = Step::new(
        "failing.lost_answer",
        "the connection breaks after createPayment was carried out",
    )
    .same(
        "the error says that it was sent",
        &error.sent().as_str(),
        &Sent::Maybe.as_str(),
    )
    .check("and that its outcome is unknown", error.is_outcome_unknown())
    .same(
        "times that it was sent",
        &(stage.sandbox.calls("create_payment") - calls),
        &1,
    );
    stage.print(&step)?;

    let Recovery::One(found) = onramp.recover_from(&error).await? else {
        return Err(Failure::check(
            "demo",
            "the payment was not recovered",
            "Run the demo again.",
        ));
    };
    let reference = found
        .external_id
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let step = Step::new(
        "failing.recovered",
        format!("payment {} is found by its external id", short(found.id.as_str())),
    )
    .value("payment_id", found.id.as_str())
    .same("its reference", &reference, &external_id)
    .same("its money", &found.fiat, &Money::from_minor(6000, Currency::EUR))
    .same(
        "payments made at the provider",
        &(stage.sandbox.payments_created() - payments),
        &1,
    );
    stage.print(&step)?;
    controlled(stage.sandbox.pay(found.id.as_str()))?;
    completed(stage, &found.id, "lost_answer").await
}
