//! Tests: values that are stored as JSON and read back.

use std::fmt::Debug;

use cryptopocket_core::testing::Answer;
use cryptopocket_types::{DocumentType, UserId, UserType};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::tests::{block_on, scripted};
use crate::{
    Customer, CustomerFilter, Document, FindBy, IdentityDocument, KycCheck, NewCompany, NewCustomer,
    NewVerifiedCustomer,
};

/// The JSON of `value`, which must read back as the same value.
fn stored<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    text
}

fn reply(data: &str) -> Answer {
    Answer::json(format!(r#"{{"status":"ok","data":{data}}}"#))
}

fn read_customer(id: u64, name: &str, extra: &str) -> Customer {
    let name = serde_json::to_string(name).unwrap();
    let data = format!(
        r#"{{"id":{id},"name":{name},"kyc_status":"on_hold","created_at":"2026-06-20T10:15:30Z","new":{extra}}}"#
    );
    let (users, _) = scripted("find_customer", &[reply(&data)]);
    block_on(users.find_customer(UserId::from(id))).unwrap().unwrap()
}

#[test]
fn customer_is_stored_in_the_json_of_the_command_line() {
    let text = concat!(
        r#"{"id":"7","uuid":null,"external_id":null,"name":"Ana","last_name":null,"email":null,"country":null,"#,
        r#""kyc_status":"on_hold","created_at":"2026-06-20T10:15:30Z","extra":{"new":0.10}}"#
    );
    assert_eq!(stored(&read_customer(7, "Ana", "0.10")), text);
}

#[test]
fn created_customers_are_stored_with_their_secrets() {
    let created = r#"{"id":7,"kyc_form_url":"https://kyc.example.com/f/1","tier":1.10}"#;
    let (users, _) = scripted("create_customer", &[reply(created)]);
    let created = block_on(users.create_customer(NewCustomer::new("Ada", "ada@example.com"))).unwrap();
    assert!(stored(&created).contains("https://kyc.example.com/f/1"));

    let company = r#"{"id":7,"uuid":"u","kyb_link":"https://kyb.example.com/7","password":"abcdefghijkl"}"#;
    let (users, _) = scripted("create_company_customer", &[reply(company)]);
    let company = block_on(users.create_company(NewCompany::new("Engines", "kyb@example.com"))).unwrap();
    assert!(stored(&company).contains("abcdefghijkl"));

    let picture = || Document::from_bytes(b"\xff\xd8\xff\xe0 pixels".to_vec()).unwrap();
    let identity = IdentityDocument::new("ES", "PASSPORT".into(), "X1", picture());
    let verified = NewVerifiedCustomer::new(NewCustomer::new("Ada", "ada@example.com"), identity, picture());
    let (users, _) = scripted(
        "create_customer_delegated_kyc",
        &[reply(r#"{"id":7,"score":1.50}"#)],
    );
    stored(&block_on(users.create_verified_customer(verified)).unwrap());
}

#[test]
fn kyc_check_is_stored() {
    let (users, _) = scripted("check_kyc", &[reply(r#"{"kyc_status":"in_review","step":2}"#)]);
    let check: KycCheck = block_on(users.kyc(&UserId::from(7))).unwrap();
    assert_eq!(
        stored(&check),
        r#"{"user_id":"7","kyc_status":"in_review","extra":{"step":2}}"#
    );
}

#[test]
fn requests_and_filters_are_stored() {
    let ada = NewCustomer::new("Ada", "ada@example.com")
        .country("ES")
        .identification("PASSPORT".into(), "X1")
        .user_type(UserType::Individual)
        .callback_url("https://shop.example.com/kyc");
    assert!(stored(&ada).contains("ada@example.com"));
    stored(&NewCompany::new("Engines", "kyb@example.com"));
    stored(&FindBy::Email("ada@example.com".into()));
    stored(&FindBy::from(UserId::from(7)));
    stored(&CustomerFilter::new());
    stored(&DocumentType::Payslip);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_customer_reads_back_the_same(
        id in 1_u64.., name in "\\PC{0,20}", extra in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?",
    ) {
        let text = stored(&read_customer(id, &name, &extra));
        let kept = format!(r#""new":{extra}}}"#);
        prop_assert!(text.contains(&kept), "{}", text);
    }
}
