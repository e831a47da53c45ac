//! Amounts: all wire forms, one form for the user.

use cryptopocket::offramp::NewOfframp;
use cryptopocket::onramp::{NewPayment, QuoteRequest};
use cryptopocket::{Asset, CoinAmount, Decimal, Money, PaymentType, UserId};

use crate::target::{Emulated, IBAN, WALLET, euros, usdc};

#[tokio::test]
async fn units_and_cents_are_the_same_money() {
    let Some(target) = Emulated::open("comparing units").await else {
        return;
    };
    let user = target.customer().await;
    for amount in ["150.50", "10", "19.99", "1000.01", "2899.95"] {
        let order = NewPayment::transfer(user.clone(), euros(amount), usdc(), WALLET);
        let created = target.client.onramp().create_payment(order).await.unwrap();
        let shown = target.client.onramp().payment(&created.payment_id).await.unwrap();
        assert_eq!(shown.fiat, euros(amount));
        assert_eq!(shown.user_id, user, "a number when asked, text when told");
        let concept = &created.next.bank_transfer().unwrap().concept;
        assert!(concept.as_str().bytes().all(|byte| byte.is_ascii_digit()));
    }
}

#[tokio::test]
async fn payment_buys_the_quoted_amount() {
    let Some(target) = Emulated::open("comparing with a quote").await else {
        return;
    };
    let user = target.customer().await;
    for payment_type in [PaymentType::Card, PaymentType::Psd2, PaymentType::Transfer] {
        let request = QuoteRequest::new(euros("150.50"), usdc(), payment_type.clone());
        let quote = target.client.onramp().quote(request).await.unwrap();
        let order = NewPayment::new(user.clone(), euros("150.50"), usdc(), WALLET, payment_type);
        let created = target.client.onramp().create_payment(order).await.unwrap();
        let shown = target.client.onramp().payment(&created.payment_id).await.unwrap();
        assert_eq!(shown.coin.value().unwrap().amount(), quote.tokens.amount());
        let (fee, price) = (*quote.fee.value().unwrap(), *quote.price.value().unwrap());
        assert_eq!(
            (fee.currency(), price.currency()),
            (euros("1").currency(), euros("1").currency())
        );
    }
}

#[tokio::test]
async fn coins_of_eighteen_decimals_stay_exact() {
    let Some(target) = Emulated::open("counting base units").await else {
        return;
    };
    let user = target.customer().await;
    for amount in ["20", "0.000000000000000001", "123456.123456789012345678"] {
        let coins: CoinAmount = Asset::new("DAI", "polygon").amount(amount.parse().unwrap());
        let payout = NewOfframp::to_iban(UserId::from(user.as_str()), coins.clone(), IBAN.parse().unwrap());
        let created = target.client.offramp().create_offramp(payout).await.unwrap();
        let shown = target.client.offramp().offramp(&created.id).await.unwrap();
        assert_eq!(shown.coin, coins);
        let fiat = shown.fiat.value().unwrap();
        assert!(fiat.amount >= Decimal::ZERO && fiat.currency.is_absent());
    }
}

#[tokio::test]
async fn prices_move_and_fees_are_deducted() {
    let Some(target) = Emulated::open("letting prices move").await else {
        return;
    };
    let eth = Asset::new("ETH", "ethereum");
    let request = || QuoteRequest::new(euros("1000"), eth.clone(), PaymentType::Card);
    let before = target.client.onramp().quote(request()).await.unwrap();
    target.sandbox.advance(std::time::Duration::from_secs(30));
    let after = target.client.onramp().quote(request()).await.unwrap();
    assert_ne!(before.tokens, after.tokens);
    assert_eq!(before.fee, Some("25 EUR".parse::<Money>().unwrap()));
}
