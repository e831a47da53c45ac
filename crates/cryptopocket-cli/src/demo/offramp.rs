//! A wallet pays, a bank account receives.

use std::time::Duration;

use cryptopocket::offramp::{FiatAmount, NewOfframp, QuoteRequest};
use cryptopocket::webhooks::EventKind;
use cryptopocket::{Asset, Currency, Iban, OfframpId, OfframpStatus};

use super::report::Step;
use super::stage::{CUSTOMER, CUSTOMER_IBAN, PATIENCE, Stage, controlled};
use crate::failure::{Failure, Result};

const PAYING_OUT: Duration = Duration::from_secs(900);
/// Eighteen decimals, so that a single lost digit would show.
const COINS: &str = "20.000000000000000001";

pub(super) async fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.section("Off-ramp", "a wallet pays, a bank account receives")?;
    stage.begin().await?;
    let customer = stage.customer().await?;
    let offramp = stage.client.offramp().clone();
    let coins = Asset::new("DAI", "polygon").amount(COINS.parse()?);
    let iban: Iban = CUSTOMER_IBAN.parse()?;
    let account = iban.masked();

    let quote = offramp.quote(QuoteRequest::new(coins.clone())).await?;
    let price = quote.receive;
    let step = Step::new("offramp.quote", format!("{coins} bring {price}"))
        .value("sell", &coins)
        .value("receive", price)
        .same("the quote is for", &quote.sell, &coins)
        .check("it is in euros", price.in_currency(Currency::EUR).is_some());
    stage.print(&step)?;

    let before = stage.sandbox.offramps_created();
    let created = offramp
        .create_offramp(NewOfframp::to_iban(customer, coins.clone(), iban))
        .await?;
    let now = offramp.offramp(&created.id).await?;
    let step = Step::new(
        "offramp.create",
        format!("off-ramp {}: send the coins to {}", created.id, created.wallet),
    )
    .value("offramp_id", created.id.as_str())
    .value("wallet", &created.wallet)
    .same(
        "off-ramps made at the provider",
        &(stage.sandbox.offramps_created() - before),
        &1,
    )
    .same("coins read back from base units", &now.coin, &coins)
    .same("money to come, as quoted", &now.fiat.amount, &price.amount)
    .same("status", &now.status, &OfframpStatus::Started);
    stage.print(&step)?;

    received(stage, &created.id).await?;
    stage.sandbox.advance(PAYING_OUT);
    let event = stage.arrival(created.id.as_str()).await;
    let told = event.as_ref().and_then(|event| event.offramp());
    let last = offramp.wait_offramp(&created.id).max_wait(PATIENCE).await?;
    let money = FiatAmount::new(last.fiat.amount, Some(Currency::EUR));
    let text = format!("TRANSFER_RAMPOFF_FINISHED arrived: {money} are on account {account}");
    let step = Step::new("offramp.finished", text)
        .value("offramp_id", created.id.as_str())
        .value("fiat", money)
        .check(
            "the event is the off-ramp's end",
            event
                .as_ref()
                .is_some_and(|it| it.kind() == EventKind::OfframpFinished),
        )
        .check(
            "the webhook tells the same money",
            told.is_some_and(|it| it.fiat_amount == Some(last.fiat.amount)),
        )
        .check(
            "the webhook tells the same coins",
            told.is_some_and(|it| it.coin.as_ref() == Some(&last.coin)),
        )
        .same("coins sold, to the last of 18 decimals", &last.coin, &coins)
        .same("money paid out, as quoted", &last.fiat.amount, &price.amount)
        .same("status", &last.status, &OfframpStatus::Finished);
    stage.print(&step)?;
    stage.outcome.sold("offramp", last, money.to_string(), &account);
    Ok(())
}

async fn received(stage: &mut Stage<'_>, id: &OfframpId) -> Result<()> {
    let number = id.as_str().parse().map_err(|_| {
        Failure::check(
            "demo",
            "the emulator numbers its off-ramps otherwise",
            "Run the demo again.",
        )
    })?;
    controlled(stage.sandbox.deposit_crypto(number, None))?;
    let event = stage.arrival(id.as_str()).await;
    let seen = stage.client.offramp().offramp(id).await?;
    let step = Step::new(
        "offramp.crypto_received",
        format!("{CUSTOMER} sent {}; CRYPTO_RECEIVED arrived", seen.coin),
    )
    .check(
        "the event is CRYPTO_RECEIVED",
        event.is_some_and(|it| it.kind() == EventKind::CryptoReceived),
    )
    .same("status", &seen.status, &OfframpStatus::CryptoReceived);
    stage.print(&step)
}
