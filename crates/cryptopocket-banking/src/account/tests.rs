use cryptopocket_core::ErrorKind;
use cryptopocket_core::testing::Answer;

use crate::testing::{block_on, scripted};

const OPERATION: &str = "list_bank_accounts";

#[test]
fn balances_are_exact_and_new_fields_kept() {
    let reply = r#"{"status":"ok","data":[
        {"iban":"ES79","currency":"EUR","balance":"90071992547409931.07","status":"frozen","limit":1e2},
        {"iban":"ES80","bic":null}
    ]}"#;
    let (banking, _) = scripted(OPERATION, &[Answer::json(reply)]);
    let accounts = block_on(banking.list_accounts()).unwrap();
    assert_eq!(
        accounts[0].balance.unwrap().to_string(),
        "90071992547409931.07 EUR"
    );
    assert_eq!(accounts[0].status.as_deref(), Some("frozen"));
    assert_eq!(accounts[0].extra.get("limit").unwrap().get(), "1e2");
    assert_eq!((accounts[1].balance, accounts[1].currency), (None, None));
}

#[test]
fn balance_without_currency_is_no_money() {
    let reply = r#"{"status":"ok","data":[{"iban":"ES79","balance":"7.50"}]}"#;
    let (banking, _) = scripted(OPERATION, &[Answer::json(reply)]);
    let account = block_on(banking.list_accounts()).unwrap().remove(0);
    assert_eq!(account.balance, None);
    assert_eq!(account.extra.get("balance").unwrap().get(), r#""7.50""#);
}

#[test]
fn unreadable_currency_is_an_error() {
    let reply = r#"{"status":"ok","data":[{"iban":"ES79","currency":"euros"}]}"#;
    let (banking, _) = scripted(OPERATION, &[Answer::json(reply)]);
    assert_eq!(
        block_on(banking.list_accounts()).unwrap_err().kind(),
        ErrorKind::UnexpectedReply
    );
}

#[test]
fn debug_hides_personal_data() {
    let reply =
        r#"{"status":"ok","data":[{"iban":"CANARY","holder_name":"CANARY","alias":"CANARY","x":"CANARY"}]}"#;
    let (banking, _) = scripted(OPERATION, &[Answer::json(reply)]);
    let accounts = block_on(banking.list_accounts()).unwrap();
    assert!(!format!("{accounts:?}").contains("CANARY"));
}
