//! Quotes: what an amount would buy or bring.

use clap::Subcommand;
use cryptopocket::offramp;
use cryptopocket::onramp::QuoteRequest;
use cryptopocket::{Asset, Chain, Currency, Decimal, Money, PaymentType, Symbol};

use super::payment_type::payment_type;
use crate::connection::Context;
use crate::failure::Result;
use crate::suggest::warn_if_near;
use crate::view::{BuyView, SellView};

#[derive(Debug, Subcommand)]
pub(crate) enum Quote {
    /// Ask how many coins an amount of euros buys
    Buy {
        /// Euros to spend
        #[arg(long, value_name = "EUROS", allow_negative_numbers = true)]
        amount: Decimal,
        /// The coin, such as USDC
        #[arg(long, value_name = "COIN")]
        symbol: Symbol,
        /// The chain [default: the provider's own default, polygon]
        #[arg(long)]
        chain: Option<Chain>,
        /// Payment method: card, psd2, transfer, or one that `payment-methods` lists
        #[arg(long, value_name = "TYPE", value_parser = payment_type)]
        payment_type: PaymentType,
    },
    /// Ask how much money an amount of coins brings
    Sell {
        /// Coins to sell, in coin units
        #[arg(long, value_name = "COINS", allow_negative_numbers = true)]
        amount: Decimal,
        /// The coin, such as USDC
        #[arg(long, value_name = "COIN")]
        symbol: Symbol,
        /// The chain, such as polygon
        #[arg(long)]
        chain: Chain,
    },
}

impl Quote {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let progress = context.progress("asking for a quote");
        match self {
            Self::Buy {
                amount,
                symbol,
                chain,
                payment_type,
            } => {
                warn_if_near("--payment-type", &payment_type, PaymentType::ALL);
                let spend = Money::new(amount, Currency::EUR);
                let mut request = QuoteRequest::on_default_chain(spend, symbol, payment_type);
                request.chain = chain;
                let quote = progress.during(client.onramp().quote(request)).await?;
                context.output.one(&BuyView(quote))
            }
            Self::Sell {
                amount,
                symbol,
                chain,
            } => {
                let request = offramp::QuoteRequest::new(Asset::new(symbol, chain).amount(amount));
                let quote = progress.during(client.offramp().quote(request)).await?;
                context.output.one(&SellView(quote))
            }
        }
    }
}
