#![doc = include_str!("../README.md")]

mod account;
#[cfg(feature = "apply")]
mod apply;
#[cfg(feature = "apply")]
pub mod audit;
mod balance;
#[cfg(feature = "apply")]
mod basis;
#[cfg(feature = "files")]
pub mod input;
mod key;
mod list;
#[cfg(feature = "matcher")]
pub mod matcher;
mod matching;
mod reconcile;
#[cfg(test)]
mod tests;
mod transaction;

#[doc(no_inline)]
pub use cryptopocket_core::{Credentials, Error, Result, Session};
#[doc(no_inline)]
pub use cryptopocket_types as types;

pub use account::BankAccount;
#[cfg(feature = "apply")]
pub use apply::{Applied, ApplyOptions, ApplyResult, preview};
pub use balance::balance_difference;
#[cfg(feature = "apply")]
pub use basis::Basis;
pub use key::TransactionKey;
pub use list::TransactionFilter;
pub use matching::{ExpectedTransfer, Mismatch, NearMiss, TransferMatch, match_transfer, money_mismatches};
pub use reconcile::{NewReconciliation, Reconciled};
pub use transaction::Transaction;

/// Bank accounts: listing their transactions, and reconciling credits with payments.
///
/// Cheap to clone; clones share the session and its login.
#[derive(Clone, Debug)]
pub struct Banking {
    session: Session,
}

impl Banking {
    /// A client of the bank accounts that sends its calls through `session`.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session that sends the calls.
    pub const fn session(&self) -> &Session {
        &self.session
    }
}
