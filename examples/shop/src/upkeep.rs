//! What runs beside the endpoints.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::inbox::journal::Phase;
use cryptopocket::once::resume;

use crate::ledger::Ledger;
use crate::orders::Shop;

/// Every few seconds: goes on with calls whose outcome is not known, and sets the gauges. Never returns.
pub(crate) async fn keep_up<S: Ledger>(shop: Arc<Shop<S>>) {
    loop {
        if let Err(error) = look(&shop).await {
            eprintln!("shop: {error}");
        }
        shop.client
            .session()
            .runtime()
            .sleep(Duration::from_secs(2))
            .await;
    }
}

async fn look<S: Ledger>(shop: &Shop<S>) -> Result<(), cryptopocket::inbox::Error> {
    for entry in shop.journal.unsettled(100).await? {
        // Those that were certainly not sent are left to the customer, who may have gone; the others are looked for.
        if matches!(entry.phase, Phase::Sending | Phase::Confirmed) {
            let _ = resume(&shop.journal, &shop.client, &entry).await?;
        }
    }
    shop.journal.counts().await?;
    shop.inbox.counts().await?;
    // Retention: a week after a payment is final, and after an event is done.
    let week = Duration::from_hours(7 * 24);
    shop.journal.erase(week).await?;
    shop.inbox.erase_bodies(week).await?;
    Ok(())
}
