use cryptopocket_types::Decimal;
use proptest::prelude::*;

use super::*;

fn money(text: &str) -> Money {
    text.parse().expect("an amount written in this file")
}

fn credit(id: &str, amount: &str, text: &str) -> Transaction {
    let date = "2026-06-26".parse().expect("a date");
    let mut credit = Transaction::new(id, money(amount), date);
    credit.concept = Field::Value(text.into());
    credit
}

fn expected() -> ExpectedTransfer {
    ExpectedTransfer::new(483_920_u64, money("150.50 EUR"))
}

fn reasons(credits: &[Transaction]) -> Vec<Vec<Mismatch>> {
    match match_transfer(&expected(), credits) {
        TransferMatch::None(near) => near.into_iter().map(|miss| miss.reasons).collect(),
        other => panic!("expected no match, found {other:?}"),
    }
}

#[test]
fn right_credit_is_found_among_near_misses() {
    let credits = [
        credit("a", "150.50 EUR", "Pago 483921"),
        credit("b", "149.50 EUR", "Pago 483920"),
        credit("c", "150.50 EUR", "Pago 483920"),
    ];
    assert_eq!(
        match_transfer(&expected(), &credits),
        TransferMatch::Confirmed(&credits[2])
    );
    assert_eq!(
        reasons(&credits[..2]),
        [
            vec![Mismatch::WrongConcept],
            vec![Mismatch::ShortBy(money("1.00 EUR"))]
        ]
    );
}

#[test]
fn amounts_are_compared_by_value() {
    let credits = [credit("a", "150.5000 EUR", "483920")];
    assert!(match_transfer(&expected(), &credits).confirmed().is_some());
}

#[test]
fn surplus_and_other_currency_are_reasons() {
    assert_eq!(
        reasons(&[
            credit("a", "150.51 EUR", "483920"),
            credit("b", "150.50 USD", "483920")
        ]),
        [
            vec![Mismatch::OverBy(money("0.01 EUR"))],
            vec![Mismatch::OtherCurrency]
        ]
    );
}

#[test]
fn debits_are_never_confirmed() {
    assert_eq!(
        reasons(&[credit("a", "-150.50 EUR", "483920")]),
        [vec![Mismatch::NotACredit]]
    );
    let nothing = ExpectedTransfer::new(1_u64, money("0 EUR"));
    assert_eq!(
        match_transfer(&nothing, &[credit("a", "0 EUR", "1")]).confirmed(),
        None
    );
}

#[test]
fn missing_or_blank_text_has_no_concept() {
    let mut silent = credit("a", "150.50 EUR", "");
    silent.concept = Field::Absent;
    let credits = [silent, credit("b", "150.50 EUR", "  ")];
    assert_eq!(
        reasons(&credits),
        [vec![Mismatch::NoConcept], vec![Mismatch::NoConcept]]
    );
}

#[test]
fn two_fitting_credits_are_ambiguous() {
    let credits = [
        credit("a", "150.50 EUR", "483920"),
        credit("b", "150.50 EUR", "483920"),
    ];
    let found = match_transfer(&expected(), &credits);
    assert_eq!(found, TransferMatch::Ambiguous(vec![&credits[0], &credits[1]]));
    assert_eq!(found.confirmed(), None);
}

#[test]
fn reconciled_credit_blocks_its_double() {
    let mut reconciled = credit("a", "150.50 EUR", "483920");
    reconciled.reconciled = true;
    let credits = [credit("b", "150.50 EUR", "483920"), reconciled];
    assert_eq!(
        match_transfer(&expected(), &credits),
        TransferMatch::AlreadyReconciled(&credits[1])
    );
}

#[test]
fn credit_with_payment_counts_as_reconciled() {
    let mut taken = credit("a", "150.50 EUR", "483920");
    taken.payment_id = Field::Value("p-1".into());
    assert_eq!(
        match_transfer(&expected(), [&taken]),
        TransferMatch::AlreadyReconciled(&taken)
    );
}

#[test]
fn duplicate_transaction_counts_once_by_worse_record() {
    let twice = [
        credit("a", "150.50 EUR", "483920"),
        credit("a", "150.50 EUR", "483920"),
    ];
    assert!(match_transfer(&expected(), &twice).confirmed().is_some());

    let mut later = twice.clone();
    later[1].reconciled = true;
    assert_eq!(
        match_transfer(&expected(), &later),
        TransferMatch::AlreadyReconciled(&later[1])
    );
    later.reverse();
    assert_eq!(
        match_transfer(&expected(), &later),
        TransferMatch::AlreadyReconciled(&later[0])
    );
}

#[test]
fn unreadable_fields_are_never_confirmed() {
    let mut odd_amount = credit("a", "150.50 EUR", "483920");
    odd_amount.amount = Field::Unreadable;
    let mut odd_text = credit("b", "150.50 EUR", "483920");
    odd_text.concept = Field::Unreadable;
    let mut odd_payment = credit("c", "150.50 EUR", "483920");
    odd_payment.payment_id = Field::Unreadable;
    assert_eq!(
        reasons(&[odd_amount, odd_text]),
        [
            vec![Mismatch::UnreadableAmount],
            vec![Mismatch::UnreadableConcept]
        ]
    );
    assert_eq!(
        match_transfer(&expected(), [&odd_payment]),
        TransferMatch::AlreadyReconciled(&odd_payment)
    );
}

#[test]
fn unrelated_transactions_are_no_near_misses() {
    assert!(reasons(&[credit("a", "20.00 EUR", "rent"), credit("b", "-9.99 EUR", "fee")]).is_empty());
}

#[test]
fn reasons_hide_the_payers_text() {
    let credits = [credit("a", "150.50 EUR", "CANARY")];
    let TransferMatch::None(near) = match_transfer(&expected(), &credits) else {
        panic!("no match")
    };
    let shown: String = near[0].reasons.iter().map(ToString::to_string).collect();
    assert!(!shown.contains("CANARY") && !format!("{near:?}").contains("CANARY"));
}

prop_compose! {
    fn any_credit()(
        id in 0_u8..6,
        cents in prop_oneof![Just(15_050_i128), -2_i128..20_000],
        eur in prop::bool::weighted(0.8),
        text in prop_oneof![
            Just(Some("483920".to_owned())),
            Just(Some("Pago 483920, ADA".to_owned())),
            Just(Some("REF483920".to_owned())),
            Just(None),
            "\\PC{0,12}".prop_map(Some),
        ],
        reconciled in prop::bool::weighted(0.2),
    ) -> Transaction {
        let currency = if eur { "EUR" } else { "USD" };
        let amount = format!("{} {currency}", Decimal::from_minor(cents, 2).expect("two decimals"));
        let mut credit = credit(&format!("t-{id}"), &amount, "");
        credit.concept = text.map(|text| text.as_str().into()).into();
        credit.reconciled = reconciled;
        credit
    }
}

proptest! {
    #[test]
    fn confirmed_credit_meets_every_condition(
        credits in prop::collection::vec(any_credit(), 0..8),
    ) {
        let expected = expected();
        let found = match_transfer(&expected, &credits);
        let fits = |t: &Transaction| {
            t.amount == expected.amount
                && !t.reconciled
                && t.concept.value().is_some_and(|text| {
                    text.reveal().split(|c: char| !c.is_alphanumeric()).any(|token| token == "483920")
                })
        };
        if let Some(confirmed) = found.confirmed() {
            prop_assert!(fits(confirmed));
            let spoiled = |t: &Transaction| credits.iter().any(|copy| copy.id == t.id && !fits(copy));
            let rival = |t: &&Transaction| t.id != confirmed.id && fits(t) && !spoiled(t);
            prop_assert_eq!(credits.iter().find(rival), None);
            prop_assert!(!spoiled(confirmed));
        }
    }

    #[test]
    fn order_of_transactions_does_not_matter(
        credits in prop::collection::vec(any_credit(), 0..8),
    ) {
        let mut reversed = credits.clone();
        reversed.reverse();
        let forwards = match_transfer(&expected(), &credits).confirmed().map(|t| t.id.clone());
        let backwards = match_transfer(&expected(), &reversed).confirmed().map(|t| t.id.clone());
        prop_assert_eq!(forwards, backwards);
    }
}

#[test]
fn same_id_on_two_accounts_is_two_credits() {
    let on = |iban: &str| {
        let mut credit = credit("1", "150.50 EUR", "Pago 483920");
        credit.iban = Field::Value(iban.into());
        credit
    };
    let credits = [on("ES79 2100"), on("ES80 2100")];
    assert!(
        matches!(match_transfer(&expected(), &credits), TransferMatch::Ambiguous(both) if both.len() == 2),
        "a double payment must not be confirmed"
    );
    // The same account, written in another way, is the same transaction.
    let credits = [on("ES79 2100"), on("es792100")];
    assert!(match_transfer(&expected(), &credits).confirmed().is_some());
}
