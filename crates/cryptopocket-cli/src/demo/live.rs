//! The same against the provider, as far as that needs no emulator.

use std::net::IpAddr;

use cryptopocket::banking::TransactionFilter;
use cryptopocket::market::AvailableAsset;
use cryptopocket::offramp::{self, OfframpFilter};
use cryptopocket::onramp::{NewGuidedPayment, PaymentFilter, QuoteRequest};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Currency, Money, PaymentType, Runtime, SANDBOX_BASE_URL, TokioRuntime};

use serde_json::json;

use super::Flow;
use super::report::{self, Report, Step};
use crate::connection::Context;
use crate::failure::Result;
use crate::output::Output;

struct Live<'o> {
    output: &'o mut Output,
    report: Report,
    client: Client,
}

pub(super) async fn run(context: &mut Context, flow: Flow) -> Result<()> {
    let client = context.client()?;
    let mut live = Live {
        output: &mut context.output,
        report: Report::new(),
        client,
    };
    let played = live.play(flow).await;
    if live.output.is_json() {
        let values = [("payments", json!({})), ("webhooks_verified", json!(0))];
        let values = values
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect();
        live.report.done(live.output, played.is_ok(), &values)?;
    }
    played
}

/// Whether made-up customers may be created there: at the provider's sandbox and on this machine, nowhere else.
fn is_harmless(base_url: &str) -> bool {
    let host = base_url
        .split_once("://")
        .map_or("", |(_, rest)| rest)
        .split('/')
        .next()
        .unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
    base_url == SANDBOX_BASE_URL || name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl Live<'_> {
    async fn play(&mut self, flow: Flow) -> Result<()> {
        let base_url = self.client.session().base_url().to_owned();
        report::section(self.output, "Live", &base_url)?;
        self.client.login().await?;
        self.print(&Step::new(
            "live.authenticate",
            format!("logged in at {base_url}"),
        ))?;
        if flow != Flow::Offramp {
            self.buying(is_harmless(&base_url)).await?;
        }
        if matches!(flow, Flow::Transfer | Flow::All) {
            self.banking().await?;
        }
        if matches!(flow, Flow::Offramp | Flow::All) {
            self.selling().await?;
        }
        for (name, why) in [
            (
                "live.pages",
                "skipped: a person fills in the verification and the gateway page",
            ),
            (
                "live.webhooks",
                "skipped: the provider cannot reach a receiver on this machine",
            ),
            (
                "live.money",
                "skipped: bank credits, coins on the chain, and failures made on purpose",
            ),
        ] {
            self.print(&Step::new(name, why).value("skipped", true))?;
        }
        Ok(())
    }

    fn print(&mut self, step: &Step) -> Result<()> {
        self.report.print(self.output, step)
    }

    async fn buying(&mut self, harmless: bool) -> Result<()> {
        let assets = self.client.list_assets().await?;
        let active = assets.iter().find(|one| one.active != Some(false));
        let asset = active.map_or_else(|| Asset::new("USDC", "polygon"), AvailableAsset::asset);
        let step = Step::new("live.assets", format!("{} coins are on offer", assets.len()));
        self.print(&step.check("at least one of them is active", active.is_some()))?;

        let methods = self.client.onramp().list_payment_methods(Currency::EUR).await?;
        self.print(&Step::new(
            "live.payment_methods",
            format!("{} ways to pay in euros", methods.len()),
        ))?;

        let spend = Money::from_minor(15050, Currency::EUR);
        let request = QuoteRequest::new(spend, asset.clone(), PaymentType::Card);
        let quote = self.client.onramp().quote(request).await?;
        let text = format!("{spend} by card buy {}", quote.tokens);
        self.print(&Step::new("live.quote", text).same("the quote is for", &quote.spend, &spend))?;

        let known = self
            .client
            .onramp()
            .list_payments(PaymentFilter::new())
            .take(10)
            .await?;
        self.print(&Step::new(
            "live.payments",
            format!("{} payments read", known.len()),
        ))?;
        if !harmless {
            let why = "skipped: no customers are made up outside of the provider's sandbox";
            return self.print(&Step::new("live.customer", why).value("skipped", true));
        }
        let email = format!("demo-{}@example.com", TokioRuntime.now().unix_micros());
        let customer = self
            .client
            .users()
            .create_customer(NewCustomer::new("Ana", email))
            .await?;
        let check = self.client.users().kyc(&customer.id).await?;
        let text = format!(
            "customer {} is created; identity check: {}",
            customer.id, check.kyc_status
        );
        self.print(&Step::new("live.customer", text).check("it is not decided yet", !check.is_decided()))?;

        let order = NewGuidedPayment::new(customer.id, spend, asset);
        let refused = self.client.onramp().create_guided_payment(order).await;
        let code = refused
            .err()
            .and_then(|error| error.code().map(ToString::to_string))
            .unwrap_or_default();
        let step = Step::new("live.no_kyc", "a payment before the identity check is refused");
        self.print(&step.same("the code", &code, &"require_kyc".to_owned()))
    }

    async fn banking(&mut self) -> Result<()> {
        let accounts = self.client.banking().list_accounts().await?;
        let mut movements = 0;
        if let Some(first) = accounts.first() {
            movements = self
                .client
                .banking()
                .list_transactions(first, TransactionFilter::new())
                .take(10)
                .await?
                .len();
        }
        let text = format!(
            "{} bank accounts; {movements} transactions of the first read",
            accounts.len()
        );
        self.print(&Step::new("live.banking", text))
    }

    async fn selling(&mut self) -> Result<()> {
        let coins = Asset::new("USDC", "polygon").amount(20_u8.into());
        let quote = self
            .client
            .offramp()
            .quote(offramp::QuoteRequest::new(coins.clone()))
            .await?;
        let step = Step::new("live.offramp_quote", format!("{coins} bring {}", quote.receive));
        self.print(&step.same("the quote is for", &quote.sell.amount(), &coins.amount()))?;
        let known = self
            .client
            .offramp()
            .list_offramps(OfframpFilter::new())
            .take(10)
            .await?;
        self.print(&Step::new(
            "live.offramps",
            format!("{} off-ramps read", known.len()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_made_up_only_where_nobody_is_harmed() {
        for url in [
            SANDBOX_BASE_URL,
            "http://127.0.0.1:8080/api",
            "http://[::1]:1/api",
            "http://localhost:1/api",
        ] {
            assert!(is_harmless(url), "{url}");
        }
        for url in [
            "https://api.cryptopocket.example/api",
            "https://sandbox.cryptopocket.io.evil.example/api",
        ] {
            assert!(!is_harmless(url), "{url}");
        }
    }
}
