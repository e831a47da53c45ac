//! Two integrations never see each other.

use cryptopocket::banking::TransactionFilter;
use cryptopocket::onramp::{PaymentFilter, Recovery};
use cryptopocket::users::CustomerFilter;

use crate::target::{Emulated, card, transfer};

#[tokio::test]
async fn integrations_see_only_their_own_objects() {
    let Some(target) = Emulated::open("a second integration").await else {
        return;
    };
    let user = target.customer().await;
    let order = transfer(&user).external_id("order-1");
    let created = target.client.onramp().create_payment(order).await.unwrap();
    let other = target.other_integration();

    let unseen = other.onramp().payment(&created.payment_id).await.unwrap_err();
    assert!(unseen.has_code("payment_not_found"), "{unseen}");
    let listed = other
        .onramp()
        .list_payments(PaymentFilter::new())
        .collect_all(10)
        .await;
    assert!(listed.unwrap().is_empty());
    let found = other.onramp().recover_payment(&"order-1".into()).await.unwrap();
    assert_eq!(found, Recovery::None);
    assert_eq!(other.users().find_customer(&user).await.unwrap(), None);
    assert!(
        other
            .users()
            .list_customers(CustomerFilter::new())
            .collect_all(10)
            .await
            .unwrap()
            .is_empty()
    );
    let refused = other.onramp().create_payment(card(&user)).await.unwrap_err();
    assert!(refused.has_code("user_not_found"), "{refused}");
    let iban = created.next.bank_transfer().unwrap().iban.clone();
    assert!(
        other
            .banking()
            .list_transactions(iban, TransactionFilter::new())
            .collect_all(1)
            .await
            .is_err()
    );
    let accounts = other.banking().list_accounts().await.unwrap();
    assert_ne!(
        accounts.iter().next().unwrap().iban,
        created.next.bank_transfer().unwrap().iban
    );
}
