//! Failures of the inbox and its stores.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use cryptopocket_types::words;

use crate::handler::Failure;

/// The kinds, each with its word and what to do about it.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal, $hint:literal;)+) => {
        words! {
            /// Reason of a failure.
            ///
            /// [`as_str`](Self::as_str) is a stable word for logs, metrics and scripts.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum ErrorKind {
                $($(#[$doc])* $kind = $word,)+
            }
        }

        impl ErrorKind {
            const fn hint(self) -> &'static str {
                match self {
                    $(Self::$kind => $hint,)+
                }
            }
        }
    };
}

kinds! {
    /// The disk is full.
    Full = "full",
        "free space on its disk; the inbox then goes on without a restart";
    /// The store's file or database accepts no writes.
    ReadOnly = "read_only",
        "give this user write permission on the file and its folder, or connect to the primary server";
    /// Another process holds the store's lock for longer than the limit.
    Locked = "locked",
        "find the process that keeps a write transaction open; the inbox tries again by itself";
    /// The store's file, or its folder, is not there or no longer there.
    Gone = "gone",
        "put the file back or mount its disk; no new file is made, since that would forget known events";
    /// The path is that of a folder, or the text is no path.
    BadPath = "bad_path",
        "write rel.db or /folder/rel.db; in a URL, sqlite:rel.db or sqlite:///folder/rel.db";
    /// The database cannot be reached.
    Unavailable = "unavailable",
        "check the database server and the network; the inbox connects again by itself";
    /// A newer program has changed the tables of the store.
    TooNew = "too_new",
        "run the newer program everywhere; this one would write rows that the newer one misreads";
    /// The tables of the store are older than this program reads, and it was told not to update them.
    TooOld = "too_old",
        "start the service that works on the store with this version: it updates the tables when it opens them";
    /// The file is no database, or is damaged.
    Corrupt = "corrupt",
        "check that this is the path of an inbox; if it is, restore the file from a backup, and do not delete it, since \
         it may hold unhandled events";
    /// Another worker holds the event now, or it is settled.
    LeaseLost = "lease_lost",
        "nothing was written; give handlers a longer lease if this happens often";
    /// A body cannot be sealed or opened.
    Sealed = "sealed",
        "add the key that the body was sealed with to the keyring";
    /// A key of the journal was used for another request.
    KeyReused = "key_reused",
        "use a new key for a new request, or make the first request again to learn what became of it";
    /// The journal has no open call under a key.
    NotOpen = "not_open",
        "look the entry up: it may be settled already";
    /// The handler of an event or of a change failed, or the work of a transaction panicked. Nothing was written.
    Handler = "handler",
        "look at the reason that is stored with the event or object; it is tried again";
    /// The store has been closed.
    Closed = "closed",
        "open the store again";
    /// Any other failure that the database reports.
    Database = "database",
        "check the address of the store; the message ends with what the database says";
}

/// What the inbox and its stores give.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the inbox or its store. Nothing that it is about was acknowledged or done.
///
/// Contains no part of a body.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::ErrorKind;
/// assert_eq!(ErrorKind::LeaseLost.as_str(), "lease_lost");
/// ```
#[derive(Debug, Clone)]
pub struct Error {
    kind: ErrorKind,
    message: Cow<'static, str>,
    hint: Option<&'static str>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    /// What a handler reported, in words that may be personal: they are never shown.
    carried: Option<Box<Failure>>,
}

impl Error {
    /// A failure with this message, for [stores](crate::Store) of your own.
    ///
    /// # Examples
    /// A commit that the database refuses, for what the work has written:
    /// ```
    /// use cryptopocket_inbox::{Error, ErrorKind, Failure};
    ///
    /// let refused = |reason: &str| {
    ///     Error::new(ErrorKind::Database, "the transaction could not be committed").carrying(Failure::retry(reason))
    /// };
    /// let error = refused("account 7 does not exist");
    /// assert_eq!(error.carried().unwrap().reason(), "account 7 does not exist");
    /// assert_eq!(error.to_string(), "the transaction could not be committed");
    /// ```
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            source: None,
            carried: None,
        }
    }

    /// The failure of a handler, whose transaction is rolled back. It [carries](Self::carrying) what the handler reported.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_inbox::{Error, ErrorKind, Failure};
    ///
    /// let error = Error::of_handler(Failure::dead("no such account"));
    /// assert_eq!(error.kind(), ErrorKind::Handler);
    /// ```
    pub fn of_handler(failure: Failure) -> Self {
        Self::new(ErrorKind::Handler, "the handler failed, so nothing was written").carrying(failure)
    }

    /// The same failure with what a handler reported, which is kept in the store beside the event and shown nowhere else.
    ///
    /// The event is settled by it. A store has each failure carry one for which the work is to blame: not only that of a
    /// handler, but also a commit that is refused because of what was written, such as by a deferred constraint. The
    /// event of an error that carries none is tried again without end, as after an outage.
    #[must_use]
    pub fn carrying(mut self, failure: Failure) -> Self {
        self.carried = Some(Box::new(failure));
        self
    }

    /// What a handler reported, if it is to blame.
    pub fn carried(&self) -> Option<&Failure> {
        self.carried.as_deref()
    }

    /// The same failure, unless it is that of a handler and the rollback failed too: then the database has ended the transaction by
    /// itself, which is no fault of the handler.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn unless_ended(self, ended: sqlx::Error) -> Self {
        if self.carried.is_none() {
            return self;
        }
        let what = "the database ended the transaction of the handler";
        Self::new(ErrorKind::Unavailable, what).with_source(ended)
    }

    /// The same failure with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The same failure with another cure than that of its kind.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The reason.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        self.hint.unwrap_or(self.kind.hint())
    }

    /// Whether the store cannot do its work now, rather than refuses this.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Full
                | ErrorKind::ReadOnly
                | ErrorKind::Locked
                | ErrorKind::Gone
                | ErrorKind::Unavailable
        )
    }

    /// The token of a lease is not the latest.
    pub fn lease_lost() -> Self {
        Self::new(
            ErrorKind::LeaseLost,
            "the lease of the event is gone, so nothing was written",
        )
    }

    /// The store was opened for reading.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn opened_read_only() -> Self {
        Self::new(ErrorKind::ReadOnly, "the store was opened for reading only")
            .with_hint("open it without `read_only` to change it")
    }

    /// The store is closed.
    pub fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the store is closed")
    }
}

/// The alternate form, `{:#}`, ends with the [hint](Error::hint).
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        if f.alternate() {
            write!(f, " ({})", self.hint())?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as _)
    }
}

/// The failure that sqlx reports, with what was attempted.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn of_sqlx(attempted: &'static str, error: sqlx::Error) -> Error {
    Error::new(sqlx_kind(&error), attempted).with_source(error)
}

/// For statements of your own.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        of_sqlx("a statement of the application failed", error)
    }
}

/// Whether the database cannot do its work now, rather than refuses this statement.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn is_outage(error: &sqlx::Error) -> bool {
    !matches!(sqlx_kind(error), ErrorKind::Database | ErrorKind::TooNew)
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn sqlx_kind(error: &sqlx::Error) -> ErrorKind {
    match error {
        sqlx::Error::Database(reported) => reported
            .code()
            .map_or(ErrorKind::Database, |code| database_kind(&code)),
        sqlx::Error::PoolClosed => ErrorKind::Closed,
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed => ErrorKind::Unavailable,
        _ => ErrorKind::Database,
    }
}

/// An SQL state has five characters; the extended codes of SQLite are numbers of at most four digits.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn database_kind(code: &str) -> ErrorKind {
    if code.len() == 5 {
        return match code {
            "53100" => ErrorKind::Full,
            "25006" => ErrorKind::ReadOnly,
            "55P03" | "40001" | "40P01" => ErrorKind::Locked,
            "XX001" | "XX002" => ErrorKind::Corrupt,
            _ if ["08", "53", "57", "58"].contains(&&code[..2]) => ErrorKind::Unavailable,
            _ => ErrorKind::Database,
        };
    }
    // SQLITE_READONLY_DBMOVED: the file has been moved away under the connection.
    if code == "1032" {
        return ErrorKind::Gone;
    }
    match code.parse::<u16>().map(|code| code & 0xff) {
        Ok(5 | 6) => ErrorKind::Locked,
        Ok(8) => ErrorKind::ReadOnly,
        Ok(10) => ErrorKind::Unavailable,
        Ok(11 | 26) => ErrorKind::Corrupt,
        Ok(13) => ErrorKind::Full,
        Ok(14) => ErrorKind::Gone,
        _ => ErrorKind::Database,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, kind) in [
            ("13", ErrorKind::Full),
            ("53100", ErrorKind::Full),
            ("8", ErrorKind::ReadOnly),
            ("1032", ErrorKind::Gone),
            ("261", ErrorKind::Locked),
            ("787", ErrorKind::Database),
            ("23505", ErrorKind::Database),
            ("57P01", ErrorKind::Unavailable),
            ("25006", ErrorKind::ReadOnly),
            ("40P01", ErrorKind::Locked),
        ] {
            assert_eq!(database_kind(code), kind, "{code}");
        }
    }

    #[test]
    fn alternate_form_ends_with_the_hint() {
        let error = Error::new(ErrorKind::Full, "the inbox could not write");
        assert_eq!(error.to_string(), "the inbox could not write");
        let hint = "free space on its disk; the inbox then goes on without a restart";
        assert_eq!(
            format!("{error:#}"),
            format!("the inbox could not write ({hint})")
        );
    }
}
