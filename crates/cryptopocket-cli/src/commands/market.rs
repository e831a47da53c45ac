//! What is on offer, and what it costs.

use clap::Args;
use cryptopocket::{Asset, Chain, Currency, Symbol};

use crate::connection::Context;
use crate::failure::Result;
use crate::view::{AssetView, MethodView, PriceView};

/// List the coins and chains on offer
#[derive(Debug, Args)]
pub(crate) struct Assets {}

impl Assets {
    #[allow(clippy::unused_self, reason = "every command runs by its own value")]
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let assets = context
            .progress("asking for the assets")
            .during(client.list_assets())
            .await?;
        let views: Vec<_> = assets.into_iter().map(AssetView::from).collect();
        context.output.list(&views)
    }
}

/// Ask what one coin costs
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
        let price = context
            .progress("asking for the price")
            .during(client.price(&asset, self.fiat))
            .await?;
        context.output.one(&PriceView::from(price))
    }
}

/// List the ways to pay
#[derive(Debug, Args)]
pub(crate) struct PaymentMethods {
    /// Only those in this currency
    #[arg(long, value_name = "CURRENCY")]
    fiat: Option<Currency>,
}

impl PaymentMethods {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let call = client.onramp().list_payment_methods(self.fiat);
        let methods = context
            .progress("asking for the payment methods")
            .during(call)
            .await?;
        let views: Vec<_> = methods.into_iter().map(MethodView::from).collect();
        context.output.list(&views)
    }
}
