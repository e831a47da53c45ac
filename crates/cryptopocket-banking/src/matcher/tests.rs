use super::*;

mod accounts;
mod limits;
mod sums;

fn payment(id: &str, amount: &str, concept: u64, name: &str) -> ExpectedPayment {
    let mut payment = ExpectedPayment::new(id, amount.parse().unwrap());
    payment.concept = Some(concept.into());
    payment.created = Some("2026-06-20".parse().unwrap());
    payment.payer_name = (!name.is_empty()).then(|| name.into());
    payment
}

fn credit(id: &str, amount: &str, text: &str, name: &str) -> Transaction {
    let mut credit = Transaction::new(id, amount.parse().unwrap(), "2026-06-22".parse().unwrap());
    credit.concept = cryptopocket_types::Field::Value(text.into());
    credit.counterparty_name = (!name.is_empty()).then(|| name.into()).into();
    credit
}

fn matcher(payments: &[ExpectedPayment], credits: &[Transaction]) -> Matcher {
    let mut matcher = Matcher::new(Policy::default()).unwrap();
    matcher.add_payments(payments);
    matcher.add_transactions(credits);
    matcher
}

/// Each payment with its outcome and credits.
fn outcomes(payments: &[ExpectedPayment], credits: &[Transaction]) -> Vec<(String, Outcome, Vec<String>)> {
    matcher(payments, credits)
        .decide()
        .iter()
        .map(|decision| {
            let credits = decision.candidates.iter().map(|c| c.transaction.to_string());
            (
                decision.payment_id.to_string(),
                decision.outcome,
                credits.collect(),
            )
        })
        .collect()
}

fn one(payment: ExpectedPayment, credits: &[Transaction]) -> Outcome {
    outcomes(&[payment], credits)[0].1
}

const ANA: &str = "Ana García López";

#[test]
fn whole_concept_and_equal_amount_confirm() {
    for text in ["120037", "pago 120037 gracias", "CONCEPTO 00120037", "1200 37"] {
        let credits = [credit("t-1", "150.50 EUR", text, "GARCIA LOPEZ ANA")];
        assert_eq!(
            one(payment("p-1", "150.50 EUR", 120_037, ANA), &credits),
            Outcome::Confirmed,
            "{text}"
        );
        let unnamed = [credit("t-1", "150.5 EUR", text, "")];
        assert_eq!(
            one(payment("p-1", "150.50 EUR", 120_037, ""), &unnamed),
            Outcome::Confirmed,
            "{text}"
        );
    }
}

#[test]
fn concept_with_other_amount_is_never_confirmed() {
    let wanted = || payment("p-1", "150.50 EUR", 120_037, ANA);
    assert_eq!(
        one(wanted(), &[credit("t-1", "150.49 EUR", "120037", ANA)]),
        Outcome::Partial
    );
    assert_eq!(
        one(wanted(), &[credit("t-1", "151.50 EUR", "120037", ANA)]),
        Outcome::Over
    );
    assert_eq!(
        one(wanted(), &[credit("t-1", "150.50 USD", "120037", ANA)]),
        Outcome::None
    );
    assert_eq!(
        one(wanted(), &[credit("t-1", "-150.50 EUR", "120037", ANA)]),
        Outcome::None
    );
}

#[test]
fn tolerance_suggests_and_never_confirms() {
    let policy = Policy {
        tolerances: vec!["1.00 EUR".parse().unwrap()],
        ..Policy::default()
    };
    let mut matcher = Matcher::new(policy).unwrap();
    matcher.add_payments(&[payment("p-1", "150.50 EUR", 120_037, ANA)]);
    matcher.add_transactions(&[credit("t-1", "149.50 EUR", "120037", ANA)]);
    assert_eq!(
        matcher.decide().iter().next().unwrap().outcome,
        Outcome::Suggested
    );
}

#[test]
fn mistyped_concept_is_only_suggested() {
    for text in ["120038", "12037", "120073", "12O037", "x120037"] {
        let credits = [credit("t-1", "150.50 EUR", text, ANA)];
        assert_eq!(
            one(payment("p-1", "150.50 EUR", 120_037, ANA), &credits),
            Outcome::Suggested,
            "{text}"
        );
    }
}

#[test]
fn number_inside_longer_one_is_no_reference() {
    let credits = [credit("t-1", "20 EUR", "factura 1814", "")];
    assert_eq!(one(payment("p-1", "30 EUR", 14, ""), &credits), Outcome::None);
}

#[test]
fn short_concept_needs_amount_and_payer() {
    let credits = |name| [credit("t-1", "30 EUR", "piso 14", name)];
    assert_eq!(
        one(payment("p-1", "30 EUR", 14, ANA), &credits(ANA)),
        Outcome::Confirmed
    );
    assert_eq!(
        one(payment("p-1", "30 EUR", 14, ANA), &credits("")),
        Outcome::Suggested
    );
    assert_eq!(
        one(payment("p-1", "31 EUR", 14, ANA), &credits(ANA)),
        Outcome::None
    );
}

#[test]
fn near_twins_are_ambiguous() {
    let payments = [
        payment("p-1", "100 EUR", 120_037, ANA),
        payment("p-2", "100 EUR", 483_920, ANA),
    ];
    let credits = [
        credit("t-1", "100 EUR", "pago", ANA),
        credit("t-2", "100 EUR", "pago", ANA),
    ];
    for (_, outcome, candidates) in outcomes(&payments, &credits) {
        assert_eq!((outcome, candidates.len()), (Outcome::Ambiguous, 2));
    }
    let credits = [
        credit("t-1", "100 EUR", "483920", ANA),
        credit("t-2", "100 EUR", "120037", ANA),
    ];
    let found = outcomes(&payments, &credits);
    assert_eq!(found[0].1, Outcome::Confirmed);
    assert_eq!(found[0].2, ["t-2"]);
    assert_eq!(found[1].2, ["t-1"]);
}

#[test]
fn double_payment_is_ambiguous() {
    let credits = [
        credit("t-1", "100 EUR", "120037", ANA),
        credit("t-2", "100 EUR", "120037", ANA),
    ];
    assert_eq!(
        one(payment("p-1", "100 EUR", 120_037, ANA), &credits),
        Outcome::Ambiguous
    );
}

#[test]
fn payer_of_another_payment_prevents_confirmation() {
    // Luis wrote Ana's concept.
    let payments = [
        payment("p-1", "100 EUR", 120_037, ANA),
        payment("p-2", "100 EUR", 120_073, "Luis Ruiz Mora"),
    ];
    let credits = [credit("t-1", "100 EUR", "120037", "LUIS RUIZ MORA")];
    let found = outcomes(&payments, &credits);
    assert!(
        found.iter().all(|(_, outcome, _)| *outcome != Outcome::Confirmed),
        "{found:?}"
    );
}

#[test]
fn third_person_needs_distinct_reference() {
    let wanted = || payment("p-1", "100 EUR", 48_213_907, ANA);
    let by = |text| [credit("t-1", "100 EUR", text, "LUIS RUIZ MORA")];
    assert_eq!(one(wanted(), &by("48213907")), Outcome::Confirmed);
    assert_eq!(
        one(wanted(), &by("concepto 48213907 tel 600123123")),
        Outcome::Confirmed
    );
    assert_eq!(one(wanted(), &by("factura 48213907")), Outcome::Suggested);
    assert_eq!(one(wanted(), &by("48213907 600123123")), Outcome::Suggested);
}

#[test]
fn one_credit_for_two_payments_is_a_split() {
    let payments = [
        payment("p-1", "100 EUR", 120_037, ANA),
        payment("p-2", "50 EUR", 483_920, ANA),
    ];
    let found = outcomes(&payments, &[credit("t-1", "150 EUR", "120037 y 483920", ANA)]);
    assert!(
        found
            .iter()
            .all(|(_, outcome, credits)| *outcome == Outcome::Split && credits == &["t-1"]),
        "{found:?}"
    );
}

#[test]
fn two_credits_for_one_payment_are_a_split() {
    let credits = [
        credit("t-1", "60 EUR", "120037", ANA),
        credit("t-2", "40 EUR", "120037 2/2", ANA),
    ];
    let found = outcomes(&[payment("p-1", "100 EUR", 120_037, ANA)], &credits);
    assert_eq!(found[0].1, Outcome::Split);
    assert_eq!(found[0].2, ["t-1", "t-2"]);
}

#[test]
fn closed_payment_is_no_candidate_but_late_money_is_told() {
    let mut closed = payment("p-1", "100 EUR", 120_037, ANA);
    closed.status = Some("cancelled".into());
    let mut matcher = matcher(&[closed], &[credit("t-1", "100 EUR", "120037", ANA)]);
    let decisions = matcher.decide();
    assert_eq!(decisions.iter().next().unwrap().outcome, Outcome::Closed);
    let late: Vec<_> = decisions.late().collect();
    assert_eq!(
        (late[0].transaction.id().as_str(), late[0].payment_id.as_str()),
        ("t-1", "p-1")
    );
}

#[test]
fn returned_money_is_not_confirmed() {
    let credits = [
        credit("t-1", "100 EUR", "120037", ANA),
        credit("t-2", "-100 EUR", "devolucion 120037", ANA),
    ];
    assert_ne!(
        one(payment("p-1", "100 EUR", 120_037, ANA), &credits),
        Outcome::Confirmed
    );
}

#[test]
fn money_before_the_payment_is_not_for_it() {
    let mut early = credit("t-1", "100 EUR", "120037", ANA);
    early.booking_date = "2026-06-18".parse::<cryptopocket_types::Date>().unwrap().into();
    assert_eq!(
        one(payment("p-1", "100 EUR", 120_037, ANA), &[early.clone()]),
        Outcome::None
    );
    early.booking_date = "2026-08-18".parse::<cryptopocket_types::Date>().unwrap().into();
    assert_eq!(
        one(payment("p-1", "100 EUR", 120_037, ANA), &[early]),
        Outcome::Suggested
    );
}

#[test]
fn printed_check_digit_is_read() {
    let wanted = || payment("p-1", "100 EUR", 7_992_739_871, ANA);
    assert_eq!(
        one(wanted(), &[credit("t-1", "100 EUR", "79927398713", ANA)]),
        Outcome::Confirmed
    );
    assert_eq!(
        one(wanted(), &[credit("t-1", "100 EUR", "79927398713", "")]),
        Outcome::Suggested
    );
}

#[test]
fn settled_decision_stands_until_it_is_taken_back() {
    let payments = [payment("p-1", "100 EUR", 120_037, ANA)];
    let mut matcher = matcher(&payments, &[credit("t-1", "100 EUR", "120037", ANA)]);
    matcher.settle("p-1".into(), ["t-1".into()]);
    matcher.add_transactions(&[credit("t-2", "100 EUR", "120037", ANA)]);
    let decisions = matcher.decide();
    assert_eq!(decisions.of(&"p-1".into()).unwrap().outcome, Outcome::Settled);
    assert_eq!(
        decisions.late().count(),
        1,
        "the second credit is a double payment"
    );
    assert_eq!(decisions.confirmed().count(), 0);
    matcher.unsettle(&"p-1".into());
    assert_eq!(
        matcher.decide().of(&"p-1".into()).unwrap().outcome,
        Outcome::Ambiguous
    );
}

#[test]
fn rejected_pair_is_no_candidate() {
    let payments = [payment("p-1", "100 EUR", 120_037, ANA)];
    let mut matcher = matcher(&payments, &[credit("t-1", "100 EUR", "120037", ANA)]);
    matcher.exclude("p-1".into(), "t-1".into());
    assert_eq!(matcher.decide().of(&"p-1".into()).unwrap().outcome, Outcome::None);
}

#[test]
fn bad_records_are_told_and_take_no_part() {
    let mut conflicting = payment("p-1", "100 EUR", 120_037, ANA);
    conflicting.amount = "101 EUR".parse().unwrap();
    let payments = [
        payment("p-1", "100 EUR", 120_037, ANA),
        conflicting,
        payment("p-2", "-1 EUR", 1, ""),
        payment("p-3", "0 EUR", 1, ""),
        payment("p-4", "0.001 EUR", 1, ""),
        payment("p-5", "9999999999 EUR", 1, ""),
        payment("", "1 EUR", 1, ""),
    ];
    let mut old = credit("t-1", "100 EUR", "120037", ANA);
    old.booking_date = "1066-10-14".parse::<cryptopocket_types::Date>().unwrap().into();
    let mut matcher = matcher(&payments, &[old, credit("t-2", "100 EUR", "120037", ANA)]);
    let decisions = matcher.decide();
    let rules: Vec<Rule> = decisions.problems().iter().map(|problem| problem.rule).collect();
    assert_eq!(
        rules,
        [
            Rule::EmptyId,
            Rule::ConflictingId,
            Rule::NegativeAmount,
            Rule::ZeroAmount,
            Rule::FineAmount,
            Rule::AbsurdAmount,
            Rule::DateOutOfRange,
        ]
    );
    assert_eq!(decisions.iter().count(), 0);
    assert_eq!(decisions.unmatched_transactions().count(), 1);
}

#[test]
fn record_given_twice_counts_once() {
    let mut listed = payment("p-1", "100 EUR", 120_037, ANA);
    listed.concept = None;
    let payments = [listed, payment("p-1", "100 EUR", 120_037, "")];
    let credits = [
        credit("t-1", "100 EUR", "120037", ANA),
        credit("t-1", "100 EUR", "120037", ANA),
    ];
    assert_eq!(
        outcomes(&payments, &credits),
        [("p-1".to_owned(), Outcome::Confirmed, vec!["t-1".to_owned()])]
    );
}

#[test]
fn debug_shows_no_personal_data() {
    let matcher = matcher(
        &[payment("p-1", "1 EUR", 5, ANA)],
        &[credit("t-1", "1 EUR", "5", ANA)],
    );
    assert!(!format!("{matcher:?}").to_uppercase().contains("GARCIA"));
}

#[test]
fn batch_renews_only_those_it_has_to_do_with() {
    let mut closed = payment("p-1", "100 EUR", 120_037, ANA);
    closed.status = Some("cancelled".into());
    let summed = payment("p-2", "70 EUR", 550_001, "Luis Ruiz");
    let late = credit("t-1", "100 EUR", "120037", ANA);
    let parts =
        [("t-2", "30 EUR"), ("t-3", "40 EUR")].map(|(id, amount)| credit(id, amount, "cripto", "LUIS RUIZ"));
    let mut matcher = matcher(&[closed, summed], &[&[late], &parts[..]].concat());
    assert_eq!(
        matcher.decide().of(&"p-2".into()).unwrap().outcome,
        Outcome::Split
    );
    matcher.add_payments(&[payment("p-3", "9 EUR", 770_002, "Eva Sanz")]);
    let renewed: Vec<_> = matcher
        .decide()
        .renewed()
        .map(|decision| decision.payment_id)
        .collect();
    assert_eq!(renewed, [PaymentId::from("p-3")]);
    matcher.add_transactions(&[credit("t-4", "40 EUR", "cripto", "LUIS RUIZ")]);
    let decisions = matcher.decide();
    let renewed: Vec<PaymentId> = decisions.renewed().map(|decision| decision.payment_id).collect();
    assert_eq!(renewed, [PaymentId::from("p-2")]);
    assert_eq!(decisions.of(&"p-2".into()).unwrap().outcome, Outcome::Ambiguous);
}
