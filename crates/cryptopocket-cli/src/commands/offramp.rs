//! Off-ramps: coins in, money out.

use clap::{Args, Subcommand};
use cryptopocket::offramp::{NewOfframp, OfframpFilter};
use cryptopocket::{Chain, CoinAmount, Decimal, Iban, OfframpId, OfframpStatus, Personal, Symbol, UserId};

use super::pages::Limit;
use super::waiting::Follow;
use crate::prelude::*;

#[derive(Debug, Subcommand)]
pub(crate) enum Offramp {
    Create(Create),
    /// Read an off-ramp
    Get {
        /// The off-ramp's id
        #[arg(value_name = "ID")]
        offramp: OfframpId,
    },
    /// List off-ramps, page by page until the end
    List(Limit),
    /// Follow an off-ramp to its final status, or to an earlier one
    Watch {
        /// The off-ramp's id
        #[arg(value_name = "ID")]
        offramp: OfframpId,
        #[command(flatten)]
        follow: Follow,
    },
}

/// Create an off-ramp; the customer then sends the coins to the address in the reply
///
/// It moves money, and the provider takes no reference of yours: on exit code 6 do not run it again, but look at
/// `offramp list`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The customer who sells
    #[arg(long, value_name = "ID")]
    user: UserId,
    /// Coins to sell, in coin units
    #[arg(long, value_name = "COINS", allow_negative_numbers = true)]
    amount: Decimal,
    /// The coin, such as USDC
    #[arg(long, alias = "coin", value_name = "COIN")]
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

impl Offramp {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let client = client.offramp();
        match self {
            Self::Create(create) => {
                let call = client.create_offramp(create.offramp()?);
                let created = context.act("create_offramp", call).await?;
                let effect = format!("off-ramp {} was created", created.id);
                let created = view::created_offramp(&created);
                context.output.after(effect).one(&created, view::CREATED_OFFRAMP)
            }
            Self::Get { offramp } => {
                let call = client.offramp(&offramp);
                let offramp = context.read("reading the off-ramp", call).await?;
                context.output.one(&view::offramp(&offramp), view::OFFRAMP)
            }
            Self::List(limit) => {
                let offramps = client.list_offramps(OfframpFilter::new()).items();
                let form = |offramp| view::offramp(&offramp);
                let label = "listing off-ramps";
                limit.print(context, label, offramps, form, view::OFFRAMP).await
            }
            Self::Watch { offramp, follow } => {
                let waiter = client.wait_offramp(&offramp);
                let form = |offramp| view::offramp(&offramp);
                let (known, view) = (OfframpStatus::ALL, view::OFFRAMP_STATE);
                follow
                    .print(context, "get_offramp", waiter, known, form, view)
                    .await
            }
        }
    }
}

impl Create {
    fn offramp(self) -> Result<NewOfframp> {
        let coins = CoinAmount::new(self.amount, self.symbol, self.chain);
        match (self.iban, self.bank_name) {
            (_, Some(bank)) => Ok(NewOfframp::latam(self.user, coins, bank)),
            (Some(iban), None) => {
                let iban: Iban = iban.reveal().parse()?;
                Ok(NewOfframp::to_iban(self.user, coins, iban))
            }
            // clap refuses it before.
            (None, None) => Err(Failure::usage("--iban is missing", "Give it, or --bank-name.")),
        }
    }
}
