//! The matcher's promises on planted data whose truth is known.

#![allow(clippy::unwrap_used, reason = "a test")]

#[path = "../benches/matcher/planted.rs"]
mod planted;
#[path = "../benches/matcher/score.rs"]
mod score;

use cryptopocket_banking::Transaction;
use cryptopocket_banking::matcher::{Decision, ExpectedPayment, Matcher, Outcome, Policy};
use planted::{Generator, KINDS, Planted, Random};
use proptest::prelude::*;
use score::Score;

fn matcher(payments: &[ExpectedPayment], transactions: &[Transaction]) -> Matcher {
    let mut matcher = Matcher::new(Policy::default()).unwrap();
    matcher.add_payments(payments);
    matcher.add_transactions(transactions);
    matcher
}

fn decided(payments: &[ExpectedPayment], transactions: &[Transaction]) -> Vec<Decision> {
    matcher(payments, transactions).decide().iter().collect()
}

#[test]
fn planted_truth_is_met_for_every_kind() {
    for seed in [1, 2, 3] {
        let planted = Generator::plant(seed, 6_000);
        let mut matcher = matcher(&planted.payments, &planted.transactions);
        let decisions = matcher.decide();
        let score = Score::of(&planted, &decisions);
        assert_eq!(score.rows.len(), KINDS.len(), "a kind is missing");
        assert_eq!(
            score.broken(),
            Vec::<String>::new(),
            "seed {seed}\n{}",
            score.table()
        );
        let (right, all) = score.recall();
        assert!(right * 100 >= all * 97, "{right} of {all}");
    }
}

#[test]
fn planted_data_is_the_same_for_a_seed() {
    let (a, b) = (Generator::plant(7, 500), Generator::plant(7, 500));
    assert_eq!(a.payments, b.payments);
    assert_eq!(a.transactions, b.transactions);
}

#[test]
fn number_of_threads_never_shows() {
    let planted = Generator::plant(11, 20_000);
    let with = |threads| {
        let mut matcher = Matcher::new(Policy::default()).unwrap().threads(threads);
        matcher.add_payments(&planted.payments);
        matcher.add_transactions(&planted.transactions);
        let decisions = matcher.decide();
        decisions.iter().collect::<Vec<_>>()
    };
    assert_eq!(with(1), with(3));
}

/// A small set in which every kind of trouble is near.
fn small(seed: u64) -> Planted {
    Generator::plant(seed, 120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_never_changes_a_decision(seed in any::<u64>()) {
        let mut planted = small(seed);
        let first = decided(&planted.payments, &planted.transactions);
        let mut random = Random::new(seed);
        random.shuffle(&mut planted.payments);
        random.shuffle(&mut planted.transactions);
        prop_assert_eq!(first, decided(&planted.payments, &planted.transactions));
    }

    #[test]
    fn batches_and_repeated_runs_never_change_a_decision(seed in any::<u64>(), size in 1_usize..60) {
        let planted = small(seed);
        let mut batches = Matcher::new(Policy::default()).unwrap();
        for part in planted.transactions.chunks(size) {
            batches.add_transactions(part);
            batches.decide();
        }
        for part in planted.payments.chunks(size) {
            batches.add_payments(part);
            batches.add_payments(part);
            batches.decide();
        }
        let found: Vec<Decision> = batches.decide().iter().collect();
        prop_assert_eq!(found, decided(&planted.payments, &planted.transactions));
    }

    #[test]
    fn cut_work_never_depends_on_order_or_batches(seed in any::<u64>(), pairs in 1_u32..6, size in 1_usize..60) {
        let mut planted = small(seed);
        let mut policy = Policy::default();
        policy.limits.pairs = pairs;
        let mut all = Matcher::new(policy.clone()).unwrap();
        all.add_payments(&planted.payments);
        all.add_transactions(&planted.transactions);
        let mut random = Random::new(seed);
        random.shuffle(&mut planted.payments);
        let mut batches = Matcher::new(policy).unwrap();
        batches.add_payments(&planted.payments);
        for part in planted.transactions.chunks(size) {
            batches.add_transactions(part);
            batches.decide();
        }
        let (all, batches) = (all.decide(), batches.decide());
        prop_assert_eq!(all.cuts(), batches.cuts());
        prop_assert_eq!(all.iter().collect::<Vec<_>>(), batches.iter().collect::<Vec<_>>());
        let score = Score::of(&planted, &all);
        prop_assert!(score.wrong.is_empty(), "{:?}", score.wrong);
    }

    #[test]
    fn unrelated_transactions_never_change_a_decision(seed in any::<u64>(), strangers in 1_u64..40) {
        let mut planted = small(seed);
        let before = decided(&planted.payments, &planted.transactions);
        for number in 0..strangers {
            // Its amount and text are of no payment.
            let amount = format!("{}.01 GBP", 900_000 + number).parse().unwrap();
            let mut stranger = Transaction::new(format!("s{number}").as_str(), amount, "2026-02-02".parse().unwrap());
            stranger.concept = cryptopocket_types::Field::Value(format!("nomina {}", 100 + number).into());
            stranger.counterparty_name = cryptopocket_types::Field::Value("GARCIA LOPEZ ANA".into());
            planted.transactions.push(stranger);
        }
        prop_assert_eq!(before, decided(&planted.payments, &planted.transactions));
    }

    #[test]
    fn applied_decisions_stand(seed in any::<u64>()) {
        let planted = small(seed);
        let half = planted.transactions.len() / 2;
        let mut matcher = matcher(&planted.payments, &planted.transactions[..half]);
        let applied: Vec<_> = matcher.decide().confirmed().collect();
        for (payment, transaction) in &applied {
            matcher.settle(payment.clone(), [transaction.clone()]);
        }
        matcher.add_transactions(&planted.transactions[half..]);
        let decisions = matcher.decide();
        for (payment, _) in &applied {
            prop_assert_eq!(decisions.of(payment).unwrap().outcome, Outcome::Settled);
        }
        for (payment, transaction) in decisions.confirmed() {
            prop_assert!(!applied.iter().any(|(p, t)| *p == payment || *t == transaction));
        }
    }

    #[test]
    fn each_transaction_is_confirmed_for_one_payment_at_most(seed in any::<u64>()) {
        let planted = small(seed);
        let mut matcher = matcher(&planted.payments, &planted.transactions);
        let decisions = matcher.decide();
        let mut transactions: Vec<_> = decisions.confirmed().map(|(_, transaction)| transaction).collect();
        let count = transactions.len();
        transactions.sort();
        transactions.dedup();
        prop_assert_eq!(count, transactions.len());
    }
}
