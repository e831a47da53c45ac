use clap::Args;
use cryptopocket::onramp::NewGuidedPayment;
use cryptopocket::{Asset, Chain, Currency, Decimal, ExternalId, Money, PaymentType, Symbol, UserId};

use super::print::print_created;
use crate::commands::payment_type::{doubt_payment_type, payment_type};
use crate::connection::Context;
use crate::failure::Result;
use crate::view::Order;

/// Create a payment that the customer completes on the provider's page, naming the wallet there
///
/// It moves money, and the provider has no idempotency key: on exit code 6 do not run it again, but run
/// `payments recover` with the same external id.
#[derive(Debug, Args)]
pub(crate) struct Guided {
    /// The customer who pays
    #[arg(long, value_name = "ID")]
    user: UserId,
    /// Euros to pay
    #[arg(long, value_name = "EUROS", allow_negative_numbers = true)]
    amount: Decimal,
    /// The coin to buy, such as USDC
    #[arg(long)]
    coin: Symbol,
    /// The chain to receive it on, such as polygon
    #[arg(long)]
    chain: Chain,
    /// How it is paid [default: the provider's own default, card]
    #[arg(long, value_name = "TYPE", value_parser = payment_type)]
    payment_type: Option<PaymentType>,
    /// Your own reference; without one, a lost answer cannot be recovered from
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
}

impl Guided {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let amount = Money::new(self.amount, Currency::EUR);
        let order = Order {
            pays: amount,
            symbol: self.coin.clone(),
            chain: Some(self.chain.clone()),
            wallet: None,
        };
        let mut payment = NewGuidedPayment::new(self.user, amount, Asset::new(self.coin, self.chain));
        if let Some(kind) = self.payment_type {
            doubt_payment_type(&kind);
            payment = payment.payment_type(kind);
        }
        if let Some(id) = &self.external_id {
            payment = payment.external_id(id);
        }
        let call = client.onramp().create_guided_payment(payment);
        let created = context.progress("creating the payment").during(call).await?;
        print_created(context, created, order, self.external_id.as_ref())
    }
}
