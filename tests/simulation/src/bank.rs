//! Credits on our bank account, and the payments that they pay.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::banking::{
    ExpectedTransfer, NewReconciliation, Transaction, TransactionFilter, TransferMatch, match_transfer,
};
use cryptopocket::once::{Outcome, reconcile_once, resume};
use cryptopocket::tracking;

use crate::durable::Durable;
use crate::node::Process;

/// How long a transfer is waited for. Customers pay within two hours, and the bank is never a day late.
const WAITED_FOR: Duration = Duration::from_hours(24);

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Ties credits to payments, every hour or two.
pub(crate) async fn run<D: Durable>(process: Arc<Process<D>>) {
    loop {
        let pause = process
            .world
            .between(Duration::from_hours(1), Duration::from_hours(2));
        process.world.time.sleep(pause).await;
        // What failed is tried again in the next round.
        let _ = tie(&process).await;
    }
}

async fn tie<D: Durable>(process: &Process<D>) -> Result<(), Failed> {
    for entry in process.journal.unsettled(1_000).await? {
        if entry.operation == "reconcile_payment" {
            let resumed = resume(&process.journal, &process.client, &entry).await;
            process
                .world
                .trace(&entry.key, || format!("{}: resumed: {resumed:?}", entry.key));
        }
    }
    let transfers: Vec<_> = {
        let oldest = process.world.time.passed().saturating_sub(WAITED_FOR);
        let notes = process.world.notes();
        let open = notes.known.transfers.iter();
        let open = open.filter(|(_, transfer)| !transfer.is_tied && transfer.since >= oldest);
        open.map(|(id, transfer)| (id.clone(), *transfer)).collect()
    };
    if transfers.is_empty() {
        return Ok(());
    }
    let credits = credits(process).await?;
    for (payment, transfer) in transfers {
        let expected = ExpectedTransfer::new(transfer.concept, transfer.amount);
        // A credit that is tied elsewhere says nothing of this payment unless it carries the payment's reference.
        let may_pay = |credit: &&Transaction| {
            !credit.reconciled
                || credit
                    .concept
                    .value()
                    .is_some_and(|concept| concept.reveal() == transfer.concept.to_string())
        };
        let credit = match match_transfer(&expected, credits.iter().filter(may_pay)) {
            TransferMatch::Confirmed(credit) => credit,
            TransferMatch::AlreadyReconciled(_) => {
                tied_to(process, &payment);
                continue;
            }
            _ => continue,
        };
        let key = format!("reconcile-{}", credit.id);
        let pair = NewReconciliation::of(payment.as_str(), credit);
        let tied = reconcile_once(&process.journal, &process.client, &key, pair).await;
        process
            .world
            .trace(&key, || format!("{key} with {payment}: {tied:?}"));
        match tied {
            Ok(Outcome::Done(reconciled)) => {
                tied_to(process, payment.as_str());
                let (object, observation) = tracking::reconciled(&reconciled, process.now());
                process.tracker.observe(&object, observation).await?;
            }
            // Its key is spent. A person finds it in the list of these.
            Ok(Outcome::Refused { .. } | Outcome::Ambiguous { .. }) => {
                let mut notes = process.world.notes();
                notes.known.left.insert(credit.id.to_string());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Its transfer is waited for no longer.
fn tied_to<D: Durable>(process: &Process<D>, payment: &str) {
    let mut notes = process.world.notes();
    if let Some(transfer) = notes.known.transfers.get_mut(payment) {
        transfer.is_tied = true;
    }
}

async fn credits<D: Durable>(process: &Process<D>) -> Result<Vec<Transaction>, Failed> {
    let banking = process.client.banking();
    let mut credits = Vec::new();
    for account in banking.list_accounts().await?.into_items() {
        let list = banking.list_transactions(account.iban, TransactionFilter::new());
        let mut rows = list.per_page(100).items();
        while let Some(row) = rows.next().await {
            credits.push(row?);
        }
    }
    Ok(credits)
}
