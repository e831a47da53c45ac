//! The commands, one module each.

mod api;
mod bank;
mod demo;
mod doctor;
mod help;
mod inbox;
mod login;
mod market;
mod offramp;
mod pages;
mod payments;
mod probe;
mod sandbox;
mod users;
mod waiting;
mod webhooks;

use crate::prelude::*;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Demo),
    Sandbox(sandbox::Sandbox),
    Login(login::Login),
    Api(api::Api),
    Probe(probe::Probe),
    #[command(flatten)]
    Market(market::Market),
    /// Create and find customers, and follow their identity checks
    #[command(subcommand)]
    Users(users::Users),
    /// Create, read, follow and find payments
    #[command(subcommand)]
    Payments(payments::Payments),
    /// Sell coins for money on a bank account
    #[command(subcommand)]
    Offramp(offramp::Offramp),
    /// List bank accounts and transactions, and reconcile credits with payments
    #[command(subcommand)]
    Bank(bank::Bank),
    /// Subscribe to events, and receive, forward, sign and verify them
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// Look after an inbox of webhooks: counts, dead letters, quarantine
    #[command(subcommand)]
    Inbox(inbox::Inbox),
    Doctor(doctor::Doctor),
    #[command(flatten)]
    Help(help::Help),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context, program: clap::Command) -> Result<()> {
        match self {
            Self::Demo(demo) => demo.run(context).await,
            Self::Sandbox(sandbox) => sandbox.run(context).await,
            Self::Login(login) => login.run(context).await,
            Self::Api(api) => api.run(context).await,
            Self::Probe(probe) => probe.run(context).await,
            Self::Market(market) => market.run(context).await,
            Self::Users(users) => users.run(context).await,
            Self::Payments(payments) => payments.run(context).await,
            Self::Offramp(offramp) => offramp.run(context).await,
            Self::Bank(bank) => bank.run(context).await,
            Self::Webhooks(webhooks) => webhooks.run(context).await,
            Self::Inbox(inbox) => inbox.run(context).await,
            Self::Doctor(doctor) => doctor.run(context).await,
            Self::Help(help) => help.run(context, program),
        }
    }
}
