//! What a person does about payments that belong to no order.

use std::error::Error;

use cryptopocket::inbox::Inbox;
use cryptopocket::inbox::journal::{Entry, Journal, Phase, Selection, Verdict};
use cryptopocket::onramp::Payment;
use cryptopocket::{Client, Clock as _, SystemClock, UserId};

use crate::ledger::{self, Ledger, Order, unmatched};

const USAGE: &str = "usage: shop                              serves
       shop unmatched                    lists payments that are settled and belong to no order
       shop match PAYMENT ORDER BY       credits the customer of an order of the same amount; BY is your name
       shop refuse ORDER BY NOTE         refuses an order that none of the payments with its id was made for
       shop close PAYMENT BY NOTE        it needs no credit here; NOTE says why";

const NONE_WAITS: &str = "no such payment waits: see `shop unmatched`";

/// What the program is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Serve,
    Unmatched,
    Match {
        payment: String,
        order: String,
        by: String,
    },
    Refuse {
        order: String,
        by: String,
        note: String,
    },
    Close {
        payment: String,
        by: String,
        note: String,
    },
}

impl Command {
    pub(crate) fn read(arguments: &[String]) -> Result<Self, &'static str> {
        let words: Vec<_> = arguments.iter().map(String::as_str).collect();
        Ok(match words[..] {
            [] => Self::Serve,
            ["unmatched"] => Self::Unmatched,
            ["match", payment, order, by] => Self::Match {
                payment: payment.to_owned(),
                order: order.to_owned(),
                by: by.to_owned(),
            },
            ["refuse", order, by, note] => Self::Refuse {
                order: order.to_owned(),
                by: by.to_owned(),
                note: note.to_owned(),
            },
            ["close", payment, by, note] => Self::Close {
                payment: payment.to_owned(),
                by: by.to_owned(),
                note: note.to_owned(),
            },
            _ => return Err(USAGE),
        })
    }
}

pub(crate) async fn run<S: Ledger>(store: S, command: Command) -> Result<(), Box<dyn Error>> {
    let (inbox, now) = (Inbox::new(store), SystemClock.now());
    match command {
        Command::Serve => return Err("this is no command of the desk".into()),
        Command::Unmatched => {
            let waiting = unmatched::list(inbox.store(), 1000).await?;
            for one in &waiting {
                println!("{}  since {}", one.payment, one.found_at);
            }
            println!("{} wait", waiting.len());
        }
        Command::Match { payment, order, by } => println!("{}", assign(&inbox, &payment, &order, &by).await?),
        Command::Refuse { order, by, note } => {
            refuse(&inbox, &order, &by, &note).await?;
            println!("refused {order}");
        }
        Command::Close { payment, by, note } => {
            if !unmatched::resolve(inbox.store(), payment, None, now, &by, &note).await? {
                return Err(NONE_WAITS.into());
            }
            println!("done");
        }
    }
    inbox.close().await;
    Ok(())
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
    if !waits.iter().any(|one| one.payment == payment) {
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
    let (tied, note) = (Some(order.to_owned()), format!("credited to {order}"));
    if !unmatched::resolve(
        inbox.store(),
        payment.to_owned(),
        tied,
        SystemClock.now(),
        by,
        &note,
    )
    .await?
    {
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
            "{order} may be paid by {}: match one of these, choose another order, or refuse {order} if none of these is its \
             payment",
            entry.candidates.join(" or ")
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
        let read =
            |line: &str| Command::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(read(""), Ok(Command::Serve));
        assert_eq!(read("unmatched"), Ok(Command::Unmatched));
        let (payment, order, by) = ("p-1".to_owned(), "order-1".to_owned(), "ada".to_owned());
        assert_eq!(
            read("match p-1 order-1 ada"),
            Ok(Command::Match { payment, order, by })
        );
        assert_eq!(read("match p-1"), Err(USAGE));
    }
}
