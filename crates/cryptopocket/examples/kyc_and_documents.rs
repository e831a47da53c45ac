//! Registers a customer, waits for the identity check and uploads a payslip.
//!
//! `cargo run -p cryptopocket --example kyc_and_documents`

use std::error::Error;
use std::time::Duration;

use cryptopocket::users::{Document, FindBy, NewCustomer};
use cryptopocket::{Client, Credentials, DocumentType, KycDecision};
use cryptopocket_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .build()?;
    let users = client.users();

    let customer = NewCustomer::new("Ada", "ada@example.com")
        .last_name("Lovelace")
        .country("ES")
        .phone("+34600000000");
    let ada = users.create_customer(customer).await?;
    println!("send customer {} to the identity check", ada.id);

    let first = users.kyc(&ada.id).await?;
    println!("status {}: {:?}", first.kyc_status, first.decision());

    // Against the provider the customer completes the check on `ada.kyc_form_url`.
    sandbox.approve_kyc(ada.id.as_str().parse()?)?;
    let check = users
        .wait_kyc(&ada.id)
        .max_wait(Duration::from_secs(48 * 3_600))
        .await?;
    assert_eq!(check.decision(), KycDecision::Approved);

    // Large orders need evidence of income. The media type is read from the bytes.
    let payslip = Document::from_bytes(b"%PDF-1.7\n%an example\n".to_vec())?;
    println!(
        "payslip of {:?} bytes, {:?}",
        payslip.size(),
        payslip.media_type()
    );
    users
        .upload_document(&ada.id, DocumentType::Payslip, payslip)
        .await?;

    let found = users
        .find_customer(FindBy::Email("ada@example.com".into()))
        .await?;
    println!("found: {}", found.is_some());
    assert!(found.is_some());
    Ok(())
}
