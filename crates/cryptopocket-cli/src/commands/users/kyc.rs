use clap::Args;
use cryptopocket::{KycStatus, Secret, UserId};
use serde::Serialize;

use crate::commands::waiting::Patience;
use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::output::{Cell, View, cell};
use crate::view::KycView;

/// Show the status of a customer's identity check
#[derive(Debug, Args)]
pub(crate) struct Kyc {
    /// The customer
    #[arg(value_name = "ID")]
    user: UserId,
    /// Wait until it is approved or rejected
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    patience: Patience,
}

impl Kyc {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let progress = context.progress("reading the identity check");
        let check = if self.wait {
            progress.label("waiting for the identity check");
            let wait = self.patience.start(client.users().wait_kyc(&self.user));
            let seen = progress.during(async { wait.await }).await;
            seen.map_err(|error| Failure::of_wait(error, "check_kyc", KycStatus::ALL))?
        } else {
            progress.during(client.users().kyc(&self.user)).await?
        };
        context.output.one(&KycView(check))
    }
}

/// Create a link to the declaration of an enhanced verification
#[derive(Debug, Args)]
pub(crate) struct EnhancedLink {
    /// The customer
    #[arg(value_name = "ID")]
    user: UserId,
}

#[derive(Serialize)]
struct Link {
    user_id: String,
    onboarding_link: Secret,
}

impl View for Link {
    fn cells(&self) -> Vec<Cell> {
        let next = "the customer completes the declaration on this page";
        vec![
            cell("customer", Some(&self.user_id)),
            cell("next", Some(next)),
            cell("page", Some(self.onboarding_link.expose())),
        ]
    }
}

impl EnhancedLink {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let call = client.users().create_verification_link(&self.user);
        let created = context
            .act("creating the link", "create_enhanced_verification_link", call)
            .await?;
        context.output.one(&Link {
            user_id: self.user.to_string(),
            onboarding_link: created.onboarding_link,
        })
    }
}
