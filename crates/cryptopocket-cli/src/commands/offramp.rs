//! Off-ramps: coins in, money out.

use clap::{Args, Subcommand};
use cryptopocket::offramp::{NewOfframp, OfframpFilter};
use cryptopocket::{
    Asset, Chain, CoinAmount, Decimal, Iban, OfframpId, OfframpStatus, Personal, Symbol, UserId,
};

use super::pages::print_items;
use super::waiting::{Patience, check_until};
use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::view::{CreatedOfframpView, OfframpView};

/// Sell coins for money on a bank account
#[derive(Debug, Args)]
pub(crate) struct Offramp {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(Create),
    Get(Get),
    List(List),
    Watch(Watch),
}

/// Create an off-ramp; the customer then sends the coins to the address that comes back
///
/// It moves money, and the provider takes no reference of yours: on exit code 6 do not run it again, but look at
/// `offramp list`.
#[derive(Debug, Args)]
struct Create {
    /// The customer who sells
    #[arg(long, value_name = "ID")]
    user: UserId,
    /// Coins to sell, in coin units
    #[arg(long, value_name = "COINS", allow_negative_numbers = true)]
    amount: Decimal,
    /// The coin, such as USDC
    #[arg(long, value_name = "COIN")]
    symbol: Symbol,
    /// The chain, such as polygon; not needed with --bank-name
    #[arg(long, required_unless_present = "bank_name")]
    chain: Option<Chain>,
    /// The bank account that receives the money
    #[arg(long, required_unless_present = "bank_name", conflicts_with = "bank_name")]
    iban: Option<Personal>,
    /// The bank that receives the money, in Latin America
    #[arg(long, value_name = "NAME")]
    bank_name: Option<Personal>,
}

/// Read an off-ramp as it stands
#[derive(Debug, Args)]
struct Get {
    /// The off-ramp's id
    #[arg(value_name = "ID")]
    offramp: OfframpId,
}

/// List off-ramps, page by page until the end
#[derive(Debug, Args)]
struct List {
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Follow an off-ramp to its end, or to a status on the way
#[derive(Debug, Args)]
struct Watch {
    /// The off-ramp's id
    #[arg(value_name = "ID")]
    offramp: OfframpId,
    /// End at this status, or at a later one [default: the final one]
    #[arg(long, value_name = "STATUS")]
    until: Option<OfframpStatus>,
    /// Take a status for --until that this version does not know
    #[arg(long, requires = "until")]
    any_status: bool,
    #[command(flatten)]
    patience: Patience,
}

impl Offramp {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::Create(create) => create.run(context).await,
            Command::Get(get) => get.run(context).await,
            Command::List(list) => {
                let offramps = context
                    .client()?
                    .offramp()
                    .list_offramps(OfframpFilter::new())
                    .items();
                print_items::<_, OfframpView>(context, "listing off-ramps", offramps, list.limit).await
            }
            Command::Watch(watch) => watch.run(context).await,
        }
    }
}

impl Create {
    async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let coins = CoinAmount::new(self.amount, self.symbol.clone(), self.chain.clone());
        let payout = match (self.iban, self.bank_name, self.chain) {
            (_, Some(bank), _) => NewOfframp::latam(self.user, coins, bank),
            (Some(iban), None, Some(chain)) => {
                let coins = Asset::new(self.symbol, chain).amount(self.amount);
                NewOfframp::to_iban(self.user, coins, iban.reveal().parse::<Iban>()?)
            }
            _ => {
                return Err(Failure::usage(
                    "--iban and --chain are missing",
                    "Give both, or --bank-name.",
                ));
            }
        };
        let call = client.offramp().create_offramp(payout);
        let created = context.progress("creating the off-ramp").during(call).await?;
        let effect = format!("off-ramp {} was created", created.id);
        context.output.done(&CreatedOfframpView::from(created), &effect)
    }
}

impl Get {
    async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let call = client.offramp().offramp(&self.offramp);
        let offramp = context.progress("reading the off-ramp").during(call).await?;
        context.output.one(&OfframpView::from(offramp))
    }
}

impl Watch {
    async fn run(self, context: &mut Context) -> Result<()> {
        check_until(self.until.as_ref(), OfframpStatus::ALL, self.any_status)?;
        let mut wait = context.client()?.offramp().wait_offramp(&self.offramp);
        if let Some(status) = self.until {
            wait = wait.until(status);
        }
        if let Some(schedule) = self.patience.schedule() {
            wait = wait.schedule(schedule);
        }
        let progress = context.progress("waiting for the off-ramp");
        let mut wait = wait.max_wait(self.patience.max_wait);
        while let Some(seen) = progress.during(wait.next()).await {
            let offramp = OfframpView::from(seen.map_err(|error| {
                Failure::of_wait(error, "get_offramp", |state| {
                    OfframpStatus::from(state).is_known()
                })
            })?);
            if context.output.is_json() {
                context.output.json(&offramp)?;
            } else {
                context.output.line(offramp.state())?;
            }
        }
        Ok(())
    }
}
