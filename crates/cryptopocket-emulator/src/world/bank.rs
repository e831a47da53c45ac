//! The integration's bank accounts: what comes in, and which payment it was for.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use super::archive::{Archive, Record};
use super::pack::{Packer, Unpacker};
use super::{Trouble, World, magic};
use crate::entropy::Entropy;
use crate::moment::Moment;
use crate::wire::Failure;

#[derive(Debug, Serialize, Deserialize)]
pub struct BankAccount {
    pub iban: String,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub bic: crate::catalogue::Spelling,
    pub holder: String,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub alias: crate::catalogue::Spelling,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub currency: crate::catalogue::Spelling,
    pub balance: Decimal,
    #[serde(skip)]
    pub feed: Archive<BankTransaction>,
}

impl BankAccount {
    pub fn open(entropy: &mut Entropy, currency: &'static str) -> Self {
        let (bic, alias) = ("SBXBESM0XXX", "Transfers from customers");
        let balance = Decimal::from_minor(0, 2).unwrap_or_default();
        Self {
            iban: entropy.iban("ES"),
            bic,
            holder: "Sandbox Collections SL".to_owned(),
            alias,
            currency,
            balance,
            feed: Archive::default(),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BankTransaction {
    pub id: String,
    /// Negative for money that goes out.
    pub amount: Decimal,
    pub booked_at: Moment,
    pub concept: Option<String>,
    pub counterparty_name: Option<String>,
    pub counterparty_iban: Option<String>,
    pub end_to_end_id: Option<String>,
    /// The payment it was reconciled with.
    pub payment: Option<String>,
    /// The payment that the payer meant, where that is known.
    #[serde(default)]
    pub meant_for: Option<String>,
}

impl BankTransaction {
    /// Whether it was reconciled with another payment than the payer meant.
    pub fn is_misattributed(&self) -> bool {
        self.payment.is_some() && self.meant_for.is_some() && self.payment != self.meant_for
    }
}

impl Record for BankTransaction {
    fn id(&self) -> &str {
        &self.id
    }

    fn made_at(&self) -> Moment {
        self.booked_at
    }

    fn pack(&self, into: &mut Packer) {
        into.decimal(self.amount);
        into.maybe_text(self.concept.as_deref());
        into.maybe_text(self.counterparty_name.as_deref());
        into.maybe_text(self.counterparty_iban.as_deref());
        into.maybe_text(self.end_to_end_id.as_deref());
        into.maybe_text(self.payment.as_deref());
        into.maybe_text(self.meant_for.as_deref());
    }

    fn unpack(id: String, booked_at: Moment, from: &mut Unpacker<'_>) -> Self {
        Self {
            id,
            amount: from.decimal(),
            booked_at,
            concept: from.maybe_text(),
            counterparty_name: from.maybe_text(),
            counterparty_iban: from.maybe_text(),
            end_to_end_id: from.maybe_text(),
            payment: from.maybe_text(),
            meant_for: from.maybe_text(),
        }
    }
}

/// Money that arrives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Incoming {
    pub iban: Option<String>,
    pub amount: Decimal,
    pub concept: Option<String>,
    pub payer_name: Option<String>,
    pub payer_iban: Option<String>,
    pub end_to_end_id: Option<String>,
    /// The payment that the payer means, whatever the payer writes. No call of the API shows it.
    #[serde(default)]
    pub meant_for: Option<String>,
}

impl World {
    /// Books money on an account and gives back the transaction's id.
    pub fn credit(&mut self, who: usize, incoming: Incoming) -> Result<String, Trouble> {
        self.credit_at(who, incoming, None)
    }

    /// The same, at an earlier time. Whoever books several of these does it in the order of their times.
    pub fn credit_at(
        &mut self,
        who: usize,
        incoming: Incoming,
        booked_at: Option<Moment>,
    ) -> Result<String, Trouble> {
        let amount = incoming.amount.rescaled(2).filter(|amount| !amount.is_zero());
        let amount = amount
            .ok_or_else(|| Trouble::WrongState("an amount is in whole cents and not zero".to_owned()))?;
        if let Some(payment) = &incoming.meant_for
            && !self.integrations[who].payments.holds(payment)
        {
            return Err(Trouble::NotFound("payment"));
        }
        let id = format!("trx_{}", self.entropy.alphanumeric(20));
        let now = self.now();
        let booked_at = booked_at.unwrap_or(now).min(now);
        let one = &mut self.integrations[who];
        let place = match &incoming.iban {
            Some(iban) => one.accounts.iter().position(|account| account.iban == *iban),
            None => Some(0),
        };
        let place = place.ok_or(Trouble::NotFound("bank account"))?;
        let account = one
            .accounts
            .get_mut(place)
            .ok_or(Trouble::NotFound("bank account"))?;
        account.balance = account.balance.checked_add(amount).unwrap_or(account.balance);
        let transaction = BankTransaction {
            id: id.clone(),
            amount,
            booked_at,
            concept: incoming.concept,
            counterparty_name: incoming.payer_name,
            counterparty_iban: incoming.payer_iban,
            end_to_end_id: incoming.end_to_end_id,
            payment: None,
            meant_for: incoming.meant_for,
        };
        account.feed.push(&transaction);
        Ok(id)
    }

    /// The ids of the payments that people call so: that of this id, or else those of this external id, at most two.
    pub fn payments_called(&self, who: usize, name: &str) -> Vec<String> {
        let payments = &self.integrations[who].payments;
        if payments.holds(name) {
            return vec![name.to_owned()];
        }
        let found = payments.named(name, None, &(0..payments.len()), (1, 2));
        found.items.iter().map(|payment| payment.id.clone()).collect()
    }

    /// Says that a credit is what a transfer payment waited for.
    pub fn reconcile(
        &mut self,
        who: usize,
        payment_id: &str,
        transaction_id: &str,
        iban: Option<&str>,
    ) -> Result<(), Failure> {
        if let Some(refusal) = magic::reconciliation(transaction_id) {
            return Err(refusal);
        }
        let one = &mut self.integrations[who];
        let payment = one
            .payments
            .get(payment_id)
            .ok_or(Failure::Code("payment_not_found"))?;
        let unknown = Failure::Code("transaction_not_found");
        let booked_on = |account: &&mut BankAccount| account.feed.holds(transaction_id);
        let account = one.accounts.iter_mut().find(booked_on).ok_or(unknown.clone())?;
        if iban.is_some_and(|iban| iban != account.iban) {
            return Err(unknown);
        }
        let transaction = account.feed.get_mut(transaction_id).ok_or(unknown)?;
        if transaction.payment.is_some() {
            return Err(Failure::Code("already_reconciled"));
        }
        if payment.concept.is_none() || !matches!(payment.status.as_str(), "started" | "pending_bank") {
            return Err(Failure::Code("payment_not_pending"));
        }
        if transaction.amount != payment.fiat_amount || account.currency != payment.fiat {
            return Err(Failure::Code("amount_mismatch"));
        }
        transaction.payment = Some(payment_id.to_owned());
        let holder = transaction.counterparty_name.clone();
        self.receive_fiat(who, payment_id, holder.as_deref())
            .map_err(|_| Failure::Code("payment_not_found"))
    }
}
