//! The calls that need no emulator, against the configured provider.

use cryptopocket::banking::TransactionFilter;
use cryptopocket::market::AvailableAsset;
use cryptopocket::offramp::{self, OfframpFilter};
use cryptopocket::onramp::{NewGuidedPayment, PaymentFilter, QuoteRequest};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Currency, Field, Money, PaymentType, Runtime, TokioRuntime};

use crate::Flow;
use crate::error::Result;
use crate::step::step;
use crate::timeline::{Listener, Summary, Timeline};

/// Runs `flow` against the provider of `client`, as far as that moves no money, and tells `listener` each step.
///
/// A customer is created only at the provider's sandbox and on this machine. [`Event::Done`](crate::Event::Done) comes
/// last, also after a check that failed.
///
/// # Errors
/// As [`run`](crate::run).
pub async fn run_live(client: Client, flow: Flow, listener: &mut Listener<'_>) -> Result<()> {
    let mut live = Live {
        timeline: Timeline::new(listener),
        client,
    };
    let result = live.run(flow).await;
    live.timeline.done(Summary {
        ok: result.is_ok(),
        ..Summary::default()
    })?;
    result
}

struct Live<'l> {
    timeline: Timeline<'l>,
    client: Client,
}

impl Live<'_> {
    async fn run(&mut self, flow: Flow) -> Result<()> {
        let base_url = self.client.session().base_url().to_owned();
        self.timeline.section("Live", &base_url)?;
        self.client.login().await?;
        step!(self, "live.authenticate", format!("logged in at {base_url}"))?;
        if flow != Flow::Offramp {
            self.buying().await?;
        }
        if matches!(flow, Flow::Transfer | Flow::All) {
            self.banking().await?;
        }
        if matches!(flow, Flow::Offramp | Flow::All) {
            self.selling().await?;
        }
        let why = "a person fills in the verification and the gateway page";
        self.skip("live.pages", why)?;
        let why = "the provider cannot reach a receiver on this machine";
        self.skip("live.webhooks", why)?;
        let why = "bank credits, coins on the chain, and failures made on purpose";
        self.skip("live.money", why)
    }

    fn skip(&mut self, name: &'static str, why: &str) -> Result<()> {
        step!(self, name, format!("skipped: {why}"), {
            value "skipped" => true;
        })
    }

    async fn buying(&mut self) -> Result<()> {
        let onramp = self.client.onramp().clone();
        let assets = self.client.list_assets().await?;
        let active = assets.iter().find(|offer| offer.active != false);
        let asset = active.and_then(AvailableAsset::asset);
        let asset = asset.unwrap_or_else(|| Asset::new("USDC", "polygon"));
        step!(self, "live.assets", format!("{} coins are on offer", assets.len()), {
            check "at least one of them is active" => active.is_some();
        })?;

        let methods = onramp.list_payment_methods(Currency::EUR).await?.len();
        step!(
            self,
            "live.payment_methods",
            format!("{methods} ways to pay in euros")
        )?;

        let spend = Money::from_minor(15050, Currency::EUR);
        let request = QuoteRequest::new(spend, asset.clone(), PaymentType::Card);
        let quote = onramp.quote(request).await?;
        step!(self, "live.quote", format!("{spend} by card buy {}", quote.tokens), {
            same "the quote is for" => quote.spend, Field::Value(spend);
        })?;

        let known = onramp.list_payments(PaymentFilter::new()).take(10).await?;
        step!(self, "live.payments", format!("{} payments read", known.len()))?;
        if !self.client.session().is_for_tests() {
            let why = "no customers are made up outside of the provider's sandbox";
            return self.skip("live.customer", why);
        }
        let email = format!("demo-{}@example.com", TokioRuntime.now().unix_micros());
        let users = self.client.users();
        let customer = users.create_customer(NewCustomer::new("Ana", email)).await?;
        let check = users.kyc(&customer.id).await?;
        let (id, status) = (&customer.id, &check.kyc_status);
        step!(self, "live.customer", format!("customer {id} is created; identity check: {status}"), {
            check "it is not decided yet" => !check.is_decided();
        })?;

        let order = NewGuidedPayment::new(customer.id, spend, asset);
        let refused = onramp.create_guided_payment(order).await.err();
        let code = refused.and_then(|error| Some(error.code()?.to_string()));
        step!(self, "live.no_kyc", "a payment before the identity check is refused", {
            same "the code" => code.unwrap_or_default().as_str(), "require_kyc";
        })
    }

    async fn banking(&mut self) -> Result<()> {
        let banking = self.client.banking();
        let accounts = banking.list_accounts().await?;
        let mut movements = 0;
        if let Some(first) = accounts.iter().next() {
            let list = banking.list_transactions(first, TransactionFilter::new());
            movements = list.take(10).await?.len();
        }
        let count = accounts.len();
        let text = format!("{count} bank accounts; {movements} transactions of the first read");
        step!(self, "live.banking", text)
    }

    async fn selling(&mut self) -> Result<()> {
        let offramp = self.client.offramp();
        let coins = Asset::new("USDC", "polygon").amount(20_u8.into());
        let quote = offramp.quote(offramp::QuoteRequest::new(coins.clone())).await?;
        step!(self, "live.offramp_quote", format!("{coins} bring {}", quote.receive), {
            same "the quote is for" => quote.sell.map(|coins| coins.amount()), Field::Value(coins.amount());
        })?;
        let known = offramp.list_offramps(OfframpFilter::new()).take(10).await?;
        step!(self, "live.offramps", format!("{} off-ramps read", known.len()))
    }
}
