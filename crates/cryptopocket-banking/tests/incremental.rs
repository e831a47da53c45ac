//! Batches give the same as starting over, on records that are as entangled as can be.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_banking::matcher::{Decision, Decisions, ExpectedPayment, Matcher, Policy};
use cryptopocket_banking::{Transaction, TransactionKey};
use cryptopocket_types::{Date, Field, PaymentId};
use proptest::prelude::*;

/// What is told to a matcher.
#[derive(Clone, Debug)]
enum Step {
    Payment(ExpectedPayment),
    Credit(Transaction),
    Settle(u8, u8),
    Unsettle(u8),
    Exclude(u8, u8),
    Decide,
}

fn payment_id(number: u8) -> PaymentId {
    format!("p-{number}").as_str().into()
}

fn transaction(number: u8) -> TransactionKey {
    format!("t-{number}").as_str().into()
}

const CONCEPTS: [&str; 8] = [
    "120037",
    "120038",
    "1200371",
    "220037",
    "100037",
    "37",
    "990001",
    "RF18539007547034",
];
const NAMES: [&str; 5] = [
    "",
    "Ana García López",
    "Ana García",
    "Luis Ruiz Mora",
    "Luis López García",
];
const ACCOUNTS: [&str; 3] = ["", "ES9121000418450200051332", "ES7921000813610123456789"];
/// Some make others together.
const AMOUNTS: [&str; 6] = ["100 EUR", "60 EUR", "40 EUR", "160 EUR", "100.01 EUR", "100 USD"];

fn text() -> impl Strategy<Value = String> {
    let concept = prop::sample::select(&CONCEPTS[..]);
    prop_oneof![
        3 => concept.clone().prop_map(str::to_owned),
        1 => concept.clone().prop_map(|concept| format!("factura {concept}")),
        1 => concept.clone().prop_map(|concept| format!("x{concept}y")),
        1 => (concept.clone(), concept).prop_map(|(one, other)| format!("{one} y {other}")),
        2 => Just("pago".to_owned()),
    ]
}

prop_compose! {
    fn payment(ids: u8)(
        id in 0..ids,
        amount in prop::sample::select(&AMOUNTS[..]),
        concept in prop::option::weighted(0.8, prop::sample::select(&CONCEPTS[..])),
        name in prop::sample::select(&NAMES[..]),
        account in prop::sample::select(&ACCOUNTS[..]),
        day in prop::option::weighted(0.8, 0_i32..40),
        status in prop::sample::select(&["started", "started", "started", "cancelled"][..]),
    ) -> ExpectedPayment {
        let mut payment = ExpectedPayment::new(payment_id(id), amount.parse().unwrap());
        payment.concept = concept.map(Into::into);
        payment.payer_name = (!name.is_empty()).then(|| name.into());
        payment.payer_iban = (!account.is_empty()).then(|| account.into());
        payment.created = day.map(date);
        payment.status = Some(status.into());
        payment
    }
}

prop_compose! {
    fn credit(ids: u8)(
        id in 0..ids,
        amount in prop::sample::select(&AMOUNTS[..]),
        back in prop::bool::weighted(0.1),
        text in text(),
        name in prop::sample::select(&NAMES[..]),
        account in prop::sample::select(&ACCOUNTS[..]),
        day in 0_i32..70,
        reconciled in prop::option::weighted(0.1, 0..ids),
    ) -> Transaction {
        let amount = if back { format!("-{amount}") } else { amount.to_owned() };
        let id = transaction(id);
        let mut credit = Transaction::new(id.id().as_str(), amount.parse().unwrap(), date(day));
        credit.concept = Field::Value(text.into());
        credit.counterparty_name = (!name.is_empty()).then(|| name.into()).into();
        credit.counterparty_iban = (!account.is_empty()).then(|| account.into()).into();
        credit.payment_id = reconciled.map(payment_id).into();
        credit
    }
}

fn date(day: i32) -> Date {
    "2026-06-01"
        .parse::<Date>()
        .unwrap()
        .checked_add_days(day)
        .unwrap()
}

fn step(ids: u8) -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => payment(ids).prop_map(Step::Payment),
        14 => credit(ids).prop_map(Step::Credit),
        1 => (0..ids, 0..ids).prop_map(|(payment, credit)| Step::Settle(payment, credit)),
        1 => (0..ids).prop_map(Step::Unsettle),
        2 => (0..ids, 0..ids).prop_map(|(payment, credit)| Step::Exclude(payment, credit)),
        6 => Just(Step::Decide),
    ]
}

fn tell(matcher: &mut Matcher, step: &Step) {
    match step {
        Step::Payment(payment) => matcher.add_payments(std::slice::from_ref(payment)),
        Step::Credit(credit) => matcher.add_transactions(std::slice::from_ref(credit)),
        Step::Settle(payment, credit) => matcher.settle(payment_id(*payment), [transaction(*credit)]),
        Step::Unsettle(payment) => matcher.unsettle(&payment_id(*payment)),
        Step::Exclude(payment, credit) => matcher.exclude(payment_id(*payment), transaction(*credit)),
        Step::Decide => {}
    }
}

/// Everything that a run says.
fn said(decisions: &Decisions<'_>) -> String {
    let all: Vec<_> = decisions.iter().collect();
    let confirmed: Vec<_> = decisions.confirmed().collect();
    let unmatched: Vec<_> = decisions.unmatched_transactions().collect();
    let late: Vec<_> = decisions.late().collect();
    format!(
        "{all:#?}\n{confirmed:?}\n{unmatched:?}\n{late:?}\n{:?}\n{:?}\n{:?}",
        decisions.problems(),
        decisions.cuts(),
        decisions.totals()
    )
}

fn by_id(decisions: impl Iterator<Item = Decision>) -> BTreeMap<PaymentId, Decision> {
    decisions
        .map(|decision| (decision.payment_id.clone(), decision))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 20_000 }))]

    #[test]
    fn batches_say_what_starting_over_says(
        steps in prop::collection::vec(step(24), 1..80),
        pairs in prop::sample::select(&[1_u32, 2, 4, 9, 1024][..]),
        parts in 2_u8..7,
    ) {
        let mut policy = Policy::default();
        policy.limits.pairs = pairs;
        policy.limits.split_parts = parts;
        let mut batches = Matcher::new(policy.clone()).unwrap();
        let mut known = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            tell(&mut batches, step);
            if !matches!(step, Step::Decide) && at + 1 < steps.len() {
                continue;
            }
            let decisions = batches.decide();
            let all = by_id(decisions.iter());
            let renewed: BTreeSet<PaymentId> = decisions.renewed().map(|decision| decision.payment_id).collect();
            for (id, decision) in &all {
                if !renewed.contains(id) {
                    prop_assert_eq!(known.get(id), Some(decision), "it was not decided again");
                }
            }
            known = all;
        }
        // What stands already is told again, as from a log.
        let mut stands = BTreeMap::<_, BTreeSet<_>>::new();
        for step in &steps {
            match step {
                Step::Settle(payment, credit) => {
                    stands.entry(*payment).or_default().insert(*credit);
                }
                Step::Unsettle(payment) => {
                    stands.remove(payment);
                }
                _ => {}
            }
        }
        for (payment, credits) in stands {
            batches.settle(payment_id(payment), credits.into_iter().map(transaction));
        }
        let renewed: Vec<_> = batches.decide().renewed().map(|decision| decision.payment_id).collect();
        prop_assert!(renewed.is_empty(), "nothing was told: {renewed:?}");
        let mut over = Matcher::new(policy).unwrap();
        for step in &steps {
            tell(&mut over, step);
        }
        prop_assert_eq!(said(&over.decide()), said(&batches.decide()));
    }
}
