//! Forwarding the events of an inbox as they become due.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::{Runtime as _, TokioRuntime};
use cryptopocket_inbox::{Claim, Delivery, Error, Failure as NotHandled, Handler, Inbox, RetryPolicy, Store};
use tokio::sync::mpsc::UnboundedSender;

use super::forward::{Receiver, is_taken, unreached};
use super::seen::Seen;
use crate::end::End;
use crate::prelude::*;

/// How often an idle inbox is looked at, for events that came through another process.
const LOOK: Duration = Duration::from_secs(1);

/// Forwards what is due, until `end`. An event that is not taken is sent again after the back-off of the inbox.
pub(super) async fn follow<S: Store>(
    inbox: Inbox<S>,
    receiver: Receiver,
    seen: UnboundedSender<Seen>,
    end: End,
) {
    loop {
        let forwarded = match inbox.claim(1).await.map(|mut claims| claims.pop()) {
            Ok(Some(claim)) => forward(&inbox, claim, &receiver, &seen, &end).await.map(Some),
            claims => claims.map(|_| None),
        };
        match forwarded {
            Ok(Some(true)) => continue,
            Ok(Some(false)) => return,
            Ok(None) => {}
            Err(error) => warn(&format!("--store: {error}; {}", error.hint())),
        }
        tokio::select! {
            () = inbox.store().woken() => {}
            () = TokioRuntime.sleep(LOOK) => {}
            () = end.reached() => return,
        }
    }
}

/// Sends a claimed event. `false` if the program is told to stop meanwhile: the event is given back then.
///
/// The first attempt is a result; the others are notes beside it.
async fn forward<S: Store>(
    inbox: &Inbox<S>,
    claim: Claim,
    receiver: &Receiver,
    seen: &UnboundedSender<Seen>,
    end: &End,
) -> Result<bool, Error> {
    let delivery = &claim.delivery;
    let answer = tokio::select! {
        biased;
        () = end.reached() => {
            inbox.release(claim).await?;
            return Ok(false);
        }
        answer = receiver.send_stored(delivery) => answer,
    };
    let (key, attempt) = (delivery.key().to_owned(), delivery.attempt());
    let status = answer.as_ref().ok().copied();
    let event = Seen::verified(delivery.received_at(), delivery.event()).forwarded(status);
    let result = match &answer {
        Ok(status) => format!("the receiver answered {status}"),
        Err(error) => unreached(error),
    };
    let told = format!("{key}, attempt {attempt}: {result}");
    if status.is_some_and(is_taken) {
        inbox.complete(claim, Arc::new(Nothing)).await?;
        if attempt > 1 {
            note(&told);
        }
    } else {
        inbox.fail(claim, &NotHandled::retry(&result)).await?;
        let is_last = RetryPolicy::default().is_last(attempt);
        let again = if is_last { "" } else { "; it is sent again later" };
        warn(&format!("{told}{again}"));
    }
    if attempt == 1 {
        // Nobody reads it if the program ends.
        let _ = seen.send(event);
    }
    Ok(true)
}

/// The handler of events that the receiver handles.
struct Nothing;

impl<T: Send> Handler<T> for Nothing {
    async fn handle(&self, _: &Delivery, _: &mut T) -> Result<(), NotHandled> {
        Ok(())
    }
}
