//! What runs beside the endpoints.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::inbox::Error;
use cryptopocket::inbox::journal::{Entry, Phase};
use cryptopocket::inbox::tracker::Change;
use cryptopocket::once::resume;

use crate::ledger::{self, Ledger, unmatched};
use crate::orders::Shop;

const DAY: Duration = Duration::from_hours(24);

/// Drops raw answers once their payment is final: nothing can be asked about it any more. Never returns.
pub(crate) async fn tidy<S: Ledger>(shop: Arc<Shop<S>>) {
    // From the beginning after each start, since finishing twice does no harm.
    let mut changes = shop.tracker.feed(0);
    loop {
        match changes.next().await {
            Ok(entry) if matches!(entry.changed.change, Change::Confirmed { .. }) => {
                while let Err(error) = shop.journal.finish(entry.changed.object.id()).await {
                    eprintln!("shop: {error}");
                    pause(&shop).await;
                }
            }
            Ok(_) => {}
            Err(error) => {
                eprintln!("shop: {error}");
                pause(&shop).await;
            }
        }
    }
}

/// Every few seconds: goes on with calls whose outcome is not known and orders without a payment, as far as they are due.
/// Less often: gauges, retention. Never returns.
pub(crate) async fn keep_up<S: Ledger>(shop: Arc<Shop<S>>) {
    for round in 0_u64.. {
        told(look(&shop).await);
        if round % 3 == 0 {
            told(set_gauges(&shop).await);
        }
        if round % 100 == 0 {
            told(erase(&shop).await);
        }
        pause(&shop).await;
    }
}

fn told(result: Result<(), Error>) {
    if let Err(error) = result {
        eprintln!("shop: {error}");
    }
}

async fn pause<S>(shop: &Shop<S>) {
    let runtime = shop.client.session().runtime();
    runtime.sleep(Duration::from_secs(2)).await;
}

async fn look<S: Ledger>(shop: &Shop<S>) -> Result<(), Error> {
    let (store, now) = (shop.inbox.store(), shop.client.session().runtime().now());
    // Calls that were certainly not sent are left to the customer, who may have gone; the others are looked for.
    for entry in shop.journal.due(100).await? {
        // One that fails must not hold up the others.
        told(resume(&shop.journal, &shop.client, &entry).await.map(drop));
        told(follow(shop, &entry.key).await);
    }
    // A crash between a payment and the note of it: the journal knows which order it is for.
    for order in ledger::due(store, now).await? {
        told(follow(shop, &order).await);
    }
    told(unmatched::credit_those_known_now(store, now).await);
    // Not at once: an order that a crash left without its payment is found by then.
    let Some(before) = now.checked_sub(Duration::from_secs(10)) else {
        return Ok(());
    };
    for payment in unmatched::untold(store, before).await? {
        eprintln!(
            "shop: ERROR: payment {payment} is settled and belongs to no order: a person has to look, see `shop unmatched`"
        );
        // After the line: a crash between the two repeats it, and never loses it.
        unmatched::told(store, payment).await?;
    }
    Ok(())
}

/// Takes over what the journal knows of an order.
async fn follow<S: Ledger>(shop: &Shop<S>, order: &str) -> Result<(), Error> {
    let (store, now) = (shop.inbox.store(), shop.client.session().runtime().now());
    let entry = shop.journal.entry(order).await?;
    let age = entry.as_ref().and_then(|entry| shop.journal.age(entry));
    let is_unsent = entry.as_ref().is_some_and(|entry| entry.phase == Phase::Intended);
    if is_unsent && age > Some(7 * DAY) {
        // The customer has gone, or the request is one that can never be sent. Nothing was done, unless it is sent just now
        // or the store came back from a backup.
        let reason = "not sent for a week: order under a new id";
        if shop.journal.give_up(order, "shop", reason).await? {
            return ledger::refuse(store, order).await;
        }
    }
    match &entry {
        Some(entry) if entry.phase == Phase::Refused => ledger::refuse(store, order).await,
        Some(Entry {
            object: Some(payment),
            phase: Phase::Done,
            ..
        }) => {
            if !shop.tie(order, payment).await? {
                eprintln!(
                    "shop: ERROR: the journal says that {payment} pays {order}, and that payment or that order has another \
                     one: a person has to look"
                );
                ledger::postpone(store, order, now.saturating_add(DAY)).await?;
            }
            Ok(())
        }
        _ => {
            // Nothing is sent unless the customer asks again, and then it is looked at soon.
            let pause = age.unwrap_or(DAY).clamp(Duration::from_secs(10), DAY);
            ledger::postpone(store, order, now.saturating_add(pause)).await
        }
    }
}

async fn set_gauges<S: Ledger>(shop: &Shop<S>) -> Result<(), Error> {
    shop.tracker.counts().await?;
    shop.journal.counts().await?;
    shop.inbox.counts().await?;
    metrics::gauge!("shop_unmatched_payments").set(unmatched::count(shop.inbox.store()).await?);
    Ok(())
}

/// Retention: a week after a payment is final, and after an event is done.
async fn erase<S: Ledger>(shop: &Shop<S>) -> Result<(), Error> {
    shop.journal.erase(7 * DAY).await?;
    shop.inbox.erase_bodies(7 * DAY).await?;
    Ok(())
}
