//! What runs beside the endpoints.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket::inbox::journal::{Phase, Selection};
use cryptopocket::inbox::tracker::Change;
use cryptopocket::once::resume;

use crate::ledger::Ledger;
use crate::orders::Shop;

/// Drops raw answers once their payment is final: nothing can be asked about it any more. Never returns.
pub(crate) async fn tidy<S: Ledger>(shop: Arc<Shop<S>>) {
    // From the beginning after each start, since finishing twice does no harm.
    let mut changes = shop.tracker.feed(0);
    loop {
        let tidied = match changes.next().await {
            Ok(entry) if matches!(entry.changed.change, Change::Confirmed { .. }) => {
                shop.journal.finish(entry.changed.object.id()).await.map(drop)
            }
            other => other.map(drop),
        };
        if let Err(error) = tidied {
            eprintln!("shop: {error}");
            pause(&shop).await;
        }
    }
}

/// Every few seconds: goes on with calls whose outcome is not known, and sets the gauges. Never returns.
pub(crate) async fn keep_up<S: Ledger>(shop: Arc<Shop<S>>) {
    loop {
        if let Err(error) = look(&shop).await {
            eprintln!("shop: {error}");
        }
        pause(&shop).await;
    }
}

async fn pause<S>(shop: &Shop<S>) {
    let runtime = shop.client.session().runtime();
    runtime.sleep(Duration::from_secs(2)).await;
}

async fn look<S: Ledger>(shop: &Shop<S>) -> Result<(), Box<dyn Error + Send + Sync>> {
    // All pages, since those that are left to the customer stay open and would fill the first.
    let mut after = 0;
    loop {
        let open = shop.journal.select(Selection::Open { after }, 100).await?;
        let Some(last) = open.last() else { break };
        after = last.seq;
        for entry in open {
            // Those that were certainly not sent are left to the customer, who may have gone; the others are looked for.
            if matches!(entry.phase, Phase::Sending | Phase::Confirmed) {
                let _ = resume(&shop.journal, &shop.client, &entry).await?;
            }
        }
    }
    // A crash between a payment and the note of it: the journal knows which order it is for.
    let mut after = String::new();
    loop {
        let orders = shop.inbox.store().untied(&after).await?;
        let Some(last) = orders.last() else { break };
        after.clone_from(last);
        for order in orders {
            let entry = shop.journal.entry(&order).await?;
            if let Some(payment) = entry.and_then(|entry| entry.object) {
                shop.tie(&order, &payment).await?;
            }
        }
    }
    shop.tracker.counts().await?;
    shop.journal.counts().await?;
    shop.inbox.counts().await?;
    // Retention: a week after a payment is final, and after an event is done.
    let week = Duration::from_hours(7 * 24);
    shop.journal.erase(week).await?;
    shop.inbox.erase_bodies(week).await?;
    Ok(())
}
