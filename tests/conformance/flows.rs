//! Money from its start to its end, by every way there is.

use cryptopocket::banking::{ExpectedTransfer, NewReconciliation, TransactionFilter, match_transfer};
use cryptopocket::offramp::NewOfframp;
use cryptopocket::onramp::{NewGuidedPayment, NewPayment};
use cryptopocket::{Currency, OfframpStatus, PaymentStatus, PaymentType};

use crate::stage::{Emulated, IBAN, PATIENCE, Stage, WALLET, at_once, card, euros, number, transfer, usdc};

#[tokio::test]
async fn a_payment_needs_a_verified_customer_and_says_where_to_verify() {
    let stage = Stage::open().await;
    let stranger = stage.stranger().await;
    let refused = stage.client.onramp().create_payment(card(&stranger)).await;
    let error = refused.unwrap_err();
    assert!(error.has_code("require_kyc") && error.is_refused(), "{error}");
    assert!(error.verification_url().is_some());
    if let Some(sandbox) = stage.emulator("approving the customer") {
        sandbox.approve_kyc(number(stranger.as_str())).unwrap();
        stage
            .client
            .onramp()
            .create_payment(card(&stranger))
            .await
            .unwrap();
        assert_eq!(sandbox.payments_created(), 1);
    }
}

#[tokio::test]
async fn a_card_payment_ends_with_the_coins_sent() {
    let Some(stage) = Emulated::slow("paying by card").await else {
        return;
    };
    let user = stage.customer().await;
    let created = stage.pay_by_card(&user).await;
    assert!(
        created
            .next
            .redirect_url()
            .unwrap()
            .expose()
            .contains("/pages/gateway/")
    );
    let onramp = stage.client.onramp();
    stage.sandbox.pay(created.payment_id.as_str()).unwrap();
    let mut wait = onramp
        .wait_payment(&created.payment_id)
        .schedule(at_once())
        .max_wait(PATIENCE);
    let seen = wait.next().await.unwrap().unwrap();
    assert_eq!((seen.status, seen.txid), (PaymentStatus::PaymentReceived, None));
    stage.sandbox.advance(std::time::Duration::from_secs(60));
    let payment = wait.await.unwrap();
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
    assert_eq!(payment.fiat, euros("150.50"));
    assert!(payment.txid.is_some() && payment.is_final());
}

#[tokio::test]
async fn a_guided_payment_takes_its_wallet_at_the_gateway() {
    let Some(stage) = Emulated::open("paying at the gateway").await else {
        return;
    };
    let user = stage.customer().await;
    let order = NewGuidedPayment::new(user, euros("240"), usdc())
        .payment_type(PaymentType::Psd2)
        .external_id("cart-7");
    let created = stage.client.onramp().create_guided_payment(order).await.unwrap();
    assert!(created.next.redirect_url().is_some());
    stage.sandbox.pay(created.payment_id.as_str()).unwrap();
    let wait = stage
        .client
        .onramp()
        .wait_payment(&created.payment_id)
        .schedule(at_once());
    let payment = wait.max_wait(PATIENCE).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
    assert_eq!(payment.external_id.unwrap().as_str(), "cart-7");
}

#[tokio::test]
async fn a_latin_american_method_is_paid_at_the_gateway_in_its_own_currency() {
    let Some(stage) = Emulated::open("paying by Khipu").await else {
        return;
    };
    let user = stage.customer().await;
    let pesos = "150000 CLP".parse().unwrap();
    let order = NewPayment::latam(user, pesos, "USDC", WALLET, PaymentType::from("KHIPU"));
    let created = stage.client.onramp().create_payment(order).await.unwrap();
    stage.sandbox.pay(created.payment_id.as_str()).unwrap();
    let payment = stage.client.onramp().payment(&created.payment_id).await.unwrap();
    assert_eq!(payment.fiat.currency(), Currency::CLP);
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
}

#[tokio::test]
async fn a_transfer_is_found_in_the_feed_reconciled_and_ends_with_the_coins_sent() {
    let Some(stage) = Emulated::open("sending a transfer").await else {
        return;
    };
    let user = stage.customer().await;
    let created = stage
        .client
        .onramp()
        .create_payment(transfer(&user))
        .await
        .unwrap();
    let asked = created.next.bank_transfer().unwrap();
    stage.sandbox.pay_transfer(created.payment_id.as_str()).unwrap();
    let banking = stage.client.banking();
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
    let payment = stage.client.onramp().payment(&created.payment_id).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
    assert_eq!(payment.holder.unwrap().reveal(), "Ana López");
    let again = banking
        .reconcile(NewReconciliation::new(&created.payment_id, &credit.id))
        .await
        .unwrap_err();
    assert!(again.has_code("already_reconciled"), "{again}");
}

#[tokio::test]
async fn coins_that_are_sold_end_as_money_in_the_bank() {
    let Some(stage) = Emulated::slow("selling coins").await else {
        return;
    };
    let user = stage.customer().await;
    let coins = usdc().amount("20.5".parse().unwrap());
    let payout = NewOfframp::to_iban(user, coins.clone(), IBAN.parse().unwrap());
    let created = stage.client.offramp().create_offramp(payout).await.unwrap();
    assert!(created.wallet.starts_with("0x"));
    let id = number(created.id.as_str());
    stage.sandbox.deposit_crypto(id, None).unwrap();
    let mut wait = stage
        .client
        .offramp()
        .wait_offramp(&created.id)
        .schedule(at_once())
        .max_wait(PATIENCE);
    assert_eq!(
        wait.next().await.unwrap().unwrap().status,
        OfframpStatus::CryptoReceived
    );
    stage.sandbox.advance(std::time::Duration::from_secs(600));
    let sold = wait.await.unwrap();
    assert_eq!((sold.status, sold.coin), (OfframpStatus::Finished, coins));
    assert_eq!(stage.sandbox.offramps_created(), 1);
}

#[tokio::test]
async fn a_status_that_nobody_knows_is_shown_and_waited_on() {
    let Some(stage) = Emulated::slow("making up a status").await else {
        return;
    };
    let user = stage.customer().await;
    let created = stage.pay_by_card(&user).await;
    let id = created.payment_id.as_str();
    stage.sandbox.set_payment_status(id, "thinking_it_over").unwrap();
    let wait = stage
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
