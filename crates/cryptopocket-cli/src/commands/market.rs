//! What is on offer, its prices, and quotes.

use std::convert::Infallible;

use clap::Subcommand;
use cryptopocket::{Asset, Chain, Currency, Decimal, Money, PaymentType, Symbol, offramp, onramp};

use crate::prelude::*;
use crate::suggest::warn_if_near;

/// Reads a payment method. Known ones are accepted in any case, because the provider spells them in both.
#[allow(clippy::unnecessary_wraps, reason = "clap asks for a result")]
pub(super) fn payment_type(text: &str) -> Result<PaymentType, Infallible> {
    let known = PaymentType::ALL
        .iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(text));
    Ok(known.cloned().unwrap_or_else(|| PaymentType::from(text)))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Market {
    /// List the coins and chains on offer
    Assets,
    /// Ask for the price of a coin
    Price {
        /// The coin, such as USDC
        #[arg(long, alias = "coin", value_name = "COIN")]
        symbol: Symbol,
        /// The chain, such as polygon
        #[arg(long)]
        chain: Chain,
        /// The currency of the price
        #[arg(long, value_name = "CURRENCY", default_value = "EUR")]
        fiat: Currency,
    },
    /// List the payment methods
    PaymentMethods {
        /// Only those in this currency
        #[arg(long, value_name = "CURRENCY")]
        fiat: Option<Currency>,
    },
    /// Ask what an amount would buy or bring; nothing is reserved
    #[command(subcommand)]
    Quote(Quote),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Quote {
    /// Ask how many coins an amount of euros buys
    Buy {
        /// Euros to spend
        #[arg(long, value_name = "EUROS", allow_negative_numbers = true)]
        amount: Decimal,
        /// The coin, such as USDC
        #[arg(long, alias = "coin", value_name = "COIN")]
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
        #[arg(long, alias = "coin", value_name = "COIN")]
        symbol: Symbol,
        /// The chain, such as polygon
        #[arg(long)]
        chain: Chain,
    },
}

impl Market {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        match self {
            Self::Assets => {
                let assets = context.read("listing the assets", client.list_assets()).await?;
                context.output.list(&assets, view::ASSETS)
            }
            Self::Price { symbol, chain, fiat } => {
                let asset = Asset::new(symbol, chain);
                let price = context
                    .read("asking for the price", client.price(&asset, fiat))
                    .await?;
                context.output.one(&price, view::PRICE)
            }
            Self::PaymentMethods { fiat } => {
                let methods = client.onramp().list_payment_methods(fiat);
                let methods = context.read("listing the payment methods", methods).await?;
                context.output.list(&methods, view::PAYMENT_METHODS)
            }
            Self::Quote(Quote::Buy {
                amount,
                symbol,
                chain,
                payment_type,
            }) => {
                warn_if_near("--payment-type", &payment_type, PaymentType::ALL);
                let spend = Money::new(amount, Currency::EUR);
                let mut request = onramp::QuoteRequest::on_default_chain(spend, symbol, payment_type);
                request.chain = chain;
                let quote = context
                    .read("asking for a quote", client.onramp().quote(request))
                    .await?;
                context.output.one(&view::buy_quote(&quote), view::BUY_QUOTE)
            }
            Self::Quote(Quote::Sell {
                amount,
                symbol,
                chain,
            }) => {
                let request = offramp::QuoteRequest::new(Asset::new(symbol, chain).amount(amount));
                let quote = context
                    .read("asking for a quote", client.offramp().quote(request))
                    .await?;
                context.output.one(&view::sell_quote(&quote), view::SELL_QUOTE)
            }
        }
    }
}
