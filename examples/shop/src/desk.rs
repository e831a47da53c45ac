//! What a person does about payments that belong to no order.

use std::error::Error;

use cryptopocket::inbox::Inbox;
use cryptopocket::inbox::journal::{Journal, Phase, Selection, Verdict};
use cryptopocket::{Clock as _, SystemClock};

use crate::ledger::{self, Ledger, unmatched};

const USAGE: &str = "usage: shop                              serves
       shop unmatched                    lists payments that are settled and belong to no order
       shop match PAYMENT ORDER BY       credits the customer of an order that has no payment; BY is your name
       shop close PAYMENT BY NOTE        it needs no credit here; NOTE says why";

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
    let done = match command {
        Command::Serve => return Err("this is no command of the desk".into()),
        Command::Unmatched => {
            let waiting = unmatched::list(inbox.store(), 1000).await?;
            for one in &waiting {
                println!("{}  since {}", one.payment, one.found_at);
            }
            println!("{} wait", waiting.len());
            return Ok(());
        }
        Command::Match { payment, order, by } => {
            tie(&inbox, &payment, &order, &by).await?;
            let note = format!("credited to {order}");
            unmatched::resolve(inbox.store(), payment, now, &by, &note).await?
        }
        Command::Close { payment, by, note } => {
            unmatched::resolve(inbox.store(), payment, now, &by, &note).await?
        }
    };
    if !done {
        return Err("no such payment waits: see `shop unmatched`".into());
    }
    println!("done");
    inbox.close().await;
    Ok(())
}

/// Ties an order to a payment that was not made for it by the journal.
async fn tie<S: Ledger>(
    inbox: &Inbox<S>,
    payment: &str,
    order: &str,
    by: &str,
) -> Result<(), Box<dyn Error>> {
    let waits = unmatched::list(inbox.store(), u32::MAX).await?;
    if !waits.iter().any(|one| one.payment == payment) {
        return Err("no such payment waits: see `shop unmatched`".into());
    }
    let Some((stored, _)) = ledger::order(inbox.store(), order).await? else {
        return Err(format!("there is no order {order}").into());
    };
    if let Some(other) = stored.payment.filter(|other| other != payment) {
        return Err(format!("{order} is paid by {other}: choose another order, or close the payment").into());
    }
    let journal = Journal::new(inbox.clone());
    let made = journal.select(Selection::Object(payment.to_owned()), 1).await?;
    if let Some(entry) = made.first().filter(|entry| entry.key != order) {
        return Err(format!("the journal says that it pays {}", entry.key).into());
    }
    // Or the next request for the order would pay it a second time.
    if let Some(entry) = journal.entry(order).await?
        && !matches!(entry.phase, Phase::Done | Phase::Refused)
    {
        let object = payment.to_owned();
        journal
            .settle(order, Verdict::Done { object }, by, "matched at the desk")
            .await?;
    }
    ledger::tie(inbox.store(), order, payment).await?;
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
