//! Customers, identity and documents.

use cryptopocket_core::Error;
use cryptopocket_types::{Date, DocumentType, IdentificationType, UserId, UserType};
use cryptopocket_users::{
    CustomerFilter, Document, FindBy, IdentityDocument, NewCompany, NewCustomer, NewVerifiedCustomer, Users,
};

use super::case::{Case, shown};
use crate::canary;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "list_customers",
        reply: r#"{"status":"ok","data":[{"id":100067,"uuid":"0b9e4c52-6f0d-4c5e-9a57-1d1f6f0b7a11","external_id":"shop-1","name":"Canaria","last_name":"Canarias","email":"canary@example.com","country":"ES","kyc_status":"valid","created_at":"2026-05-02T09:14:07.000000Z"}],"pagination":{"current_page":1,"per_page":25,"total":1,"last_page":1}}"#,
        call: |session| {
            shown(async move {
                Users::new(session)
                    .list_customers(CustomerFilter::new())
                    .collect_all(100)
                    .await
            })
        },
    },
    Case {
        id: "create_customer",
        reply: r#"{"status":"ok","data":{"id":100067,"kyc_form_url":"https://hosted.example.net/canary-link"}}"#,
        call: |session| shown(async move { Users::new(session).create_customer(customer()).await }),
    },
    Case {
        id: "create_customer_delegated_kyc",
        reply: r#"{"status":"ok","data":{"id":100069,"uuid":"5c1e8a5e-7a7d-4c58-8e0a-94d1f7d2b6c3","kyc_status":"processing"}}"#,
        call: |session| {
            shown(async move { Users::new(session).create_verified_customer(delegated()?).await })
        },
    },
    Case {
        id: "create_company_customer",
        reply: r#"{"status":"ok","data":{"id":100070,"uuid":"8a4b2b0c-93a5-4a2e-8a57-2f1f9a1c0d44","kyb_link":"https://hosted.example.net/canary-link","password":"canary-pw-12"}}"#,
        call: |session| {
            shown(async move {
                Users::new(session)
                    .create_company(NewCompany::new(canary::COMPANY, canary::EMAIL))
                    .await
            })
        },
    },
    Case {
        id: "check_kyc",
        reply: r#"{"status":"ok","data":{"kyc_status":"valid"}}"#,
        call: |session| shown(async move { Users::new(session).kyc(&user()).await }),
    },
    Case {
        id: "create_enhanced_verification_link",
        reply: r#"{"status":"ok","data":{"onboarding_link":"https://hosted.example.net/canary-link"}}"#,
        call: |session| shown(async move { Users::new(session).create_verification_link(&user()).await }),
    },
    Case {
        id: "upload_customer_document",
        reply: r#"{"status":"ok"}"#,
        call: |session| {
            shown(async move {
                Users::new(session)
                    .upload_document(&user(), DocumentType::Payslip, picture()?)
                    .await
            })
        },
    },
    Case {
        id: "find_customer",
        reply: r#"{"status":"ok","data":{"id":100067,"external_id":"shop-1","name":"Canaria","last_name":"Canarias","email":"canary@example.com","country":"ES","kyc_status":"valid"}}"#,
        call: |session| {
            shown(async move {
                Users::new(session)
                    .find_customer(FindBy::Email(canary::EMAIL.into()))
                    .await
            })
        },
    },
];

fn user() -> UserId {
    UserId::from(100_067)
}

fn customer() -> NewCustomer {
    NewCustomer::new(canary::NAME, canary::EMAIL)
        .last_name(canary::LAST_NAME)
        .phone(canary::PHONE)
        .country("ES")
        .identification(IdentificationType::from("PASSPORT"), canary::DOCUMENT_NUMBER)
        .user_type(UserType::Individual)
        .callback_url(canary::CALLBACK)
}

/// A PNG by its first bytes. Its base64 contains the canary of the picture.
fn picture() -> Result<Document, Error> {
    Document::from_bytes(b"\x89PNG\r\n\x1a\n\0canary picture".to_vec())
}

fn delegated() -> Result<NewVerifiedCustomer, Error> {
    let identity = IdentityDocument::new(
        "ES",
        IdentificationType::from("PASSPORT"),
        canary::DOCUMENT_NUMBER,
        picture()?,
    )
    .back(picture()?);
    let birth_date: Date = canary::BIRTH_DATE.parse().expect("a day");
    Ok(NewVerifiedCustomer::new(customer(), identity, picture()?)
        .liveness(picture()?)
        .birth_date(birth_date)
        .residence(canary::ADDRESS, canary::CITY, canary::POSTAL_CODE))
}
