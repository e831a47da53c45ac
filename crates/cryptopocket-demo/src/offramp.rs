//! A wallet pays, a bank account receives.

use std::time::Duration;

use cryptopocket::offramp::{FiatAmount, NewOfframp, QuoteRequest};
use cryptopocket::webhooks::EventKind;
use cryptopocket::{Asset, Currency, Field, Iban, OfframpId, OfframpStatus, UserId};

use crate::error::{Error, Result};
use crate::setup::{CUSTOMER, CUSTOMER_IBAN, PATIENCE, Setup, is};
use crate::step::step;
use crate::timeline::{Exchange, Object};

const PAYING_OUT: Duration = Duration::from_secs(900);
/// Eighteen decimals, so that a single lost digit would show.
const COINS: &str = "20.000000000000000001";

pub(crate) async fn run(setup: &mut Setup<'_>, customer: &UserId) -> Result<()> {
    let about = "a wallet pays, a bank account receives";
    setup.timeline.section("Off-ramp", about)?;
    let offramp = setup.client.offramp().clone();
    let coins = Asset::new("DAI", "polygon").amount(COINS.parse()?);
    let iban: Iban = CUSTOMER_IBAN.parse()?;
    let account = iban.masked();

    let quote = offramp.quote(QuoteRequest::new(coins.clone())).await?;
    let price = quote.receive;
    step!(setup, "offramp.quote", format!("{coins} bring {price}"), {
        value "sell" => &coins;
        value "receive" => price;
        same "the quote is for" => quote.sell.clone(), Field::Value(coins.clone());
        check "it is in euros" => price.in_currency(Currency::EUR).is_some();
    })?;

    let before = setup.sandbox.offramps_created();
    let order = NewOfframp::to_iban(customer.clone(), coins.clone(), iban);
    let created = offramp.create_offramp(order).await?;
    let now = offramp.offramp(&created.id).await?;
    step!(setup, "offramp.create", format!("off-ramp {}: send the coins to {}", created.id, created.wallet), {
        value "offramp_id" => created.id.as_str();
        value "wallet" => &created.wallet;
        same "off-ramps made at the provider" => setup.sandbox.offramps_created() - before, 1;
        same "coins read back from base units" => now.coin, Field::Value(coins.clone());
        same "money to come, as quoted" => now.fiat.map(|fiat| fiat.amount), Field::Value(price.amount);
        same "status" => now.status, OfframpStatus::Started;
    })?;

    received(setup, &created.id).await?;
    setup.sandbox.advance(PAYING_OUT);
    let event = setup.arrival(created.id.as_str()).await;
    let told = event.as_ref().and_then(|event| event.offramp());
    let last = offramp.wait_offramp(&created.id).max_wait(PATIENCE).await?;
    let paid_out = last.fiat.map(|fiat| fiat.amount);
    let money = paid_out.map(|amount| FiatAmount::new(amount, Field::Value(Currency::EUR)));
    let text = format!("TRANSFER_RAMPOFF_FINISHED arrived: {money} are on account {account}");
    step!(setup, "offramp.finished", text, {
        value "offramp_id" => created.id.as_str();
        value "fiat" => money;
        check "the event is the off-ramp's end" => is(event.as_ref(), EventKind::OfframpFinished);
        check "the webhook tells the same money" => told.is_some_and(|told| paid_out.is_value() && paid_out == told.fiat_amount);
        check "the webhook tells the same coins" => told.is_some_and(|told| last.coin.is_value() && last.coin == told.coin);
        same "coins sold, to the last of 18 decimals" => last.coin.clone(), Field::Value(coins);
        same "money paid out, as quoted" => paid_out, Field::Value(price.amount);
        same "status" => &last.status, &OfframpStatus::Finished;
    })?;
    setup.exchanges.push(Exchange {
        flow: "offramp",
        customer: CUSTOMER,
        paid: last.coin.to_string(),
        received: money.to_string(),
        destination: format!("account {account}"),
        proof: format!("off-ramp {}", last.id),
        object: Object::Offramp(Box::new(last)),
    });
    Ok(())
}

async fn received(setup: &mut Setup<'_>, id: &OfframpId) -> Result<()> {
    let number = id.as_str().parse();
    let number = number.map_err(|_| Error::stuck("the emulator numbers its off-ramps otherwise"))?;
    setup.sandbox.deposit_crypto(number, None)?;
    let event = setup.arrival(id.as_str()).await;
    let seen = setup.client.offramp().offramp(id).await?;
    let text = format!("{CUSTOMER} sent {}; CRYPTO_RECEIVED arrived", seen.coin);
    step!(setup, "offramp.crypto_received", text, {
        check "the event is CRYPTO_RECEIVED" => is(event.as_ref(), EventKind::CryptoReceived);
        same "status" => seen.status, OfframpStatus::CryptoReceived;
    })
}
