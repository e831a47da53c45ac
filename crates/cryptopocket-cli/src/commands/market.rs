//! What is on offer, and its prices.

use clap::Args;
use cryptopocket::{Asset, Chain, Currency, Symbol};

use crate::connection::Context;
use crate::failure::Result;

/// List the coins and chains on offer
#[derive(Debug, Args)]
pub(crate) struct Assets {}

impl Assets {
    #[allow(clippy::unused_self, reason = "every command runs by its own value")]
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let progress = context.progress("listing the assets");
        context.output.list(&progress.during(client.list_assets()).await?)
    }
}

/// Ask for the price of a coin
#[derive(Debug, Args)]
pub(crate) struct Price {
    /// The coin, such as USDC
    #[arg(long, value_name = "COIN")]
    symbol: Symbol,
    /// The chain, such as polygon
    #[arg(long)]
    chain: Chain,
    /// The currency of the price
    #[arg(long, value_name = "CURRENCY", default_value = "EUR")]
    fiat: Currency,
}

impl Price {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let asset = Asset::new(self.symbol, self.chain);
        let progress = context.progress("asking for the price");
        context
            .output
            .one(&progress.during(client.price(&asset, self.fiat)).await?)
    }
}

/// List the payment methods
#[derive(Debug, Args)]
pub(crate) struct PaymentMethods {
    /// Only those in this currency
    #[arg(long, value_name = "CURRENCY")]
    fiat: Option<Currency>,
}

impl PaymentMethods {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let progress = context.progress("listing the payment methods");
        let call = client.onramp().list_payment_methods(self.fiat);
        context.output.list(&progress.during(call).await?)
    }
}
