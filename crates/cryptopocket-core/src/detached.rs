//! Calls whose outcome cannot be lost by dropping a future.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cryptopocket_types::debug_fields;
use tokio::sync::oneshot::{Receiver, channel};
use tracing::{Instrument as _, Span};

use crate::error::{Error, ErrorKind};
use crate::runtime::BoxFuture;
use crate::session::Session;

impl Session {
    /// Runs `call` to its end, also if the returned handle is dropped, and reports its outcome.
    ///
    /// A future that is dropped stops where it is: `tokio::time::timeout` and `select!` drop the call that they cut short.
    /// A call that moves money may have been sent by then, and no error says so. A detached call goes on in the
    /// background. `report` gets its outcome exactly once, before the handle does: let it write a journal. If the program
    /// stops the runtime meanwhile, `report` gets an error with an unknown outcome instead. A crash of the whole program
    /// calls no `report`: write down what is to be created *before* the call.
    ///
    /// The handle is a future of the outcome. It can be awaited for a while, by `&mut`, and again later.
    ///
    /// The call runs where [`Runtime::spawn`](crate::Runtime::spawn) puts it: on tokio. Outside of tokio the handle itself
    /// runs it, and dropping the handle stops it, which is reported as well. It stays in the `tracing` span of the caller.
    ///
    /// If the call panics, `report` and the handle get an error with an unknown outcome that names the panic. Outside of
    /// tokio `report` gets it, and the panic goes on to whoever awaits the handle.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let session = ScriptedSession::new().next("raw", &[r#"{"status":"ok"}"#]).session;
    /// use std::sync::mpsc;
    ///
    /// use cryptopocket_core::Method;
    ///
    /// let (journal, entries) = mpsc::channel();
    /// let call = {
    ///     let session = session.clone();
    ///     async move { session.raw(Method::POST, "/vouchers").send().await }
    /// };
    /// let handle = session.detach(call, move |outcome| {
    ///     let _ = journal.send(outcome.as_ref().map(|reply| reply.status()).map_err(|error| error.effect()));
    /// });
    /// drop(handle); // As a `select!` would, had its other branch been faster.
    /// # for _ in 0..9 { tokio::task::yield_now().await; }
    /// assert_eq!(entries.recv().unwrap(), Ok(200));
    /// # Ok(())
    /// # }
    /// ```
    pub fn detach<T, C, R>(&self, call: C, report: R) -> Detached<T>
    where
        T: Send + 'static,
        C: Future<Output = Result<T, Error>> + Send + 'static,
        R: FnOnce(&Result<T, Error>) + Send + 'static,
    {
        let (handle, outcome) = channel();
        let mut ticket = Ticket {
            session: self.clone(),
            report: Some(Box::new(move |outcome| {
                // A report that panics keeps the outcome from nobody else. The panic hook has told of it.
                let _ = catch_unwind(AssertUnwindSafe(|| report(&outcome)));
                // A handle that was dropped wants no outcome.
                let _ = handle.send(outcome);
            })),
        };
        // The ticket is dropped, and reports, with the call.
        let work = async move { ticket.close(call.await) };
        let work = Box::pin(work.instrument(Span::current()));
        Detached {
            here: self.runtime().spawn(work).err(),
            outcome: Some(outcome),
        }
    }
}

/// A call that goes on in the background; see [`Session::detach`].
///
/// Awaiting it gives the outcome, once.
pub struct Detached<T> {
    /// `None` once it was taken.
    outcome: Option<Receiver<Result<T, Error>>>,
    /// The call itself, where nothing runs it in the background.
    here: Option<BoxFuture<'static, ()>>,
}

impl<T> Detached<T> {
    /// Whether the call has ended, so that awaiting gives the outcome at once.
    pub fn is_finished(&self) -> bool {
        self.outcome.as_ref().is_none_or(|outcome| !outcome.is_empty())
    }
}

impl<T> Unpin for Detached<T> {}

impl<T> Future for Detached<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(work) = &mut self.here
            && work.as_mut().poll(context).is_ready()
        {
            self.here = None;
        }
        let Some(outcome) = &mut self.outcome else {
            return Poll::Ready(Err(Error::new(
                ErrorKind::InvalidInput,
                "the outcome of this call was taken before",
                "Await the handle once, or let the report keep the outcome.",
            )));
        };
        let outcome = ready!(Pin::new(outcome).poll(context));
        self.outcome = None;
        Poll::Ready(outcome.unwrap_or_else(|_| Err(Error::stopped(false))))
    }
}

debug_fields! { Detached<T> => |handle| is_finished: handle.is_finished() }

type Report<T> = Box<dyn FnOnce(Result<T, Error>) + Send>;

/// Reports the outcome of a call once: what it returned, or that it was stopped.
struct Ticket<T> {
    session: Session,
    report: Option<Report<T>>,
}

impl<T> Ticket<T> {
    fn close(&mut self, outcome: Result<T, Error>) {
        if let Some(report) = self.report.take() {
            report(outcome);
        }
    }
}

impl<T> Drop for Ticket<T> {
    fn drop(&mut self) {
        // After the end this does nothing. Otherwise the call was stopped mid-way, or panicked. Whether it was sent is not
        // known here, so it counts as sent.
        let now = self.session.runtime().monotonic();
        self.close(Err(Error::stopped(std::thread::panicking()).lost_now(now)));
    }
}
