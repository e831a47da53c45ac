//! Customers who send the transfer they were asked for, and what they get wrong on the way.

use std::time::Duration;

use cryptopocket_types::Decimal;

use super::{Customer, Due, Incoming, Trouble, World};
use crate::entropy::{Entropy, derive};
use crate::faults::TransferFault;

const A_TRANSFER_TAKES: Duration = Duration::from_secs(1_200);

impl World {
    /// The account that a customer pays from, always the same.
    fn account_of_customer(&self, user: u64) -> String {
        Entropy::new(derive(self.seed, "account of customer", user)).iban("ES")
    }

    /// The customer says that the transfer is under way and sends it; it arrives when its time has come.
    pub fn pay_transfer(&mut self, id: &str) -> Result<(), Trouble> {
        let who = self.owner_of_payment(id)?;
        let payment = self.payment_mut(who, id)?;
        let method = payment.method;
        if payment.guided && payment.concept.is_none() && method.payment_type == "transfer" {
            self.choose(who, id, method, None)?;
        }
        if self.payment_mut(who, id)?.status == "started" {
            self.announce_transfer(id)?;
        }
        let payment = self.payment_mut(who, id)?;
        if payment.concept.is_none() || payment.status != "pending_bank" {
            let (method, status) = (payment.method.payment_type, &payment.status);
            return Err(Trouble::WrongState(format!(
                "a {method} payment that is {status}"
            )));
        }
        let (user, amount) = (payment.user, payment.fiat_amount);
        let concept = payment.concept.map(|concept| concept.to_string());
        let payer_name = self.customer(who, user).map(Customer::full_name);
        let incoming = Incoming {
            iban: None,
            amount,
            concept,
            payer_name,
            payer_iban: Some(self.account_of_customer(user)),
            end_to_end_id: None,
            meant_for: Some(id.to_owned()),
        };
        for incoming in sent(incoming, &self.faults.take_for_transfer()) {
            self.schedule(A_TRANSFER_TAKES, Due::Credit { who, incoming });
        }
        Ok(())
    }
}

/// What a transfer becomes when things go wrong with it.
fn sent(mut transfer: Incoming, faults: &[TransferFault]) -> Vec<Incoming> {
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
    let parts = if faults.contains(&TransferFault::Split) {
        in_two(transfer)
    } else {
        vec![transfer]
    };
    std::iter::repeat_n(parts, copies).flatten().collect()
}

fn with_a_digit_changed(concept: &str) -> String {
    let (head, last) = concept.split_at(concept.len().saturating_sub(1));
    let other = if last == "7" { "3" } else { "7" };
    format!("{head}{other}")
}

/// A first part of a third, to the cent, and the rest.
fn in_two(transfer: Incoming) -> Vec<Incoming> {
    let cents = transfer.amount.to_minor(2).unwrap_or(0);
    if cents < 2 {
        return vec![transfer];
    }
    let first = (cents / 3).max(1);
    let part = |cents| Incoming {
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
    use super::sent;
    use crate::faults::TransferFault;
    use crate::world::Incoming;

    fn arrived(faults: &[TransferFault]) -> Vec<(String, Option<String>)> {
        let transfer = Incoming {
            iban: None,
            amount: "100.00".parse().unwrap(),
            concept: Some("482913377".to_owned()),
            payer_name: None,
            payer_iban: None,
            end_to_end_id: None,
            meant_for: None,
        };
        let credits = sent(transfer, faults).into_iter();
        credits.map(|one| (one.amount.to_string(), one.concept)).collect()
    }

    fn with(amount: &str, concept: Option<&str>) -> (String, Option<String>) {
        (amount.to_owned(), concept.map(str::to_owned))
    }

    #[test]
    fn a_transfer_without_faults_arrives_as_it_was_asked_for() {
        assert_eq!(arrived(&[]), [with("100.00", Some("482913377"))]);
    }

    #[test]
    fn each_fault_changes_what_it_says() {
        let by: cryptopocket_types::Decimal = "12.34".parse().unwrap();
        assert_eq!(
            arrived(&[TransferFault::WrongConcept]),
            [with("100.00", Some("482913373"))]
        );
        assert_eq!(arrived(&[TransferFault::MissingConcept]), [with("100.00", None)]);
        assert_eq!(
            arrived(&[TransferFault::Partial(by)]),
            [with("87.66", Some("482913377"))]
        );
        assert_eq!(
            arrived(&[TransferFault::Over(by)]),
            [with("112.34", Some("482913377"))]
        );
        assert_eq!(arrived(&[TransferFault::Twice]).len(), 2);
        let halves = arrived(&[TransferFault::Split]);
        assert_eq!(
            halves,
            [with("33.33", Some("482913377")), with("66.67", Some("482913377"))]
        );
        assert!(arrived(&[TransferFault::Lost]).is_empty());
    }

    #[test]
    fn a_payment_that_falls_short_by_more_than_all_still_arrives() {
        let by = "500".parse().unwrap();
        assert_eq!(arrived(&[TransferFault::Partial(by)])[0].0, "0.01");
    }
}
