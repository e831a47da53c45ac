use clap::Args;
use cryptopocket::onramp::NewPayment;
use cryptopocket::{
    Asset, Chain, Currency, Decimal, ExternalId, Money, PaymentType, Personal, Secret, Symbol, UserId,
};

use super::print::print_created;
use crate::commands::payment_type::{doubt_payment_type, payment_type};
use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::view::Order;

/// Create a payment into a wallet
///
/// It moves money, and the provider has no idempotency key: on exit code 6 do not run it again, but run
/// `payments recover` with the same external id.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The customer who pays
    #[arg(long, value_name = "ID")]
    user: UserId,
    /// The money to pay, in currency units
    #[arg(long, allow_negative_numbers = true)]
    amount: Decimal,
    /// Its currency
    #[arg(long, value_name = "CURRENCY", default_value = "EUR")]
    fiat: Currency,
    /// The coin to buy, such as USDC
    #[arg(long)]
    coin: Symbol,
    /// The chain to receive it on, such as polygon; methods of Latin America take none
    #[arg(long)]
    chain: Option<Chain>,
    /// The wallet that receives the coins
    #[arg(long, value_name = "ADDRESS")]
    wallet: Personal,
    /// How it is paid: card, psd2, transfer, or one that `payment-methods` lists
    #[arg(long, value_name = "TYPE", value_parser = payment_type)]
    payment_type: PaymentType,
    /// Your own reference; without one, a lost answer cannot be recovered from
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
    /// An address of yours for the customer's way back or the outcome
    #[arg(long, value_name = "URL")]
    callback_url: Option<Secret>,
}

impl Create {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        doubt_payment_type(&self.payment_type);
        let (order, reference) = (self.order(), self.external_id.clone());
        let call = client.onramp().create_payment(self.payment()?);
        let created = context.progress("creating the payment").during(call).await?;
        print_created(context, created, order, reference.as_ref())
    }

    fn order(&self) -> Order {
        Order {
            pays: Money::new(self.amount, self.fiat),
            symbol: self.coin.clone(),
            chain: self.chain.clone(),
            wallet: Some(self.wallet.clone()),
        }
    }

    fn payment(self) -> Result<NewPayment> {
        let amount = Money::new(self.amount, self.fiat);
        let local = !matches!(
            self.payment_type,
            PaymentType::Card | PaymentType::Psd2 | PaymentType::Transfer | PaymentType::Paypal
        );
        let mut payment = match self.chain {
            Some(chain) => NewPayment::new(
                self.user,
                amount,
                Asset::new(self.coin, chain),
                self.wallet,
                self.payment_type,
            ),
            None if local => NewPayment::latam(self.user, amount, self.coin, self.wallet, self.payment_type),
            None => {
                return Err(Failure::usage(
                    format!("--chain is missing, which payments by {} need", self.payment_type),
                    "Give a chain of the coin, as `assets` lists them.",
                ));
            }
        };
        if let Some(id) = self.external_id {
            payment = payment.external_id(id);
        }
        if let Some(url) = self.callback_url {
            payment = payment.callback_url(url);
        }
        Ok(payment)
    }
}
