//! What the limits of a policy cut.

use super::*;

#[test]
fn adversarial_input_is_cut_and_told() {
    let payments: Vec<_> = (0..3000)
        .map(|n| payment(&format!("p-{n}"), "100 EUR", 7, ANA))
        .collect();
    let credits: Vec<_> = (0..3000)
        .map(|n| credit(&format!("t-{n}"), "100 EUR", "7", ANA))
        .collect();
    let mut matcher = matcher(&payments, &credits);
    matcher.add_transactions(&[credit("t", "1 EUR", &"7 ".repeat(1_000_000), ANA)]);
    let decisions = matcher.decide();
    assert_eq!(decisions.confirmed().count(), 0);
    assert_eq!(
        decisions.cuts(),
        [Cut::Texts(1), Cut::References(1), Cut::Amounts(1), Cut::Names(4)]
    );
}

#[test]
fn cut_reference_lists_no_other_currency() {
    let payments = ["p-1", "p-2"].map(|id| payment(id, "100 EUR", 120_037, ANA));
    let credits = ["t-1", "t-2"].map(|id| credit(id, "100 USD", "120037", ANA));
    for (pairs, listed, cuts) in [(4, 4, vec![]), (3, 0, vec![Cut::References(1)])] {
        let mut policy = Policy::default();
        policy.limits.pairs = pairs;
        let mut matcher = Matcher::new(policy).unwrap();
        matcher.add_payments(&payments);
        matcher.add_transactions(&credits);
        let decisions = matcher.decide();
        assert_eq!(decisions.other_currency().count(), listed);
        let amounts = decisions.other_currency().map(|other| other.amount.to_string());
        assert!(amounts.eq(std::iter::repeat_n("100.00 USD", listed)));
        assert_eq!(decisions.cuts(), cuts);
    }
}
