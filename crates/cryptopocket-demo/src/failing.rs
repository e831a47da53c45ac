//! Calls and webhooks that must fail, and what the SDK makes of them.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use cryptopocket::onramp::{NewPayment, Recovery};
use cryptopocket::users::NewCustomer;
use cryptopocket::webhooks::{Event, EventKind, Signer, VerifyErrorKind};
use cryptopocket::{Asset, Currency, Effect, Field, Money, PaymentId, Runtime, Sent, TokioRuntime, UserId};
use cryptopocket_sandbox::Fault;

use crate::error::{Error, Result};
use crate::setup::{BUYING, Setup, WALLET};
use crate::step::{short, step};

const READERS: usize = 5;

pub(crate) async fn run(setup: &mut Setup<'_>, customer: &UserId) -> Result<()> {
    setup.timeline.section("What must fail", "and must fail well")?;
    without_kyc(setup).await?;
    forged(setup).await?;
    replayed(setup, customer).await?;
    expired_token(setup, customer).await?;
    lost_answer(setup, customer).await
}

fn order(customer: &UserId, cents: i128) -> NewPayment {
    let amount = Money::from_minor(cents, Currency::EUR);
    NewPayment::card(customer.clone(), amount, Asset::new("USDC", "polygon"), WALLET)
}

async fn without_kyc(setup: &mut Setup<'_>) -> Result<()> {
    let before = setup.sandbox.payments_created();
    let stranger = NewCustomer::new("Bruno", "bruno@example.com");
    let stranger = setup.client.users().create_customer(stranger).await?;
    let call = setup.client.onramp().create_payment(order(&stranger.id, 5000));
    let Err(error) = call.await else {
        return Err(Error::stuck("a customer who is not verified has paid"));
    };
    let link = error.verification_url();
    step!(setup, "failing.no_kyc", "a payment by a customer who is not verified is refused", {
        check "the code is require_kyc" => error.has_code("require_kyc");
        check "the customer's own verification link comes with it" => link.is_some() && link == stranger.kyc_form_url.value();
        same "payments made at the provider" => setup.sandbox.payments_created() - before, 0;
    })
}

async fn forged(setup: &mut Setup<'_>) -> Result<()> {
    let before = setup.receiver.counts();
    let body = br#"{"type":"COINS_SENT","data":{"id":"0000000000000000000000000","status":"coins_sent"}}"#;
    let answer = deliver(setup, "not-the-secret", None, Bytes::from_static(body)).await?;
    step!(setup, "failing.forged", "a webhook signed with another secret is refused", {
        same "the receiver answered" => answer, 401;
        check "because of its signature" => setup.receiver.latest_refusal() == Some(VerifyErrorKind::SignatureMismatch);
        same "events handled" => setup.receiver.counts().handled - before.handled, 0;
    })
}

/// Signs a body, now or at `unix_seconds`, and sends it to the receiver. Returns the status of the answer.
async fn deliver(setup: &Setup<'_>, secret: &str, unix_seconds: Option<u64>, body: Bytes) -> Result<u16> {
    let signer = Signer::new(secret)?.api_key(setup.sandbox.api_key());
    let marks = unix_seconds.map_or_else(|| signer.sign(&body), |at| signer.sign_at(&body, at));
    let mut headers = HeaderMap::new();
    for (name, value) in &marks {
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        if let Some((name, value)) = name.zip(HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    setup.browser.post(&setup.receiver.url, headers, body).await
}

async fn replayed(setup: &mut Setup<'_>, customer: &UserId) -> Result<()> {
    let call = setup.client.onramp().create_payment(order(customer, 2500));
    let created = call.await?;
    setup.sandbox.pay(created.payment_id.as_str())?;
    setup.sandbox.webhooks_settled().await;
    let Some((headers, body)) = setup.receiver.latest() else {
        return Err(Error::stuck("no webhook has arrived"));
    };
    let before = setup.receiver.counts();
    let post = setup.browser.post(&setup.receiver.url, headers, body.clone());
    let (answer, counts) = (post.await?, setup.receiver.counts());
    let text = "a genuine webhook sent once more is recognised, and not handled again";
    step!(setup, "failing.replayed", text, {
        same "the receiver answered" => answer, 200;
        same "recognised as repeated" => counts.duplicates - before.duplicates, 1;
        same "events handled" => counts.handled - before.handled, 0;
    })?;

    let long_ago = u64::try_from(TokioRuntime.now().unix_seconds() - 600).unwrap_or_default();
    let answer = deliver(setup, setup.sandbox.api_secret(), Some(long_ago), body).await?;
    step!(setup, "failing.too_old", "the same webhook, signed ten minutes ago, is refused", {
        same "the receiver answered" => answer, 401;
        check "because of its age" => setup.receiver.latest_refusal() == Some(VerifyErrorKind::TooOld);
        same "events handled" => setup.receiver.counts().handled - before.handled, 0;
    })?;
    completed(setup, &created.payment_id, "replayed").await
}

/// Completes a paid payment and checks that its money moved exactly once.
async fn completed(setup: &mut Setup<'_>, id: &PaymentId, flow: &'static str) -> Result<()> {
    setup.sandbox.advance(BUYING);
    setup.sandbox.webhooks_settled().await;
    let payment = setup.client.onramp().payment(id).await?;
    let events = setup.receiver.events(id.as_str());
    let kinds: Vec<_> = events.iter().map(Event::kind).collect();
    let text = format!("{} were paid and {} sent, once", payment.fiat, payment.coin);
    step!(setup, "failing.moved_once", text, {
        value "payment_id" => id.as_str();
        value "coin" => &payment.coin;
        check "one PAY_IN and one COINS_SENT were handled" => kinds == [EventKind::PayIn, EventKind::CoinsSent];
        check "the payment is final, with a txid" => payment.is_final() && payment.txid.is_value();
    })?;
    setup.completed(flow, payment);
    Ok(())
}

async fn expired_token(setup: &mut Setup<'_>, customer: &UserId) -> Result<()> {
    let (logins, payments) = (
        setup.sandbox.calls("authenticate"),
        setup.sandbox.payments_created(),
    );
    setup.sandbox.expire_tokens();
    let call = setup.client.onramp().create_payment(order(customer, 3000));
    let created = call.await?;
    let after_payment = setup.sandbox.calls("authenticate");
    setup.sandbox.expire_tokens();
    let read = || {
        let (client, id) = (setup.client.clone(), created.payment_id.clone());
        tokio::spawn(async move { client.onramp().payment(&id).await })
    };
    let readers: Vec<_> = (0..READERS).map(|_| read()).collect();
    let mut answered = 0;
    for reader in readers {
        answered += usize::from(matches!(reader.await, Ok(Ok(_))));
    }
    step!(setup, "failing.token", "the token expires in mid-flow, and is renewed without anybody noticing", {
        same "logins for one payment" => after_payment - logins, 1;
        same "payments made at the provider" => setup.sandbox.payments_created() - payments, 1;
        same "calls made at once with an expired token, all answered" => answered, READERS;
        same "logins for all of them" => setup.sandbox.calls("authenticate") - after_payment, 1;
    })
}

async fn lost_answer(setup: &mut Setup<'_>, customer: &UserId) -> Result<()> {
    let onramp = setup.client.onramp().clone();
    let (payments, calls) = (
        setup.sandbox.payments_created(),
        setup.sandbox.calls("create_payment"),
    );
    let external_id = format!("demo-{}-lost", setup.seed);
    setup.sandbox.fail_next("create_payment", Fault::DropAfter);
    let order = order(customer, 6000).external_id(external_id.as_str());
    let Err(error) = onramp.create_payment(order).await else {
        return Err(Error::stuck("a lost answer was taken for an answer"));
    };
    step!(setup, "failing.lost_answer", "the connection breaks after createPayment was carried out", {
        same "the error says that it was sent" => error.sent().as_str(), Sent::Maybe.as_str();
        check "and that its outcome is unknown" => error.effect() == Effect::Unknown;
        same "times that it was sent" => setup.sandbox.calls("create_payment") - calls, 1;
    })?;

    let Recovery::One(found) = onramp.recover_from(&error).await? else {
        return Err(Error::stuck("the payment was not recovered"));
    };
    let reference = found.external_id.value().map(ToString::to_string);
    let text = format!("payment {} is found by its external id", short(found.id.as_str()));
    step!(setup, "failing.recovered", text, {
        value "payment_id" => found.id.as_str();
        same "its reference" => reference.unwrap_or_default(), external_id;
        same "its money" => found.fiat, Field::Value(Money::from_minor(6000, Currency::EUR));
        same "payments made at the provider" => setup.sandbox.payments_created() - payments, 1;
    })?;
    setup.sandbox.pay(found.id.as_str())?;
    completed(setup, &found.id, "lost_answer").await
}
