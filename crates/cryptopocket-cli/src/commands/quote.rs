//! What an amount would buy or bring.

use clap::{Args, Subcommand};
use cryptopocket::offramp;
use cryptopocket::onramp::QuoteRequest;
use cryptopocket::{Asset, Chain, Currency, Decimal, Money, PaymentType, Symbol};

use super::payment_type::payment_type;
use crate::connection::Context;
use crate::failure::Result;
use crate::view::{BuyView, SellView};

/// Ask what an amount would buy or bring; nothing is reserved
#[derive(Debug, Args)]
pub(crate) struct Quote {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Buy(Buy),
    Sell(Sell),
}

/// Ask how many coins an amount of euros buys
#[derive(Debug, Args)]
struct Buy {
    /// Euros to spend
    #[arg(long, value_name = "EUROS", allow_negative_numbers = true)]
    amount: Decimal,
    /// The coin, such as USDC
    #[arg(long, value_name = "COIN")]
    symbol: Symbol,
    /// The chain; the provider takes polygon when it is not given
    #[arg(long)]
    chain: Option<Chain>,
    /// How it is paid: card, psd2, transfer, or one that `payment-methods` lists
    #[arg(long, value_name = "TYPE", value_parser = payment_type)]
    payment_type: PaymentType,
}

/// Ask how much money an amount of coins brings
#[derive(Debug, Args)]
struct Sell {
    /// Coins to sell, in coin units
    #[arg(long, value_name = "COINS", allow_negative_numbers = true)]
    amount: Decimal,
    /// The coin, such as USDC
    #[arg(long, value_name = "COIN")]
    symbol: Symbol,
    /// The chain, such as polygon
    #[arg(long)]
    chain: Chain,
}

impl Quote {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let progress = context.progress("asking for a quote");
        match self.command {
            Command::Buy(buy) => {
                let spend = Money::new(buy.amount, Currency::EUR);
                let request = match buy.chain {
                    Some(chain) => QuoteRequest::new(spend, Asset::new(buy.symbol, chain), buy.payment_type),
                    None => QuoteRequest::on_default_chain(spend, buy.symbol, buy.payment_type),
                };
                let quote = progress.during(client.onramp().quote(request)).await?;
                context.output.one(&BuyView::from(quote))
            }
            Command::Sell(sale) => {
                let coins = Asset::new(sale.symbol, sale.chain).amount(sale.amount);
                let quote = progress
                    .during(client.offramp().quote(offramp::QuoteRequest::new(coins)))
                    .await?;
                context.output.one(&SellView::from(quote))
            }
        }
    }
}
