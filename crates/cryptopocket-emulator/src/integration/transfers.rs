//! Transfers that customers send, with the mistakes that transfer faults ask for.

use std::time::Duration;

use cryptopocket_types::Decimal;

use super::Tenant;
use crate::entropy::{Entropy, derive};
use crate::error::CommandError;
use crate::faults::TransferFault;
use crate::records::{BankCredit, Customer};
use crate::timers::Due;

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
