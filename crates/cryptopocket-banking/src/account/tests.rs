use cryptopocket_core::testing::Answer;

use crate::tests::{block_on, scripted};

const OPERATION: &str = "list_bank_accounts";

#[test]
fn balances_are_exact_and_new_fields_kept() {
    let reply = r#"{"status":"ok","data":[
        {"iban":"ES79","currency":"EUR","balance":"90071992547409931.07","status":"frozen","limit":1e2},
        {"iban":"ES80","bic":null}
    ]}"#;
    let (banking, _) = scripted(OPERATION, &[Answer::json(reply)]);
    let accounts = block_on(banking.list_accounts()).unwrap().into_items();
    assert_eq!(accounts[0].balance.to_string(), "90071992547409931.07 EUR");
    assert_eq!(accounts[0].status.as_deref(), Some("frozen"));
    assert_eq!(accounts[0].extra.get("limit").unwrap().get(), "1e2");
    assert!(accounts[1].balance.is_absent() && accounts[1].currency.is_absent());
}

#[test]
fn balance_without_currency_is_no_money() {
    let reply = r#"{"status":"ok","data":[{"iban":"ES79","balance":"7.50"}]}"#;
    let (banking, _) = scripted(OPERATION, &[Answer::json(reply)]);
    let account = block_on(banking.list_accounts()).unwrap().into_items().remove(0);
    assert!(
        account.balance.is_unreadable(),
        "it is there, and of an unknown currency"
    );
    assert_eq!(account.extra.get("balance").unwrap().get(), r#""7.50""#);
}

#[test]
fn odd_account_costs_only_itself() {
    let reply =
        r#"{"status":"ok","data":[{"iban":"ES79","currency":"euros","balance":"1"},{"bic":"X"},{"iban":7}]}"#;
    let (banking, _) = scripted(OPERATION, &[Answer::json(reply)]);
    let accounts = block_on(banking.list_accounts()).unwrap();
    let unreadable: Vec<_> = accounts
        .unreadable()
        .map(|row| row.raw.get().to_owned())
        .collect();
    assert_eq!(unreadable, [r#"{"bic":"X"}"#]);
    let accounts = accounts.into_items();
    assert!(accounts[0].currency.is_unreadable() && accounts[0].balance.is_unreadable());
    assert_eq!(accounts[0].extra.get("currency").unwrap().get(), r#""euros""#);
    assert_eq!(accounts[1].iban.reveal(), "7");
}

#[test]
fn debug_hides_personal_data() {
    let reply =
        r#"{"status":"ok","data":[{"iban":"CANARY","holder_name":"CANARY","alias":"CANARY","x":"CANARY"}]}"#;
    let (banking, _) = scripted(OPERATION, &[Answer::json(reply)]);
    let accounts = block_on(banking.list_accounts()).unwrap().into_items();
    assert!(!format!("{accounts:?}").contains("CANARY"));
}
