//! Forwarding the events of an inbox.

use std::time::Duration;

use cryptopocket::inbox::{Error, RetryPolicy};
use cryptopocket::{Runtime as _, TokioRuntime};
use tokio::sync::mpsc::UnboundedSender;

use super::forward::{Receiver, is_taken, unreached};
use super::seen::Seen;
use crate::end::End;
use crate::output;
use crate::store::Kept;

/// How often an idle inbox is looked at, for events that came through another process.
const LOOK: Duration = Duration::from_secs(1);

/// Forwards what is due, until `end`. An event that is not taken is sent again after the back-off of the inbox.
pub(super) async fn follow(kept: Kept, receiver: Receiver, seen: UnboundedSender<Seen>, end: End) {
    loop {
        match forward_next(&kept, &receiver, &end).await {
            Ok(Next::Forwarded(forwarded)) => {
                forwarded.tell(&seen);
                continue;
            }
            Ok(Next::Nothing) => {}
            Ok(Next::End) => return,
            Err(error) => output::warn(&format!("--store: {error}; {}", error.hint())),
        }
        tokio::select! {
            () = kept.woken() => {}
            () = TokioRuntime.sleep(LOOK) => {}
            () = end.reached() => return,
        }
    }
}

/// What became of the event that has been due longest.
pub(super) enum Next {
    Forwarded(Box<Forwarded>),
    /// No event is due.
    Nothing,
    /// The program is told to stop. The event was given back.
    End,
}

/// An event that was sent to the receiver, at this attempt.
pub(super) struct Forwarded {
    pub(super) seen: Seen,
    pub(super) is_taken: bool,
    attempt: u32,
    told: String,
}

impl Forwarded {
    /// The first attempt is a result; the others are notes beside it.
    fn tell(self, seen: &UnboundedSender<Seen>) {
        let Self {
            is_taken,
            attempt,
            told,
            ..
        } = &self;
        if !is_taken {
            output::warn(told);
        } else if *attempt > 1 {
            output::note(told);
        }
        if *attempt == 1 {
            // Nobody reads it if the program ends.
            let _ = seen.send(self.seen);
        }
    }
}

/// Sends the event that has been due longest, if any is.
pub(super) async fn forward_next(kept: &Kept, receiver: &Receiver, end: &End) -> Result<Next, Error> {
    let Some(claim) = kept.claim().await? else {
        return Ok(Next::Nothing);
    };
    let delivery = claim.delivery();
    let answer = tokio::select! {
        biased;
        () = end.reached() => {
            kept.release(claim).await?;
            return Ok(Next::End);
        }
        answer = receiver.send_stored(delivery) => answer,
    };
    let (key, attempt) = (delivery.key().to_owned(), delivery.attempt());
    let status = answer.as_ref().ok().copied();
    let seen = Seen::verified(delivery.received_at(), delivery.event()).forwarded(status);
    let reason = match &answer {
        Ok(status) => format!("the receiver answered {status}"),
        Err(error) => unreached(error),
    };
    let is_taken = status.is_some_and(is_taken);
    if is_taken {
        kept.done(claim).await?;
    } else {
        kept.failed(claim, &reason).await?;
    }
    let is_over = is_taken || RetryPolicy::default().is_last(attempt);
    let again = if is_over { "" } else { "; it is sent again later" };
    Ok(Next::Forwarded(Box::new(Forwarded {
        seen,
        is_taken,
        attempt,
        told: format!("{key}, attempt {attempt}: {reason}{again}"),
    })))
}
