//! What the second provider knows.

use std::sync::{Arc, Mutex};

/// Key of the only integration.
pub const API_KEY: &str = "other-key";
/// Secret of the only integration.
pub const API_SECRET: &str = "other-secret";
/// Account of the integration at the bank.
pub const ACCOUNT: &str = "ES9121000418450200051332";

/// What calls have changed.
#[derive(Default)]
pub(super) struct Written {
    /// Numbers of the payments that were created, oldest first.
    pub(super) payments: Vec<u64>,
    /// Addresses of the customers that were created, oldest first.
    pub(super) customers: Vec<String>,
    /// Payments that were reconciled.
    pub(super) reconciled: Vec<String>,
    /// Events that are subscribed to.
    pub(super) events: Vec<String>,
    /// Methods and paths of all calls, in their order.
    pub(super) calls: Vec<String>,
}

pub(super) type Shared = Arc<Mutex<Written>>;
