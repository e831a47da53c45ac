//! Bank accounts, the credits that arrive on them, and their reconciliation with payments.

use cryptopocket_types::Decimal;

use super::{Integration, Tenant};
use crate::error::{CommandError, Misfit, wrong};
use crate::magic;
use crate::moment::Moment;
use crate::records::{BankAccount, BankCredit, BankTransaction};
use crate::suggest::shortened;
use crate::wire::{Failure, or_refuse, refuse_if};

impl Integration {
    /// The account with this IBAN.
    pub fn account(&self, iban: &str) -> Option<&BankAccount> {
        self.accounts.iter().find(|account| account.iban == iban)
    }

    /// The ids of the payments with this name: the one with this id, or else those with this external id.
    pub(super) fn payments_named(&self, name: &str) -> Vec<&str> {
        match self.payments.get(name) {
            Some(payment) => vec![&payment.id],
            None => self
                .payments
                .found("external_id", name)
                .map(|one| one.id.as_str())
                .collect(),
        }
    }
}

impl Tenant<'_> {
    /// Books a credit and returns the transaction's id.
    pub(crate) fn credit(&mut self, mut credit: BankCredit) -> Result<String, CommandError> {
        self.check_credit(&mut credit)?;
        self.book(credit, None)
    }

    /// Checks a credit, and replaces the name of the payment it is meant for by the payment's id.
    pub(super) fn check_credit(&self, credit: &mut BankCredit) -> Result<(), Misfit> {
        if credit.amount.rescaled(2).is_none_or(Decimal::is_zero) {
            let amount = credit.amount;
            let rule = format!("`{amount}` cannot be booked, for a bank books whole cents, and not zero");
            return wrong("amount", rule, "write an amount such as 240.00");
        }
        let is_unknown = |iban: &&str| self.own.account(iban).is_none();
        if let Some(iban) = credit.iban.as_deref().filter(is_unknown) {
            let known = self.own.accounts.iter().map(|account| account.iban.as_str());
            let cure = format!("use one of {}", known.collect::<Vec<_>>().join(", "));
            let rule = format!("`{}` is none of the integration's accounts", shortened(iban));
            return wrong("iban", rule, cure);
        }
        let Some(name) = credit.meant_for.take() else {
            return Ok(());
        };
        let (rule, cure) = match self.own.payments_named(&name).as_slice() {
            [id] => {
                credit.meant_for = Some((*id).to_owned());
                return Ok(());
            }
            [] => (
                "neither id nor external_id of one of the integration's payments",
                "name one that there is",
            ),
            _ => (
                "the external_id of several payments",
                "write the id of one of them",
            ),
        };
        wrong("meant_for", format!("`{}` is {rule}", shortened(&name)), cure)
    }

    /// Books a checked credit, at an earlier time if one is given. Credits are booked in the order of their times.
    pub(crate) fn book(&mut self, credit: BankCredit, at: Option<Moment>) -> Result<String, CommandError> {
        let amount = credit.amount.rescaled(2).unwrap_or(credit.amount);
        let (id, now) = (
            format!("trx_{}", self.provider.entropy.alphanumeric(20)),
            self.provider.now(),
        );
        let mut accounts = self.own.accounts.iter_mut();
        let account = match &credit.iban {
            Some(iban) => accounts.find(|account| account.iban == *iban),
            None => accounts.next(),
        };
        let account = account.ok_or(CommandError::NotFound("bank account"))?;
        account.balance = account.balance.checked_add(amount).unwrap_or(account.balance);
        let transaction = BankTransaction {
            id: id.clone(),
            amount,
            booked_at: at.unwrap_or(now).min(now),
            concept: credit.concept,
            counterparty_name: credit.payer_name,
            counterparty_iban: credit.payer_iban,
            end_to_end_id: credit.end_to_end_id,
            payment: None,
            meant_for: credit.meant_for,
        };
        account.feed.insert(id.clone(), transaction);
        Ok(id)
    }

    /// Reconciles a credit with the transfer payment it pays.
    pub(crate) fn reconcile(
        &mut self,
        payment_id: &str,
        id: &str,
        iban: Option<&str>,
    ) -> Result<(), Failure> {
        if let Some(refusal) = magic::reconciliation(id) {
            return Err(refusal);
        }
        let payment = or_refuse(self.own.payments.get(payment_id), "payment_not_found")?;
        let mut accounts = self.own.accounts.iter_mut();
        let account = accounts.find(|account| account.feed.get(id).is_some());
        let account = account.filter(|account| iban.is_none_or(|iban| iban == account.iban));
        let account = or_refuse(account, "transaction_not_found")?;
        let transaction = or_refuse(account.feed.get(id), "transaction_not_found")?;
        refuse_if(transaction.payment.is_some(), "already_reconciled")?;
        let pending = matches!(payment.status.as_str(), "started" | "pending_bank");
        refuse_if(payment.concept.is_none() || !pending, "payment_not_pending")?;
        // The amount must match exactly: a partial payment or an overpayment does not pay this payment.
        let matches = transaction.amount == payment.fiat_amount && account.currency == payment.fiat;
        refuse_if(!matches, "amount_mismatch")?;
        let holder = transaction.counterparty_name.clone();
        if let Some(transaction) = account.feed.get_mut(id) {
            transaction.payment = Some(payment_id.to_owned());
        }
        self.receive_fiat(payment_id, holder.as_deref());
        Ok(())
    }

    /// Reconciles a credit with the payment of this id, or of an external id that only one payment has.
    pub(crate) fn reconcile_named(
        &mut self,
        payment: &str,
        transaction_id: &str,
    ) -> Result<(), CommandError> {
        let named = self.own.payments_named(payment);
        let id = if let [id] = named.as_slice() { *id } else { payment }.to_owned();
        Ok(self.reconcile(&id, transaction_id, None)?)
    }
}
