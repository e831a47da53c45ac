//! Bank accounts, the credits that arrive on them, and their reconciliation with payments.

use cryptopocket_types::Decimal;

use super::Integration;
use crate::error::CommandError;
use crate::magic;
use crate::moment::Moment;
use crate::provider::Provider;
use crate::records::{BankAccount, BankCredit, BankTransaction};
use crate::suggest::shortened;
use crate::wire::Failure;

impl Integration {
    /// The account with this IBAN.
    pub fn account(&self, iban: &str) -> Option<&BankAccount> {
        self.accounts.iter().find(|account| account.iban == iban)
    }

    /// Books a credit and returns the transaction's id.
    pub(crate) fn credit(
        &mut self,
        provider: &mut Provider,
        mut credit: BankCredit,
    ) -> Result<String, CommandError> {
        let invalid = |why: String| Err(CommandError::Invalid(why));
        if credit.amount.rescaled(2).is_none_or(Decimal::is_zero) {
            let amount = credit.amount;
            return invalid(format!(
                "amount: `{amount}` cannot be booked, for a bank books whole cents, and not zero; write an amount such as \
                 240.00"
            ));
        }
        if let Some(iban) = &credit.iban
            && self.account(iban).is_none()
        {
            let known: Vec<&str> = self
                .accounts
                .iter()
                .map(|account| account.iban.as_str())
                .collect();
            let (iban, known) = (shortened(iban), known.join(", "));
            return invalid(format!(
                "iban: `{iban}` is none of the integration's accounts; use one of {known}"
            ));
        }
        if let Some(name) = &credit.meant_for {
            credit.meant_for = Some(match self.payments.called(name).as_slice() {
                [id] => (*id).to_owned(),
                [] => {
                    let name = shortened(name);
                    return invalid(format!(
                        "meant_for: `{name}` is neither id nor external_id of one of the integration's payments; name one \
                         that there is"
                    ));
                }
                _ => {
                    let name = shortened(name);
                    return invalid(format!(
                        "meant_for: `{name}` is the external_id of several payments; write the id of one of them"
                    ));
                }
            });
        }
        self.book(provider, credit, None)
    }

    /// Books a checked credit, at an earlier time if one is given. Credits are booked in the order of their times.
    pub(crate) fn book(
        &mut self,
        provider: &mut Provider,
        credit: BankCredit,
        booked_at: Option<Moment>,
    ) -> Result<String, CommandError> {
        let amount = credit.amount.rescaled(2).filter(|amount| !amount.is_zero());
        let amount = amount
            .ok_or_else(|| CommandError::Invalid("an amount is in whole cents and not zero".to_owned()))?;
        let id = format!("trx_{}", provider.entropy.alphanumeric(20));
        let now = provider.now();
        let account = match &credit.iban {
            Some(iban) => self.accounts.iter_mut().find(|account| account.iban == *iban),
            None => self.accounts.first_mut(),
        };
        let account = account.ok_or(CommandError::NotFound("bank account"))?;
        account.balance = account.balance.checked_add(amount).unwrap_or(account.balance);
        let transaction = BankTransaction {
            id: id.clone(),
            amount,
            booked_at: booked_at.unwrap_or(now).min(now),
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

    /// Reconciles a credit with the transfer payment it is for.
    pub(crate) fn reconcile(
        &mut self,
        provider: &mut Provider,
        payment_id: &str,
        transaction_id: &str,
        iban: Option<&str>,
    ) -> Result<(), Failure> {
        if let Some(refusal) = magic::reconciliation(transaction_id) {
            return Err(refusal);
        }
        let payment = self
            .payments
            .get(payment_id)
            .ok_or(Failure::Code("payment_not_found"))?;
        let unknown = Failure::Code("transaction_not_found");
        let booked_on = |account: &&mut BankAccount| account.feed.get(transaction_id).is_some();
        let account = self.accounts.iter_mut().find(booked_on).ok_or(unknown.clone())?;
        if iban.is_some_and(|iban| iban != account.iban) {
            return Err(unknown);
        }
        let transaction = account.feed.get(transaction_id).ok_or(unknown.clone())?;
        if transaction.payment.is_some() {
            return Err(Failure::Code("already_reconciled"));
        }
        if payment.concept.is_none() || !matches!(payment.status.as_str(), "started" | "pending_bank") {
            return Err(Failure::Code("payment_not_pending"));
        }
        // The amount is compared exactly: a partial payment or an overpayment is not this payment's.
        if transaction.amount != payment.fiat_amount || account.currency != payment.fiat {
            return Err(Failure::Code("amount_mismatch"));
        }
        let transaction = account.feed.get_mut(transaction_id).ok_or(unknown)?;
        transaction.payment = Some(payment_id.to_owned());
        let holder = transaction.counterparty_name.clone();
        self.receive_fiat(provider, payment_id, holder.as_deref());
        Ok(())
    }
}
