//! A card pays, a wallet receives.

use std::collections::BTreeSet;
use std::time::Duration;

use cryptopocket::market::AvailableAsset;
use cryptopocket::onramp::{NewGuidedPayment, Payment, Quote, QuoteRequest, Slippage};
use cryptopocket::webhooks::EventKind;
use cryptopocket::{
    Asset, CoinAmount, Currency, Field, Money, PaymentId, PaymentStatus, PaymentType, Rounding, Secret,
    UserId, Wait,
};
use cryptopocket_sandbox::WebhookFault;

use crate::error::{Error, Result};
use crate::setup::{BUYING, CUSTOMER, PATIENCE, Setup, WALLET, is};
use crate::step::{short, step};

pub(crate) async fn run(setup: &mut Setup<'_>, customer: &UserId) -> Result<()> {
    let about = "a card pays, a wallet receives";
    setup.timeline.section("On-ramp", about)?;
    let asset = Asset::new("USDC", "polygon");
    let quote = quoted(setup, &asset).await?;
    let (id, page, coin) = created(setup, customer, &asset, quote).await?;
    let mut wait = setup.client.onramp().wait_payment(&id).max_wait(PATIENCE);
    setup.receiver.wake(id.as_str(), wait.wake_handle());
    paid(setup, &id, &page, &coin, &mut wait).await?;
    let payment = sent(setup, &coin, &mut wait).await?;
    setup.completed("onramp", payment);
    Ok(())
}

fn spend() -> Money {
    Money::from_minor(15050, Currency::EUR)
}

async fn quoted(setup: &mut Setup<'_>, asset: &Asset) -> Result<Quote> {
    let assets = setup.client.list_assets().await?;
    let chains: BTreeSet<_> = assets.iter().map(|offer| &offer.chain).collect();
    let is_active = |offer: &AvailableAsset| offer.asset().as_ref() == Some(asset) && offer.active != false;
    step!(setup, "onramp.assets", format!("{} coins on {} chains are on offer", assets.len(), chains.len()), {
        value "assets" => assets.len();
        check format!("{asset} is one of them, and active") => assets.iter().any(is_active);
    })?;

    let request = QuoteRequest::new(spend(), asset.clone(), PaymentType::Card);
    let quote = setup.client.onramp().quote(request).await?;
    let fee = quote.fee.or(Some(Money::zero(Currency::EUR)));
    let (spent, tokens) = (quote.spend, &quote.tokens);
    step!(setup, "onramp.quote", format!("{spent} by card buy {tokens}, of which {fee} are the fee"), {
        value "spend" => spent;
        value "fee" => fee;
        value "tokens" => tokens;
        same "the quote is for" => spent, Field::Value(spend());
        check "(amount − fee) ÷ price gives exactly these coins, cut at six decimals" => adds_up(&quote);
    })?;
    Ok(quote)
}

/// Whether the parts of a quote give its tokens, to the last digit.
pub(crate) fn adds_up(quote: &Quote) -> bool {
    let (Field::Value(fee), Field::Value(price), Field::Value(spend)) = (quote.fee, quote.price, quote.spend)
    else {
        return false;
    };
    let rest = spend.checked_sub(fee).map(|money| money.amount());
    rest.and_then(|spent| spent.checked_div(price.amount(), 6, Rounding::Down)) == Some(quote.tokens.amount())
}

async fn created(
    setup: &mut Setup<'_>,
    customer: &UserId,
    asset: &Asset,
    quote: Quote,
) -> Result<(PaymentId, Secret, CoinAmount)> {
    let onramp = setup.client.onramp().clone();
    let before = setup.sandbox.payments_created();
    let slippage = Slippage::percent(2);
    let guard = quote.guard(Duration::from_secs(60), slippage);
    let fresh = onramp.check_guard(&guard).await?;
    let external_id = format!("demo-{}-onramp", setup.seed);
    let order = NewGuidedPayment::new(customer.clone(), spend(), asset.clone())
        .payment_type(PaymentType::Card)
        .external_id(external_id.as_str())
        .guard(guard);
    let created = onramp.create_guided_payment(order).await?;
    let payment = onramp.payment(&created.payment_id).await?;
    let Some(page) = created.next.redirect_url().cloned() else {
        return Err(Error::stuck("a guided payment leads to no page"));
    };
    let Some(coin) = payment.coin.into_value() else {
        return Err(Error::stuck("a payment names no coins"));
    };
    let reference = created.external_id.map(|id| id.to_string());
    let id = created.payment_id;
    let allowed = slippage.allows(quote.tokens.amount(), fresh.tokens.amount());
    step!(setup, "onramp.create", format!("guided payment {} for {}", short(id.as_str()), spend()), {
        value "payment_id" => id.as_str();
        check format!("the price moved by less than {slippage} since the quote, so the guard lets it pass") => allowed;
        same "payments made at the provider" => setup.sandbox.payments_created() - before, 1;
        same "our reference came back" => reference.unwrap_or_default(), external_id;
        same "read back, sent in euros and answered in cents" => payment.fiat, Field::Value(spend());
        same "coins to come, as just quoted" => coin.amount(), fresh.tokens.amount();
        same "status" => payment.status, PaymentStatus::Started;
    })?;
    Ok((id, page, coin))
}

async fn paid(
    setup: &mut Setup<'_>,
    id: &PaymentId,
    page: &Secret,
    coin: &CoinAmount,
    wait: &mut Wait<Payment>,
) -> Result<()> {
    let first = next(wait).await?;
    // The provider may deliver twice; the receiver must act once.
    setup.sandbox.fail_next_webhook("PAY_IN", WebhookFault::Duplicate);
    let before = setup.receiver.counts();
    let fields = [
        ("payment_type", "card"),
        ("wallet", WALLET),
        ("holder", CUSTOMER),
        ("action", "pay"),
    ];
    let (shown, sent) = setup.browser.complete(page.expose(), &fields).await?;
    let text = format!("{CUSTOMER} names the wallet {} and pays by card", short(WALLET));
    step!(setup, "onramp.gateway", text, {
        check "the page names the coins to come" => shown.html.contains(&coin.amount().to_string());
        check "the page says that the payment was received" => sent.state().is_some_and(|state| state.contains("received"));
        same "until then, the wait saw" => first.status, PaymentStatus::Started;
    })?;

    let event = setup.arrival(id.as_str()).await;
    let told = event.as_ref().and_then(|event| event.payment());
    let counts = setup.receiver.counts();
    let seen = next(wait).await?;
    step!(setup, "onramp.pay_in", "PAY_IN arrived, was verified, and woke the wait", {
        check "the event is PAY_IN" => is(event.as_ref(), EventKind::PayIn);
        check format!("it tells of {}", spend()) => told.is_some_and(|told| told.fiat == Some(spend()));
        same "verified deliveries" => counts.verified - before.verified, 2;
        same "handled, since it was delivered twice" => counts.handled - before.handled, 1;
        same "the wait sees" => seen.status, PaymentStatus::PaymentReceived;
    })
}

async fn sent(setup: &mut Setup<'_>, coin: &CoinAmount, wait: &mut Wait<Payment>) -> Result<Payment> {
    setup.sandbox.advance(BUYING);
    let last = next(wait).await?;
    let is_over = last.is_final() && wait.next().await.is_none();
    let step = setup.coins_sent("onramp.coins_sent", &last, spend(), is_over);
    let read = last.coin.borrowed().map(CoinAmount::amount);
    let step = step
        .await
        .same("coins read back", read, Field::Value(coin.amount()));
    setup.timeline.step(step)?;
    Ok(last)
}

/// The next state that a wait sees.
async fn next(wait: &mut Wait<Payment>) -> Result<Payment> {
    match wait.next().await {
        Some(seen) => Ok(seen?),
        None => Err(Error::stuck("the wait ended too early")),
    }
}
