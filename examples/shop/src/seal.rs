//! Whether the service can open what its database holds.

use std::error::Error;

use cryptopocket::inbox::journal::Journal;
use cryptopocket::inbox::sql::Columns as _;
use cryptopocket::inbox::{Filter, Inbox, bind};

use crate::ledger::Ledger;

/// Refuses to go on without the key of what was sealed last: each order and each webhook would fail, one by one.
pub(crate) async fn check<S: Ledger>(
    inbox: &Inbox<S>,
    journal: &Journal<Inbox<S>>,
    has_key: bool,
) -> Result<(), Box<dyn Error>> {
    let cure = if has_key {
        "BODY_KEY is another key than the one that sealed what the database holds: set it to that one"
    } else {
        "BODY_KEY is not set, and the database holds what a key has sealed: set it to that key"
    };
    // Only the latest rows: a shop without a key does not read its whole tables at each start.
    let sql = "SELECT key FROM cryptopocket_inbox_journal WHERE request_sealed_with IS NOT NULL
         AND seq > (SELECT max(seq) FROM cryptopocket_inbox_journal) - 1000 ORDER BY seq DESC LIMIT 1";
    let calls = inbox.store().rows(sql, bind![]).await?;
    if let Some(call) = calls.first()
        && let Some(entry) = journal.entry(&call.word("key")?).await?
        && journal.request(&entry).is_err()
    {
        return Err(cure.into());
    }
    let sql = "SELECT seq FROM cryptopocket_inbox_events
         WHERE sealed_with IS NOT NULL AND body IS NOT NULL
         AND seq > (SELECT max(seq) FROM cryptopocket_inbox_events) - 1000 ORDER BY seq DESC LIMIT 1";
    let events = inbox.store().rows(sql, bind![]).await?;
    if let Some(event) = events.first() {
        let only = Filter::all().after(event.number("seq")? - 1);
        let read = inbox.read(only, 1).await?;
        if read.iter().any(|(_, delivery)| delivery.is_none()) {
            return Err(cure.into());
        }
    }
    Ok(())
}
