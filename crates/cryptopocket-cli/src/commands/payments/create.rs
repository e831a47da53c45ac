use clap::Args;
use cryptopocket::onramp::{CreatedPayment, NewGuidedPayment, NewPayment, NextStep};
use cryptopocket::{
    Asset, Chain, Currency, Decimal, ExternalId, Money, PaymentType, Personal, Secret, Symbol, UserId, input,
};

use crate::commands::market::payment_type;
use crate::prelude::*;
use crate::suggest::warn_if_near;

/// Create a payment to a wallet
///
/// It moves money, and the provider takes no idempotency key: on exit code 6 do not run it again, but run
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
    /// Accept a --chain that this version does not know, on which it cannot check the wallet
    #[arg(long, requires = "chain")]
    any_chain: bool,
    /// Payment method: card, psd2, transfer, or one that `payment-methods` lists
    #[arg(long, value_name = "TYPE", value_parser = payment_type)]
    payment_type: PaymentType,
    /// Your own reference; without it, a payment whose answer is lost cannot be found again
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
    /// An address of yours for the customer's return or the outcome
    #[arg(long, value_name = "URL")]
    callback_url: Option<Secret>,
}

impl Create {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        warn_if_near("--payment-type", &self.payment_type, PaymentType::ALL);
        let payment = self.payment()?;
        let chain = payment.chain.as_ref();
        let order = order(payment.fiat, &payment.symbol, chain, Some(&payment.wallet));
        let has_reference = payment.external_id.is_some();
        let call = client.onramp().create_payment(payment);
        let created = context.act("create_payment", call).await;
        print(context, created, order, has_reference)
    }

    fn payment(self) -> Result<NewPayment> {
        let needs_chain = matches!(
            self.payment_type,
            PaymentType::Card | PaymentType::Psd2 | PaymentType::Transfer | PaymentType::Paypal
        );
        if needs_chain && self.chain.is_none() {
            let message = format!("--chain is missing; payments by {} need it", self.payment_type);
            let cure = "Give a chain of the coin, as `assets` lists them.";
            return Err(Failure::usage(message, cure));
        }
        self.check_chain()?;
        let amount = Money::new(self.amount, self.fiat);
        let mut payment = NewPayment::latam(self.user, amount, self.coin, self.wallet, self.payment_type);
        (payment.chain, payment.accepts_unknown_chain) = (self.chain, self.any_chain);
        (payment.external_id, payment.callback_url) = (self.external_id, self.callback_url);
        Ok(payment)
    }

    /// Refuses a chain that only --any-chain lets pass.
    fn check_chain(&self) -> Result<()> {
        let Some(chain) = self.chain.as_ref().filter(|_| !self.any_chain) else {
            return Ok(());
        };
        let is_valid = input::wallet(&self.wallet, Some(chain)).is_ok();
        if is_valid || input::wallet_on_unknown_chain(&self.wallet, chain).is_err() {
            return Ok(());
        }
        let message = format!("--chain: this version does not know {chain}, so it cannot check the wallet");
        let cure = "Check the spelling. If the chain is right, and so is the address, add --any-chain.";
        Err(Failure::input(message, cure))
    }
}

/// Create a payment that the customer completes on the provider's page, and name the wallet there
///
/// It moves money, and the provider takes no idempotency key: on exit code 6 do not run it again, but run
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
    /// Payment method [default: the provider's own default, card]
    #[arg(long, value_name = "TYPE", value_parser = payment_type)]
    payment_type: Option<PaymentType>,
    /// Your own reference; without it, a payment whose answer is lost cannot be found again
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
}

impl Guided {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let amount = Money::new(self.amount, Currency::EUR);
        let order = order(amount, &self.coin, Some(&self.chain), None);
        let has_reference = self.external_id.is_some();
        if let Some(kind) = &self.payment_type {
            warn_if_near("--payment-type", kind, PaymentType::ALL);
        }
        let mut payment = NewGuidedPayment::new(self.user, amount, Asset::new(self.coin, self.chain));
        payment.payment_type = self.payment_type;
        payment.external_id = self.external_id;
        let call = client.onramp().create_guided_payment(payment);
        let created = context.act("create_guided_payment", call).await;
        print(context, created, order, has_reference)
    }
}

/// What was ordered, for people: a program knows it, and the provider's reply does not repeat it.
fn order(pays: Money, coin: &Symbol, chain: Option<&Chain>, wallet: Option<&Personal>) -> Object {
    let chain = chain.map(|chain| format!(" on {chain}")).unwrap_or_default();
    object! {
        "pays": pays,
        "buys": format!("{coin}{chain}"),
        "wallet": wallet.map_or("the customer names it on the page", Personal::reveal),
    }
}

/// Prints a new payment, and a note if it has no reference.
fn print(
    context: &mut Context,
    created: Result<CreatedPayment>,
    order: Object,
    has_reference: bool,
) -> Result<()> {
    let created = match created {
        Err(failure) if !has_reference => return Err(failure.without_reference()),
        created => created?,
    };
    let effect = format!("payment {} was created", created.payment_id);
    let mut output = context.output.after(effect);
    if output.is_json() {
        output.json(&created)?;
    } else {
        let next = match &created.next {
            NextStep::BankTransfer(_) => "the customer makes this bank transfer",
            NextStep::Redirect { .. } => "the customer opens this page",
            _ => "not known; `--json` shows the reply under extra",
        };
        let shown = order
            .with("payment_id", &created.payment_id)
            .with("external_id", &created.external_id)
            .with("next_step", &next)
            .with("next", &created.next);
        output.one(&shown, view::CREATED_PAYMENT)?;
    }
    if !has_reference {
        note(
            "this payment has no reference of yours: had the answer been lost, `payments recover` could not have \
             found it. Give every payment an --external-id that no other has, such as --external-id order-1.",
        );
    }
    Ok(())
}
