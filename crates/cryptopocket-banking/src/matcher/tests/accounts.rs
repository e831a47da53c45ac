//! Transactions of several accounts.

use super::*;

fn in_account(mut credit: Transaction, account: &str) -> Transaction {
    credit.iban = cryptopocket_types::Field::Value(account.into());
    credit
}

#[test]
fn equal_ids_of_two_accounts_are_two_transactions() {
    let payments = [
        payment("p-1", "100 EUR", 120_037, ANA),
        payment("p-2", "70 EUR", 483_920, ANA),
    ];
    let credits = [
        in_account(credit("7", "100 EUR", "120037", ANA), "ES79 2100"),
        in_account(credit("7", "70 EUR", "483920", ANA), "ES80"),
    ];
    let mut both = matcher(&payments, &credits);
    let decisions = both.decide();
    assert_eq!(decisions.problems(), []);
    let confirmed: Vec<_> = decisions
        .confirmed()
        .map(|(_, transaction)| transaction)
        .collect();
    let key = |account: &str| TransactionKey::from("7").in_account(account);
    assert_eq!(confirmed, [key("ES792100"), key("ES80")]);
    both.settle("p-1".into(), [key("ES792100")]);
    assert_eq!(
        both.decide().confirmed().count(),
        1,
        "the other account's is free"
    );
    both.exclude("p-2".into(), key("ES80"));
    assert_eq!(both.decide().confirmed().count(), 0);
}

#[test]
fn conflicting_ids_of_one_account_are_told() {
    let payments = [payment("p-1", "100 EUR", 120_037, ANA)];
    let credits = [
        in_account(credit("7", "100 EUR", "120037", ANA), "ES79"),
        in_account(credit("7", "100 EUR", "120038", ANA), "es79"),
        in_account(credit("7", "5 EUR", "", ANA), "ES80"),
    ];
    let mut matcher = matcher(&payments, &credits);
    let decisions = matcher.decide();
    let problems = serde_json::to_value(decisions.problems()).unwrap();
    assert_eq!(
        problems,
        serde_json::json!([{"transaction_id": "7", "iban": "ES79", "rule": "conflicting_id"}])
    );
    assert_eq!(decisions.totals().transactions, 1);
    assert_eq!(decisions.confirmed().count(), 0);
}

#[test]
fn key_without_account_stands_for_every_account() {
    let payments = [payment("p-1", "100 EUR", 120_037, ANA)];
    let mut both = matcher(
        &payments,
        &[in_account(credit("7", "100 EUR", "120037", ANA), "ES79")],
    );
    both.exclude("p-1".into(), "7".into());
    assert_eq!(both.decide().of(&"p-1".into()).unwrap().outcome, Outcome::None);
}

#[test]
fn account_that_the_bank_cut_speaks_for_a_payer_and_never_confirms() {
    let mut wanted = payment("p-1", "100 EUR", 120_037, "");
    wanted.payer_iban = Some("ES9121000418450200051332".into());
    let mut sent = credit("t-1", "100 EUR", "pago", "");
    sent.counterparty_iban = cryptopocket_types::Field::Value("ES91 2100 0418 4502".into());
    let mut matcher = matcher(&[wanted], &[sent]);
    let decisions = matcher.decide();
    let decision = decisions.of(&"p-1".into()).unwrap();
    assert_ne!(decision.outcome, Outcome::Confirmed);
    assert!(
        decision.candidates[0].reasons.contains(&Reason::AccountCut),
        "{decision:?}"
    );
}

#[test]
fn cancelled_payment_of_the_amount_is_never_chosen() {
    let mut newest = payment("p-2", "100 EUR", 483_920, ANA);
    newest.status = Some("cancelled".into());
    newest.created = Some("2026-06-21".parse().unwrap());
    let open = payment("p-1", "100 EUR", 120_037, ANA);
    let found = outcomes(&[newest, open], &[credit("t-1", "100 EUR", "pago", ANA)]);
    let found: Vec<_> = found
        .iter()
        .map(|(id, outcome, _)| (id.as_str(), *outcome))
        .collect();
    assert_eq!(found, [("p-1", Outcome::Suggested), ("p-2", Outcome::Closed)]);
}
