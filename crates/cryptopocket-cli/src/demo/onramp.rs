//! A card pays, a wallet receives.

use std::collections::BTreeSet;
use std::time::Duration;

use cryptopocket::onramp::{NewGuidedPayment, Payment, Quote, QuoteRequest, Slippage};
use cryptopocket::webhooks::EventKind;
use cryptopocket::{
    Asset, CoinAmount, Currency, Money, PaymentId, PaymentStatus, PaymentType, Rounding, Secret, UserId, Wait,
};
use cryptopocket_sandbox::WebhookFault;

use super::browser;
use super::outcome::short;
use super::report::Step;
use super::stage::{CUSTOMER, PATIENCE, Stage, WALLET};
use crate::failure::{Failure, Result};

const BUYING: Duration = Duration::from_secs(90);

pub(super) async fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.section("On-ramp", "a card pays, a wallet receives")?;
    stage.begin().await?;
    let asset = Asset::new("USDC", "polygon");
    offered(stage, &asset).await?;
    let quote = quoted(stage, &asset).await?;
    let customer = stage.customer().await?;
    let (id, page, coin) = created(stage, &customer, &asset, quote).await?;
    let mut wait = stage.client.onramp().wait_payment(&id).max_wait(PATIENCE);
    stage.receiver.wake(id.as_str(), wait.wake_handle());
    paid(stage, &id, &page, &coin, &mut wait).await?;
    let payment = sent(stage, &id, &coin, &mut wait).await?;
    stage.outcome.paid("onramp", payment, WALLET);
    Ok(())
}

fn spend() -> Money {
    Money::from_minor(15050, Currency::EUR)
}

async fn offered(stage: &mut Stage<'_>, asset: &Asset) -> Result<()> {
    let assets = stage.client.list_assets().await?;
    let chains: BTreeSet<_> = assets.iter().map(|one| &one.chain).collect();
    let on_offer = assets
        .iter()
        .any(|one| one.asset() == *asset && one.active != Some(false));
    let text = format!("{} coins on {} chains are on offer", assets.len(), chains.len());
    let step = Step::new("onramp.assets", text).value("assets", assets.len());
    stage.print(&step.check(format!("{asset} is one of them, and active"), on_offer))
}

async fn quoted(stage: &mut Stage<'_>, asset: &Asset) -> Result<Quote> {
    let request = QuoteRequest::new(spend(), asset.clone(), PaymentType::Card);
    let quote = stage.client.onramp().quote(request).await?;
    let fee = quote.fee.unwrap_or(Money::zero(Currency::EUR));
    let text = format!(
        "{} by card buy {}, of which {fee} are the fee",
        quote.spend, quote.tokens
    );
    let step = Step::new("onramp.quote", text)
        .value("spend", quote.spend)
        .value("fee", fee)
        .value("tokens", &quote.tokens)
        .same("the quote is for", &quote.spend, &spend())
        .check(
            "(amount − fee) ÷ price gives exactly these coins, cut at six decimals",
            adds_up(&quote),
        );
    stage.print(&step)?;
    Ok(quote)
}

/// Whether the parts of a quote give its tokens, to the last digit.
pub(super) fn adds_up(quote: &Quote) -> bool {
    let (Some(fee), Some(price)) = (quote.fee, quote.price) else {
        return false;
    };
    let spent = quote.spend.checked_sub(fee).map(|money| money.amount());
    spent.and_then(|spent| spent.checked_div(price.amount(), 6, Rounding::Down))
        == Some(quote.tokens.amount())
}

async fn created(
    stage: &mut Stage<'_>,
    customer: &UserId,
    asset: &Asset,
    quote: Quote,
) -> Result<(PaymentId, Secret, CoinAmount)> {
    let onramp = stage.client.onramp().clone();
    let before = stage.sandbox.payments_created();
    let slippage = Slippage::percent(2);
    let guard = quote.guard(Duration::from_secs(60), slippage);
    let fresh = onramp.check_guard(&guard).await?;
    let external_id = format!("demo-{}-onramp", stage.seed);
    let order = NewGuidedPayment::new(customer.clone(), spend(), asset.clone())
        .payment_type(PaymentType::Card)
        .external_id(external_id.as_str())
        .guard(guard);
    let created = onramp.create_guided_payment(order).await?;
    let payment = onramp.payment(&created.payment_id).await?;
    let Some(page) = created.next.redirect_url().cloned() else {
        return Err(Failure::check(
            "demo",
            "a guided payment leads to no page",
            "Run the demo again.",
        ));
    };
    let reference = created
        .external_id
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let text = format!(
        "guided payment {} for {}",
        short(created.payment_id.as_str()),
        spend()
    );
    let step = Step::new("onramp.create", text)
        .value("payment_id", created.payment_id.as_str())
        .check(
            format!("the price moved by less than {slippage} since the quote, so the guard lets it pass"),
            slippage.allows(quote.tokens.amount(), fresh.tokens.amount()),
        )
        .same(
            "payments made at the provider",
            &(stage.sandbox.payments_created() - before),
            &1,
        )
        .same("our reference came back", &reference, &external_id)
        .same(
            "read back, sent in euros and answered in cents",
            &payment.fiat,
            &spend(),
        )
        .same(
            "coins to come, as just quoted",
            &payment.coin.amount(),
            &fresh.tokens.amount(),
        )
        .same("status", &payment.status, &PaymentStatus::Started);
    stage.print(&step)?;
    Ok((created.payment_id, page, payment.coin))
}

async fn paid(
    stage: &mut Stage<'_>,
    id: &PaymentId,
    page: &Secret,
    coin: &CoinAmount,
    wait: &mut Wait<Payment>,
) -> Result<()> {
    let first = next(wait).await?;
    // The provider may deliver twice; the receiver must act once.
    stage.sandbox.fail_next_webhook("PAY_IN", WebhookFault::Duplicate);
    let before = stage.receiver.counts();
    let (shown, sent) = browser::complete(page.expose(), &[("holder", CUSTOMER), ("wallet", WALLET)]).await?;
    let step = Step::new(
        "onramp.gateway",
        format!("{CUSTOMER} names the wallet {} and pays by card", short(WALLET)),
    )
    .check(
        "the page names the coins to come",
        shown.contains(&coin.amount().to_string()),
    )
    .check(
        "the page says that the payment was received",
        sent.state().is_some_and(|it| it.contains("received")),
    )
    .same("until then, the wait saw", &first.status, &PaymentStatus::Started);
    stage.print(&step)?;

    let event = stage.arrival(id.as_str()).await;
    let told = event.as_ref().and_then(|event| event.payment());
    let counts = stage.receiver.counts();
    let seen = next(wait).await?;
    let step = Step::new("onramp.pay_in", "PAY_IN arrived, was verified, and woke the wait")
        .check(
            "the event is PAY_IN",
            event
                .as_ref()
                .is_some_and(|event| event.kind() == EventKind::PayIn),
        )
        .check(
            format!("it tells of {}", spend()),
            told.is_some_and(|told| told.fiat == Some(spend())),
        )
        .same("verified deliveries", &(counts.verified - before.verified), &2)
        .same(
            "handled, since it was delivered twice",
            &(counts.handled - before.handled),
            &1,
        )
        .same("the wait sees", &seen.status, &PaymentStatus::PaymentReceived);
    stage.print(&step)
}

async fn sent(
    stage: &mut Stage<'_>,
    id: &PaymentId,
    coin: &CoinAmount,
    wait: &mut Wait<Payment>,
) -> Result<Payment> {
    stage.sandbox.advance(BUYING);
    let event = stage.arrival(id.as_str()).await;
    let told = event.as_ref().and_then(|event| event.payment());
    let last = next(wait).await?;
    let txid = last.txid.as_ref().map(ToString::to_string).unwrap_or_default();
    let told_txid = told
        .and_then(|told| told.txid.as_ref())
        .map(ToString::to_string)
        .unwrap_or_default();
    let told_amount = told
        .and_then(|told| told.coin.as_ref())
        .map(CoinAmount::amount)
        .unwrap_or_default();
    let ended = wait.next().await.is_none();
    let text = format!(
        "COINS_SENT arrived: {} are in the wallet, txid {}",
        last.coin,
        short(&txid)
    );
    let step = Step::new("onramp.coins_sent", text)
        .value("payment_id", id.as_str())
        .value("txid", &txid)
        .value("coin", &last.coin)
        .check(
            "the event is COINS_SENT",
            event.as_ref().is_some_and(|it| it.kind() == EventKind::CoinsSent),
        )
        .same("coins told by the webhook", &told_amount, &coin.amount())
        .same("coins read back", &last.coin.amount(), &coin.amount())
        .same("money read back", &last.fiat, &spend())
        .check(
            "webhook and payment name the same txid",
            !txid.is_empty() && txid == told_txid,
        )
        .check("the wait sees coins_sent, and ends", last.is_final() && ended);
    stage.print(&step)?;
    Ok(last)
}

/// The next state that a wait sees.
pub(super) async fn next<T: cryptopocket::Progress + Send + 'static>(wait: &mut Wait<T>) -> Result<T> {
    match wait.next().await {
        Some(seen) => Ok(seen?),
        None => Err(Failure::check(
            "demo",
            "the wait ended too early",
            "Run the demo again.",
        )),
    }
}
