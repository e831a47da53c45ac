//! What a person does about payments that belong to no order, and about orders that may be paid.

use std::error::Error;

use cryptopocket::inbox::Inbox;
use cryptopocket::inbox::journal::{Entry, Journal, Phase, Selection, Verdict};
use cryptopocket::onramp::Payment;
use cryptopocket::{Client, Clock as _, SystemClock, UserId};

use crate::ledger::{self, Ledger, Order, unmatched};

const USAGE: &str = "usage: shop                              serves
       shop unmatched                    lists payments that are settled and belong to no order
       shop ambiguous                    lists orders that may be paid, and nothing tells by which payment
       shop match PAYMENT ORDER BY       credits the customer of an order of the same amount; BY is your name
       shop refuse ORDER BY NOTE         refuses an order that none of the payments with its id was made for
       shop close PAYMENT BY NOTE        it needs no credit here; NOTE says why";

const NONE_WAITS: &str = "no such payment waits: see `shop unmatched`";

/// What the words of a command need of the store.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Serve,
    List,
    Decide,
}

impl Task {
    pub(crate) fn of(words: &[&str]) -> Result<Self, &'static str> {
        match words {
            [] => Ok(Self::Serve),
            ["unmatched" | "ambiguous"] => Ok(Self::List),
            ["match" | "refuse" | "close", _, _, _] => Ok(Self::Decide),
            _ => Err(USAGE),
        }
    }
}

/// Does what the words say, and prints what it found or did.
pub(crate) async fn run<S: Ledger>(store: S, words: &[&str]) -> Result<(), Box<dyn Error>> {
    let inbox = Inbox::new(store);
    let said = match words {
        ["unmatched"] => {
            let waiting = unmatched::list(inbox.store(), 1000).await?;
            for (payment, found_at) in &waiting {
                println!("{payment}  since {found_at}");
            }
            format!("{} wait", waiting.len())
        }
        ["ambiguous"] => {
            let waiting = ambiguous(&Journal::new(inbox.clone())).await?;
            for entry in &waiting {
                let since = entry.settled_at.map(|at| at.to_string());
                println!(
                    "{}  since {}  {}",
                    entry.key,
                    since.unwrap_or_default(),
                    payers(entry)
                );
            }
            format!("{} wait", waiting.len())
        }
        ["match", payment, order, by] => assign(&inbox, payment, order, by).await?,
        ["refuse", order, by, note] => {
            refuse(&inbox, order, by, note).await?;
            format!("refused {order}")
        }
        ["close", payment, by, note] => {
            let (payment, now) = ((*payment).to_owned(), SystemClock.now());
            if !unmatched::resolve(inbox.store(), payment, None, now, by, note).await? {
                return Err(NONE_WAITS.into());
            }
            "done".to_owned()
        }
        _ => return Err(USAGE.into()),
    };
    println!("{said}");
    inbox.close().await;
    Ok(())
}

/// Orders whose call may have been done, as the journal could not find out, oldest first.
async fn ambiguous<S: Ledger>(journal: &Journal<Inbox<S>>) -> Result<Vec<Entry>, cryptopocket::inbox::Error> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let open = journal.select(Selection::Open { after }, 1000).await?;
        let Some(last) = open.last() else { return Ok(found) };
        after = last.seq;
        found.extend(open.into_iter().filter(|entry| entry.phase == Phase::Ambiguous));
    }
}

/// What may pay an ambiguous order.
fn payers(entry: &Entry) -> String {
    match entry.candidates.join(" or ") {
        none if none.is_empty() => "may be paid by a payment that is not known".to_owned(),
        some => format!("may be paid by {some}"),
    }
}

/// Credits an order with a payment that the journal did not make for it, if both are about the same money of the same
/// customer. Says what was credited.
async fn assign<S: Ledger>(
    inbox: &Inbox<S>,
    payment: &str,
    order: &str,
    by: &str,
) -> Result<String, Box<dyn Error>> {
    let waits = unmatched::list(inbox.store(), u32::MAX).await?;
    if !waits.iter().any(|(waiting, _)| waiting == payment) {
        return Err(NONE_WAITS.into());
    }
    let Some((stored, _)) = ledger::order(inbox.store(), order).await? else {
        return Err(format!("there is no order {order}").into());
    };
    if let Some(other) = stored.payment.as_ref().filter(|other| *other != payment) {
        return Err(paid_by(order, other).into());
    }
    let journal = Journal::new(inbox.clone());
    let made = journal.select(Selection::Object(payment.to_owned()), 1).await?;
    if let Some(entry) = made.first().filter(|entry| entry.key != order) {
        return Err(format!("the journal says that it pays {}", entry.key).into());
    }
    let entry = journal.entry(order).await?;
    if let Some(entry) = &entry {
        free(entry, payment)?;
    }
    let client = Client::from_env()?;
    let found = client.onramp().payment(&payment.into()).await?;
    compare(&found, &stored)?;
    if entry.is_some_and(|entry| entry.phase == Phase::Ambiguous) {
        let object = payment.to_owned();
        journal
            .settle(order, Verdict::Done { object }, by, "matched at the desk")
            .await?;
    }
    let (waiting, tied, now) = (payment.to_owned(), Some(order.to_owned()), SystemClock.now());
    let note = format!("credited to {order}");
    if !unmatched::resolve(inbox.store(), waiting, tied, now, by, &note).await? {
        return Err("the payment was decided on meanwhile: look again".into());
    }
    Ok(format!(
        "credited {} to customer {} for {order}",
        stored.money(),
        stored.customer
    ))
}

/// Refuses an ambiguous order, so that the customer can order again under a new id. It is not sent again: if it was done
/// after all, its payment waits as one that belongs to no order, and no second one is made under this id.
async fn refuse<S: Ledger>(
    inbox: &Inbox<S>,
    order: &str,
    by: &str,
    note: &str,
) -> Result<(), Box<dyn Error>> {
    let journal = Journal::new(inbox.clone());
    let entry = journal.entry(order).await?;
    if entry.is_none_or(|entry| entry.phase != Phase::Ambiguous) {
        return Err(format!("{order} does not wait for a person").into());
    }
    journal.settle(order, Verdict::NotDone, by, note).await?;
    Ok(ledger::refuse(inbox.store(), order).await?)
}

fn paid_by(order: &str, other: &str) -> String {
    format!("{order} is paid by {other}: choose another order, or close the payment")
}

/// Refuses an order that has another payment, or may still get one.
fn free(entry: &Entry, payment: &str) -> Result<(), String> {
    let order = &entry.key;
    match entry.phase {
        Phase::Refused => Ok(()),
        Phase::Done if entry.object.as_deref() == Some(payment) => Ok(()),
        // A crash came between the payment and the note of it.
        Phase::Done => Err(paid_by(
            order,
            entry.object.as_deref().unwrap_or("another payment"),
        )),
        Phase::Ambiguous if entry.candidates.iter().any(|one| one == payment) => Ok(()),
        Phase::Ambiguous => Err(format!(
            "{order} {}: match one of these, choose another order, or refuse {order} if none of these is its payment",
            payers(entry)
        )),
        phase => Err(format!(
            "{order} may still get a payment of its own, since its call is {phase}: ask for the order again until it has \
             one or is refused, or choose another order",
            phase = phase.as_str()
        )),
    }
}

/// Refuses a payment of another customer or of other money, as the provider shows it now.
fn compare(payment: &Payment, order: &Order) -> Result<(), String> {
    let (id, name) = (&payment.id, &order.id);
    if payment.fiat.value().copied() != Some(order.money()) {
        return Err(format!(
            "{id} is of {}, and {name} of {}: choose an order of that amount, or close the payment",
            payment.fiat,
            order.money()
        ));
    }
    if payment.user_id.value().map(UserId::as_str) != Some(&order.customer) {
        return Err(format!(
            "{id} is of customer {}, and {name} of customer {}: choose an order of that customer, or close the payment",
            payment.user_id, order.customer
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read() {
        let task = |line: &str| Task::of(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(task(""), Ok(Task::Serve));
        assert_eq!(
            [task("unmatched"), task("ambiguous")],
            [Ok(Task::List), Ok(Task::List)]
        );
        assert_eq!(task("match p-1 order-1 ada"), Ok(Task::Decide));
        assert_eq!([task("match p-1"), task("pay")], [Err(USAGE), Err(USAGE)]);
    }
}
