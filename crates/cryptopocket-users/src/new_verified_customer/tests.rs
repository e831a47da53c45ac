use cryptopocket_core::testing::Answer;

use super::*;
use crate::tests::{block_on, scripted};

const OPERATION: &str = "create_customer_delegated_kyc";

fn picture(pixels: &str) -> Document {
    let bytes = [b"\xff\xd8\xff\xe0", pixels.as_bytes()].concat();
    Document::from_bytes(bytes).expect("a JPEG")
}

fn passport(country: &str, number: &str) -> IdentityDocument {
    IdentityDocument::new(country, IdentificationType::Passport, number, picture("FRONT"))
}

fn ada() -> NewCustomer {
    NewCustomer::new("Ada", "ada@example.com")
}

#[test]
fn every_picture_is_sent_under_its_name() {
    let reply = r#"{"status":"success","data":{"id":"7","uuid":"u","kyc_status":"in_review","score":1.50}}"#;
    let (users, transport) = scripted(OPERATION, &[Answer::json(reply)]);
    let link = Document::from_url("https://files.example.com/face.jpg").unwrap();
    let kyc = NewVerifiedCustomer::new(
        ada().last_name("L"),
        passport("ES", "X1").back(picture("BACK")),
        link,
    )
    .liveness(picture("ALIVE"))
    .birth_date("1990-12-10".parse().unwrap())
    .residence("Calle Mayor 1", "Madrid", "28013");
    let created = block_on(users.create_verified_customer(kyc)).unwrap();
    assert_eq!(created.kyc_status.value().unwrap().as_str(), "in_review");
    assert_eq!(created.decision(), KycDecision::Pending);
    assert_eq!(created.extra.get("score").unwrap().get(), "1.50");
    let expected = concat!(
        r#"{"address":"Calle Mayor 1","birth_date":"1990-12-10","city":"Madrid","country":"ES","#,
        r#""document_back":"data:image/jpeg;base64,/9j/4EJBQ0s=","#,
        r#""document_front":"data:image/jpeg;base64,/9j/4EZST05U","email":"ada@example.com","#,
        r#""face_image":"https://files.example.com/face.jpg","identification_number":"X1","#,
        r#""identification_type":"PASSPORT","last_name":"L","#,
        r#""liveness_image":"data:image/jpeg;base64,/9j/4EFMSVZF","name":"Ada","postal_code":"28013"}"#
    );
    assert_eq!(transport.body(OPERATION), expected);
}

#[test]
fn document_overrides_customer() {
    let (users, transport) = scripted(OPERATION, &[Answer::json(r#"{"status":"ok","data":{"id":7}}"#)]);
    let customer = ada().country("MX").identification("CURP".into(), "OLD");
    let kyc = NewVerifiedCustomer::new(customer, passport("ES", "NEW"), picture("FACE"));
    assert_eq!(
        block_on(users.create_verified_customer(kyc)).unwrap().kyc_status,
        None
    );
    let sent = transport.body(OPERATION);
    assert!(
        sent.contains(r#""country":"ES""#) && sent.contains("NEW") && !sent.contains("OLD"),
        "{sent}"
    );
}

#[test]
fn bad_input_is_refused_before_sending() {
    let pdf = || Document::from_bytes(b"%PDF-1.7".to_vec()).unwrap();
    for (kyc, field) in [
        (
            NewVerifiedCustomer::new(ada(), passport("ES", " "), picture("FACE")),
            "identification_number",
        ),
        (
            NewVerifiedCustomer::new(ada(), passport("MX", "X1"), picture("FACE")),
            "identification_type",
        ),
        (
            NewVerifiedCustomer::new(ada(), passport("es", "X1"), picture("FACE")),
            "country",
        ),
        (
            NewVerifiedCustomer::new(ada(), passport("ES", "X1"), pdf()),
            "face_image",
        ),
    ] {
        let (users, transport) = scripted(OPERATION, &[]);
        let error = block_on(users.create_verified_customer(kyc)).unwrap_err();
        assert!(error.to_string().starts_with(field), "{error}");
        assert_eq!(transport.calls(OPERATION), 0);
    }
}

#[test]
fn debug_hides_personal_data() {
    let kyc = NewVerifiedCustomer::new(
        ada().last_name("CANARY"),
        passport("ES", "CANARY"),
        picture("CANARY"),
    )
    .residence("CANARY", "CANARY", "CANARY");
    assert!(!format!("{kyc:?}").contains("CANARY") && !format!("{kyc:?}").contains("base64"));
}
