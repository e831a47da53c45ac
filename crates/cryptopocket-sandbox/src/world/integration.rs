//! One holder of an API key and everything that is theirs. Nothing is shared, so nothing can leak across.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::bank::BankAccount;
use super::customers::Customer;
use super::ledger::Ledger;
use super::offramps::Offramp;
use super::payments::Payment;
use super::{Outage, World};
use crate::moment::Moment;

#[derive(Debug)]
pub(crate) struct Integration {
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) whitelisted: bool,
    tokens: BTreeMap<String, Moment>,
    pub(crate) customers: Ledger<u64, Customer>,
    pub(crate) by_email: BTreeMap<String, u64>,
    pub(crate) payments: Ledger<String, Payment>,
    /// The payments of each external id, by their place in the ledger.
    pub(crate) by_external_id: BTreeMap<String, Vec<usize>>,
    pub(crate) offramps: Ledger<u64, Offramp>,
    pub(crate) accounts: Vec<BankAccount>,
    /// The account that each bank transaction is booked on, by the transaction's id.
    pub(crate) transactions: BTreeMap<String, usize>,
    pub(crate) subscriptions: BTreeMap<&'static str, String>,
    pub(crate) barred_methods: BTreeSet<String>,
    pub(crate) outages: BTreeSet<Outage>,
}

impl Integration {
    pub(crate) fn new(key: String, secret: String, account: BankAccount) -> Self {
        Self {
            key,
            secret,
            whitelisted: true,
            tokens: BTreeMap::new(),
            customers: Ledger::default(),
            by_email: BTreeMap::new(),
            payments: Ledger::default(),
            by_external_id: BTreeMap::new(),
            offramps: Ledger::default(),
            accounts: vec![account],
            transactions: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            barred_methods: BTreeSet::new(),
            outages: BTreeSet::new(),
        }
    }

    pub(crate) fn account(&self, iban: &str) -> Option<&BankAccount> {
        self.accounts.iter().find(|account| account.iban == iban)
    }
}

impl World {
    /// Gives out a token for a key and its secret; `None` where they do not belong together.
    pub(crate) fn log_in(&mut self, key: &str, secret: &str) -> Option<(String, Duration)> {
        let who = self
            .integrations
            .iter()
            .position(|one| one.key == key && one.secret == secret)?;
        let token = self.entropy.hex(40);
        let (now, until) = (self.now(), self.now().plus(self.token_life));
        let tokens = &mut self.integrations[who].tokens;
        tokens.retain(|_, until| *until > now);
        tokens.insert(token.clone(), until);
        Some((token, self.token_life))
    }

    /// Whose token this is, unless it ran out or its holder is not whitelisted.
    pub(crate) fn holder_of(&self, token: &str) -> Option<usize> {
        let now = self.now();
        self.integrations
            .iter()
            .position(|one| one.whitelisted && one.tokens.get(token).is_some_and(|until| *until > now))
    }

    /// Bars a payment method for an integration, or lets it back in.
    pub(crate) fn bar_method(&mut self, who: usize, payment_type: &str, barred: bool) {
        let methods = &mut self.integrations[who].barred_methods;
        if barred {
            methods.insert(payment_type.to_owned());
        } else {
            methods.remove(payment_type);
        }
    }

    /// Takes a part of the provider down for an integration, or brings it up again.
    pub(crate) fn set_outage(&mut self, who: usize, outage: Outage, down: bool) {
        let outages = &mut self.integrations[who].outages;
        if down {
            outages.insert(outage);
        } else {
            outages.remove(&outage);
        }
    }

    /// Makes every token given out so far worthless.
    pub(crate) fn expire_tokens(&mut self) {
        for one in &mut self.integrations {
            one.tokens.clear();
        }
    }
}
