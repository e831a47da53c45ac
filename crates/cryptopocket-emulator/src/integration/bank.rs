//! Bank accounts: the transfers that customers send, with the mistakes of transfer faults, the credits that arrive, and
//! their reconciliation with payments.

use std::time::Duration;

use cryptopocket_types::Decimal;

use super::{Integration, Tenant};
use crate::entropy::{Entropy, derive};
use crate::error::{CommandError, Misfit, shortened, wrong};
use crate::faults::TransferFault;
use crate::magic;
use crate::moment::Moment;
use crate::records::{BankAccount, BankCredit, BankTransaction, Customer};
use crate::timers::Due;
use crate::wire::{Failure, or_refuse, refuse_if};

impl Integration {
    /// The account with this IBAN.
    pub fn account(&self, iban: &str) -> Option<&BankAccount> {
        self.accounts.iter().find(|account| account.iban == iban)
    }

    /// The ids of the payments with this name: the one with this id, or else those with this external id.
    pub(super) fn payments_named(&self, name: &str) -> Vec<&str> {
        if let Some(payment) = self.payments.get(name) {
            return vec![&payment.id];
        }
        let found = self.payments.found("external_id", name);
        found.map(|payment| payment.id.as_str()).collect()
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

const TRANSFER_TAKES: Duration = Duration::from_secs(1_200);

/// The account a customer pays from, always the same one.
fn account_of_customer(seed: u64, user: u64) -> String {
    Entropy::new(derive(seed, "account of customer", user)).iban("ES")
}

impl Tenant<'_> {
    /// The customer announces and sends the transfer; it arrives after a while.
    pub(crate) fn pay_transfer(&mut self, id: &str) -> Result<(), CommandError> {
        let payment = self.own.payment(id)?;
        payment.require(true, &["started", "pending_bank"])?;
        if payment.concept.is_none() {
            let method = payment.method;
            self.choose_method(id, method, None)?;
        }
        if self.own.payment(id)?.status == "started" {
            self.announce_transfer(id)?;
        }
        let payment = self.own.payment(id)?;
        let mut credit = BankCredit::new(payment.fiat_amount).meant_for(id);
        credit.concept = payment.concept.map(|concept| concept.to_string());
        credit.payer_name = self.own.customers.get(&payment.user).map(Customer::full_name);
        credit.payer_iban = Some(account_of_customer(self.provider.settings.seed, payment.user));
        for credit in with_faults(credit, &self.provider.faults.transfers.take_all("transfer")) {
            let credit = Box::new(credit);
            self.schedule(TRANSFER_TAKES, |index| Due::Credit(index, credit));
        }
        Ok(())
    }
}

/// The credits that a transfer becomes under these faults.
fn with_faults(mut transfer: BankCredit, faults: &[TransferFault]) -> Vec<BankCredit> {
    let mut copies = 1;
    for fault in faults {
        match fault {
            TransferFault::WrongConcept => {
                transfer.concept = transfer.concept.as_deref().map(with_a_digit_changed);
            }
            TransferFault::MissingConcept => transfer.concept = None,
            TransferFault::Partial(by) => {
                let less = transfer.amount.checked_sub(*by);
                transfer.amount = less.filter(|less| *less > Decimal::ZERO).unwrap_or(cent());
            }
            TransferFault::Over(by) => {
                transfer.amount = transfer.amount.checked_add(*by).unwrap_or(transfer.amount);
            }
            TransferFault::Twice => copies = 2,
            TransferFault::Lost => return Vec::new(),
            TransferFault::Split => {}
        }
    }
    let split = faults.contains(&TransferFault::Split);
    let parts = if split { in_two(transfer) } else { vec![transfer] };
    std::iter::repeat_n(parts, copies).flatten().collect()
}

fn with_a_digit_changed(concept: &str) -> String {
    let (head, last) = concept.split_at(concept.len().saturating_sub(1));
    let other = if last == "7" { "3" } else { "7" };
    format!("{head}{other}")
}

/// A third, to the cent, and the rest.
fn in_two(transfer: BankCredit) -> Vec<BankCredit> {
    let cents = transfer.amount.to_minor(2).unwrap_or(0);
    if cents < 2 {
        return vec![transfer];
    }
    let first = (cents / 3).max(1);
    let part = |cents| BankCredit {
        amount: Decimal::from_minor(cents, 2).unwrap_or_default(),
        ..transfer.clone()
    };
    vec![part(first), part(cents - first)]
}

fn cent() -> Decimal {
    Decimal::from_minor(1, 2).unwrap_or(Decimal::ONE)
}

#[cfg(test)]
mod tests {
    use super::with_faults;
    use crate::faults::TransferFault;
    use crate::records::BankCredit;

    fn arrived(faults: &[TransferFault]) -> Vec<(String, Option<String>)> {
        let transfer = BankCredit::new("100.00".parse().unwrap()).concept("482913377");
        let credits = with_faults(transfer, faults).into_iter();
        credits.map(|one| (one.amount.to_string(), one.concept)).collect()
    }

    fn credited(amount: &str, concept: Option<&str>) -> (String, Option<String>) {
        (amount.to_owned(), concept.map(str::to_owned))
    }

    #[test]
    fn transfer_without_faults_arrives_unchanged() {
        assert_eq!(arrived(&[]), [credited("100.00", Some("482913377"))]);
    }

    #[test]
    fn each_fault_changes_its_field() {
        let by: cryptopocket_types::Decimal = "12.34".parse().unwrap();
        assert_eq!(
            arrived(&[TransferFault::WrongConcept]),
            [credited("100.00", Some("482913373"))]
        );
        assert_eq!(
            arrived(&[TransferFault::MissingConcept]),
            [credited("100.00", None)]
        );
        assert_eq!(
            arrived(&[TransferFault::Partial(by)]),
            [credited("87.66", Some("482913377"))]
        );
        assert_eq!(
            arrived(&[TransferFault::Over(by)]),
            [credited("112.34", Some("482913377"))]
        );
        assert_eq!(arrived(&[TransferFault::Twice]).len(), 2);
        let halves = arrived(&[TransferFault::Split]);
        assert_eq!(
            halves,
            [
                credited("33.33", Some("482913377")),
                credited("66.67", Some("482913377"))
            ]
        );
        assert!(arrived(&[TransferFault::Lost]).is_empty());
    }

    #[test]
    fn partial_fault_leaves_at_least_one_cent() {
        let by = "500".parse().unwrap();
        assert_eq!(arrived(&[TransferFault::Partial(by)])[0].0, "0.01");
    }
}
