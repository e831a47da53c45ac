//! Splits that only the amounts show.

use super::*;

/// Credits from Ana's account, without a reference.
fn from_ana(amounts: &[&str]) -> Vec<Transaction> {
    let credits = amounts.iter().enumerate().map(|(at, amount)| {
        let mut credit = credit(&format!("t-{at}"), amount, "cripto", ANA);
        credit.counterparty_iban = cryptopocket_types::Field::Value(ANAS.into());
        credit
    });
    credits.collect()
}

const ANAS: &str = "ES9121000418450200051332";

fn of_ana(id: &str, amount: &str) -> ExpectedPayment {
    let mut payment = payment(id, amount, 120_037, ANA);
    payment.payer_iban = Some(ANAS.into());
    payment
}

#[test]
fn credits_that_add_up_are_a_split_and_never_confirmed() {
    let mut found = matcher(
        &[of_ana("p-1", "100 EUR")],
        &from_ana(&["60.01 EUR", "12 EUR", "39.99 EUR"]),
    );
    let decisions = found.decide();
    let decision = decisions.of(&"p-1".into()).unwrap();
    assert_eq!(decision.outcome, Outcome::Split);
    let ids: Vec<_> = decision
        .candidates
        .iter()
        .map(|c| c.transaction.to_string())
        .collect();
    assert_eq!(ids, ["t-0", "t-2"]);
    let reasons: Vec<_> = decision.candidates[0]
        .reasons
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        reasons.contains(&"with others of this payer the amounts add up exactly".to_owned()),
        "{reasons:?}"
    );
    assert_eq!(decisions.unmatched_transactions().count(), 1);
}

#[test]
fn one_credit_for_payments_that_add_up_is_a_split() {
    let payments = [
        of_ana("p-1", "60 EUR"),
        of_ana("p-2", "40 EUR"),
        of_ana("p-3", "41 EUR"),
    ];
    let outcomes: Vec<_> = outcomes(&payments, &from_ana(&["100 EUR"]));
    let found: Vec<_> = outcomes.into_iter().map(|(_, outcome, _)| outcome).collect();
    assert_eq!(found, [Outcome::Split, Outcome::Split, Outcome::None]);
}

#[test]
fn two_ways_to_add_up_are_ambiguous() {
    let payments = [of_ana("p-1", "100 EUR")];
    let found = outcomes(&payments, &from_ana(&["60 EUR", "40 EUR", "40 EUR"]));
    assert_eq!((found[0].1, found[0].2.len()), (Outcome::Ambiguous, 3));
    let payments = [of_ana("p-1", "100 EUR"), of_ana("p-2", "100 EUR")];
    let found = outcomes(&payments, &from_ana(&["60 EUR", "40 EUR"]));
    assert!(
        found.iter().all(|(_, outcome, _)| *outcome == Outcome::Ambiguous),
        "{found:?}"
    );
}

#[test]
fn sums_of_other_payers_or_times_do_not_count() {
    let wanted = [of_ana("p-1", "100 EUR")];
    let none = |credits: &[Transaction]| assert_eq!(outcomes(&wanted, credits)[0].1, Outcome::None);
    let mut credits = from_ana(&["60 EUR", "40 EUR"]);
    credits[1].booking_date = "2026-09-22".parse::<cryptopocket_types::Date>().unwrap().into();
    none(&credits);
    credits = from_ana(&["60 EUR", "40 EUR"]);
    credits[1].counterparty_iban = cryptopocket_types::Field::Absent;
    credits[1].counterparty_name = cryptopocket_types::Field::Value("LUIS RUIZ".into());
    none(&credits);
    none(&from_ana(&["60 EUR", "40 USD"]));
    let mut rejected = matcher(&wanted, &from_ana(&["60 EUR", "40 EUR"]));
    rejected.exclude("p-1".into(), "t-1".into());
    assert_eq!(
        rejected.decide().of(&"p-1".into()).unwrap().outcome,
        Outcome::None
    );
}

#[test]
fn search_for_sums_is_bounded_and_told() {
    let amounts: Vec<String> = (0..40).map(|n| format!("{}.02 EUR", 100 + n)).collect();
    let amounts: Vec<&str> = amounts.iter().map(String::as_str).collect();
    let mut long = matcher(&[of_ana("p-1", "600.01 EUR")], &from_ana(&amounts));
    assert_eq!(long.decide().cuts(), [Cut::Splits(1)]);
    let wide: Vec<_> = (0..60)
        .map(|n| of_ana(&format!("p-{n}"), &format!("{}.03 EUR", 1000 + n)))
        .collect();
    let mut wide = matcher(&wide, &from_ana(&amounts));
    assert_eq!(wide.decide().cuts(), [Cut::Splits(1)]);
}

#[test]
fn rejected_part_ends_a_split_that_was_found() {
    let mut found = matcher(&[of_ana("p-1", "100 EUR")], &from_ana(&["60 EUR", "40 EUR"]));
    assert_eq!(found.decide().of(&"p-1".into()).unwrap().outcome, Outcome::Split);
    found.exclude("p-1".into(), "t-1".into());
    assert_eq!(found.decide().of(&"p-1".into()).unwrap().outcome, Outcome::None);
}
