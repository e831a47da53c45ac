//! Payments and off-ramps from creation to the final state, by every method.

use cryptopocket::banking::{ExpectedTransfer, NewReconciliation, TransactionFilter, match_transfer};
use cryptopocket::offramp::NewOfframp;
use cryptopocket::onramp::{NewGuidedPayment, NewPayment};
use cryptopocket::{Currency, OfframpStatus, PaymentStatus, PaymentType};

use crate::target::{Emulated, IBAN, PATIENCE, Target, WALLET, at_once, card, euros, number, transfer, usdc};

#[tokio::test]
async fn unverified_customer_gets_a_verification_link() {
    let target = Target::open().await;
    let stranger = target.unverified_customer().await;
    let refused = target.client.onramp().create_payment(card(&stranger)).await;
    let error = refused.unwrap_err();
    assert!(error.has_code("require_kyc") && error.is_refused(), "{error}");
    assert!(error.verification_url().is_some());
    if let Some(sandbox) = target.emulator("approving the customer") {
        sandbox.approve_kyc(number(stranger.as_str())).unwrap();
        target
            .client
            .onramp()
            .create_payment(card(&stranger))
            .await
            .unwrap();
        assert_eq!(sandbox.payments_created(), 1);
    }
}

#[tokio::test]
async fn card_payment_ends_at_coins_sent() {
    let Some(target) = Emulated::slow("paying by card").await else {
        return;
    };
    let user = target.customer().await;
    let created = target.pay_by_card(&user).await;
    assert!(
        created
            .next
            .redirect_url()
            .unwrap()
            .expose()
            .contains("/pages/gateway/")
    );
    let onramp = target.client.onramp();
    target.sandbox.pay(created.payment_id.as_str()).unwrap();
    let mut wait = onramp
        .wait_payment(&created.payment_id)
        .schedule(at_once())
        .max_wait(PATIENCE);
    let seen = wait.next().await.unwrap().unwrap();
    assert!(seen.status == PaymentStatus::PaymentReceived && seen.txid.is_absent());
    target.sandbox.advance(std::time::Duration::from_mins(1));
    let payment = wait.await.unwrap();
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
    assert_eq!(payment.fiat, euros("150.50"));
    assert!(payment.txid.is_value() && payment.is_final());
}

#[tokio::test]
async fn guided_payment_gets_wallet_at_gateway() {
    let Some(target) = Emulated::open("paying at the gateway").await else {
        return;
    };
    let user = target.customer().await;
    let order = NewGuidedPayment::new(user, euros("240"), usdc())
        .payment_type(PaymentType::Psd2)
        .external_id("cart-7");
    let created = target.client.onramp().create_guided_payment(order).await.unwrap();
    assert!(created.next.redirect_url().is_some());
    target.sandbox.pay(created.payment_id.as_str()).unwrap();
    let wait = target
        .client
        .onramp()
        .wait_payment(&created.payment_id)
        .schedule(at_once());
    let payment = wait.max_wait(PATIENCE).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
    assert_eq!(payment.external_id.to_string(), "cart-7");
}

#[tokio::test]
async fn local_method_is_paid_in_its_currency() {
    let Some(target) = Emulated::open("paying by Khipu").await else {
        return;
    };
    let user = target.customer().await;
    let pesos = "150000 CLP".parse().unwrap();
    let order = NewPayment::latam(user, pesos, "USDC", WALLET, PaymentType::from("KHIPU"));
    let created = target.client.onramp().create_payment(order).await.unwrap();
    target.sandbox.pay(created.payment_id.as_str()).unwrap();
    let payment = target.client.onramp().payment(&created.payment_id).await.unwrap();
    assert_eq!(payment.fiat.value().unwrap().currency(), Currency::CLP);
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
}

#[tokio::test]
async fn transfer_is_reconciled_to_coins_sent() {
    let Some(target) = Emulated::open("sending a transfer").await else {
        return;
    };
    let user = target.customer().await;
    let created = target
        .client
        .onramp()
        .create_payment(transfer(&user))
        .await
        .unwrap();
    let asked = created.next.bank_transfer().unwrap();
    target.sandbox.pay_transfer(created.payment_id.as_str()).unwrap();
    let banking = target.client.banking();
    let feed = banking
        .list_transactions(asked.iban.clone(), TransactionFilter::new())
        .collect_all(50)
        .await
        .unwrap();
    let expected = ExpectedTransfer::new(asked.concept.clone(), euros("150.50"));
    let found = match_transfer(&expected, &feed);
    let credit = found.confirmed().expect("exactly one credit fits");
    banking
        .reconcile(NewReconciliation::new(&created.payment_id, &credit.id))
        .await
        .unwrap();
    let payment = target.client.onramp().payment(&created.payment_id).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
    assert_eq!(payment.holder.value().unwrap().reveal(), "Ana López");
    let again = banking
        .reconcile(NewReconciliation::new(&created.payment_id, &credit.id))
        .await
        .unwrap_err();
    assert!(again.has_code("already_reconciled"), "{again}");
}

#[tokio::test]
async fn offramp_ends_with_the_payout() {
    let Some(target) = Emulated::slow("selling coins").await else {
        return;
    };
    let user = target.customer().await;
    let coins = usdc().amount("20.5".parse().unwrap());
    let payout = NewOfframp::to_iban(user, coins.clone(), IBAN.parse().unwrap());
    let created = target.client.offramp().create_offramp(payout).await.unwrap();
    assert!(created.wallet.value().unwrap().starts_with("0x"));
    let id = number(created.id.as_str());
    target.sandbox.deposit_crypto(id, None).unwrap();
    let mut wait = target
        .client
        .offramp()
        .wait_offramp(&created.id)
        .schedule(at_once())
        .max_wait(PATIENCE);
    assert_eq!(
        wait.next().await.unwrap().unwrap().status,
        OfframpStatus::CryptoReceived
    );
    target.sandbox.advance(std::time::Duration::from_mins(10));
    let sold = wait.await.unwrap();
    assert_eq!(
        (sold.status, sold.coin.into_value()),
        (OfframpStatus::Finished, Some(coins))
    );
    assert_eq!(target.sandbox.offramps_created(), 1);
}

#[tokio::test]
async fn unknown_status_is_returned_and_waited_on() {
    let Some(target) = Emulated::slow("making up a status").await else {
        return;
    };
    let user = target.customer().await;
    let created = target.pay_by_card(&user).await;
    let id = created.payment_id.as_str();
    target.sandbox.set_payment_status(id, "thinking_it_over").unwrap();
    let wait = target
        .client
        .onramp()
        .wait_payment(&created.payment_id)
        .schedule(at_once());
    let error = wait
        .max_wait(std::time::Duration::from_millis(20))
        .await
        .unwrap_err();
    assert_eq!(error.last_state(), Some("thinking_it_over"));
    assert!(error.polls().is_some_and(|polls| polls > 0));
}
