//! Errors of payers and banks: a wrong credit is never matched, the right one always.

use cryptopocket::PaymentStatus;
use cryptopocket::banking::{
    ExpectedTransfer, NewReconciliation, Transaction, TransactionFilter, TransferMatch, match_transfer,
};
use cryptopocket::onramp::CreatedPayment;
use cryptopocket_sandbox::{BankCredit, TransferFault};

use crate::target::{Emulated, euros, transfer};

struct Ordered {
    target: Emulated,
    created: CreatedPayment,
}

impl Ordered {
    /// A transfer payment that the customer pays with `fault`.
    async fn paid_with(fault: TransferFault) -> Option<Self> {
        let target = Emulated::open("getting a transfer wrong").await?;
        let user = target.customer().await;
        let created = target
            .client
            .onramp()
            .create_payment(transfer(&user))
            .await
            .unwrap();
        target.sandbox.fail_next_transfer(fault);
        target.sandbox.pay_transfer(created.payment_id.as_str()).unwrap();
        Some(Self { target, created })
    }

    fn expected(&self) -> ExpectedTransfer {
        let asked = self.created.next.bank_transfer().unwrap();
        ExpectedTransfer::new(asked.concept.clone(), euros("150.50"))
    }

    async fn feed(&self) -> Vec<Transaction> {
        let iban = self.created.next.bank_transfer().unwrap().iban.clone();
        let feed = self
            .target
            .client
            .banking()
            .list_transactions(iban, TransactionFilter::new());
        feed.collect_all(50).await.unwrap()
    }

    async fn status(&self) -> PaymentStatus {
        let id = &self.created.payment_id;
        self.target.client.onramp().payment(id).await.unwrap().status
    }

    /// The customer sends the correct transfer.
    async fn settle(&self) {
        let asked = self.created.next.bank_transfer().unwrap();
        let right = BankCredit::new("150.50".parse().unwrap()).concept(asked.concept.as_str());
        self.target.sandbox.credit_bank(right).unwrap();
        let feed = self.feed().await;
        let found = match_transfer(&self.expected(), &feed);
        let credit = found.confirmed().expect("the right credit is there");
        let banking = self.target.client.banking();
        banking
            .reconcile(NewReconciliation::new(&self.created.payment_id, &credit.id))
            .await
            .unwrap();
        assert_eq!(self.status().await, PaymentStatus::CoinsSent);
        assert_eq!(self.target.sandbox.payments_created(), 1);
        assert!(self.target.sandbox.misattributed().is_empty());
    }
}

#[tokio::test]
async fn only_the_fitting_credit_is_matched() {
    let by = "1".parse().unwrap();
    for fault in [
        TransferFault::WrongConcept,
        TransferFault::MissingConcept,
        TransferFault::Partial(by),
        TransferFault::Over(by),
        TransferFault::Split,
    ] {
        let Some(ordered) = Ordered::paid_with(fault).await else {
            return;
        };
        let feed = ordered.feed().await;
        assert!(!feed.is_empty(), "{fault:?}: money came");
        let expected = ordered.expected();
        let TransferMatch::None(near) = match_transfer(&expected, &feed) else {
            panic!("{fault:?}: a credit that does not fit was taken");
        };
        assert_eq!(near.len(), feed.len(), "{fault:?}: what came near is shown");
        assert!(near.iter().all(|one| !one.reasons.is_empty()), "{fault:?}");
        assert_eq!(ordered.status().await, PaymentStatus::PendingBank, "{fault:?}");
        ordered.settle().await;
    }
}

#[tokio::test]
async fn wrong_amount_is_refused_even_when_forced() {
    let by = "1".parse().unwrap();
    for fault in [
        TransferFault::Partial(by),
        TransferFault::Over(by),
        TransferFault::Split,
    ] {
        let Some(ordered) = Ordered::paid_with(fault).await else {
            return;
        };
        let banking = ordered.target.client.banking();
        for credit in ordered.feed().await {
            let refused = banking
                .reconcile(NewReconciliation::new(&ordered.created.payment_id, &credit.id))
                .await;
            assert!(refused.unwrap_err().has_code("amount_mismatch"), "{fault:?}");
        }
        assert_eq!(ordered.status().await, PaymentStatus::PendingBank);
    }
}

#[tokio::test]
async fn double_transfer_is_never_matched_twice() {
    let Some(ordered) = Ordered::paid_with(TransferFault::Twice).await else {
        return;
    };
    let feed = ordered.feed().await;
    let expected = ordered.expected();
    let TransferMatch::Ambiguous(both) = match_transfer(&expected, &feed) else {
        panic!("two credits fit, and one was chosen");
    };
    let banking = ordered.target.client.banking();
    banking
        .reconcile(NewReconciliation::new(&ordered.created.payment_id, &both[0].id))
        .await
        .unwrap();
    let second = banking
        .reconcile(NewReconciliation::new(&ordered.created.payment_id, &both[1].id))
        .await;
    assert!(second.unwrap_err().has_code("payment_not_pending"));
    let feed = ordered.feed().await;
    assert_eq!(feed.iter().filter(|one| one.reconciled).count(), 1);
    let left = match_transfer(&expected, &feed);
    assert!(matches!(left, TransferMatch::AlreadyReconciled(_)), "{left:?}");
}

#[tokio::test]
async fn missing_transfer_leaves_the_payment_pending() {
    let Some(ordered) = Ordered::paid_with(TransferFault::Lost).await else {
        return;
    };
    assert!(ordered.feed().await.is_empty());
    assert_eq!(ordered.status().await, PaymentStatus::PendingBank);
    ordered.settle().await;
}

#[tokio::test]
async fn equal_amounts_are_matched_to_their_payers() {
    let Some(target) = Emulated::open("getting many transfers wrong").await else {
        return;
    };
    let by = "1".parse().unwrap();
    let faults = [
        None,
        Some(TransferFault::WrongConcept),
        Some(TransferFault::MissingConcept),
        Some(TransferFault::Partial(by)),
        Some(TransferFault::Over(by)),
        Some(TransferFault::Twice),
        Some(TransferFault::Split),
        Some(TransferFault::Lost),
    ];
    let (onramp, banking) = (target.client.onramp(), target.client.banking());
    let mut orders = Vec::new();
    for fault in faults.iter().cycle().take(6 * faults.len()) {
        let created = onramp
            .create_payment(transfer(&target.customer().await))
            .await
            .unwrap();
        if let Some(fault) = fault {
            target.sandbox.fail_next_transfer(*fault);
        }
        target.sandbox.pay_transfer(created.payment_id.as_str()).unwrap();
        orders.push((created, fault));
    }
    let account = orders[0].0.next.bank_transfer().unwrap().iban.clone();
    let feed = banking
        .list_transactions(account, TransactionFilter::new())
        .collect_all(500)
        .await
        .unwrap();
    assert_eq!(
        feed.len(),
        6 * 9,
        "seven arrive, one of them twice and one in two parts"
    );
    for (created, fault) in &orders {
        let concept = created.next.bank_transfer().unwrap().concept.clone();
        let expected = ExpectedTransfer::new(concept, euros("150.50"));
        let credit = match_transfer(&expected, &feed).confirmed();
        assert_eq!(credit.is_some(), fault.is_none(), "{fault:?}");
        if let Some(credit) = credit {
            banking
                .reconcile(NewReconciliation::new(&created.payment_id, &credit.id))
                .await
                .unwrap();
        }
    }
    assert!(target.sandbox.misattributed().is_empty());
    // Matching by amount alone would pick a wrong credit, and the emulator would report it.
    let wrong = feed.iter().find(|credit| credit.concept.is_absent()).unwrap();
    let (victim, _) = orders
        .iter()
        .find(|(_, fault)| **fault == Some(TransferFault::Lost))
        .unwrap();
    banking
        .reconcile(NewReconciliation::new(&victim.payment_id, &wrong.id))
        .await
        .unwrap();
    assert_eq!(target.sandbox.misattributed().len(), 1);
}
