use clap::Args;
use cryptopocket::{KycStatus, Secret, UserId};
use serde::Serialize;

use crate::commands::waiting::Patience;
use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::output::People;
use crate::view::KycView;

/// Ask how far a customer's identity check has come
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
        let progress = context.progress("asking for the identity check");
        let check = if self.wait {
            let mut wait = client.users().wait_kyc(&self.user);
            if let Some(schedule) = self.patience.schedule() {
                wait = wait.schedule(schedule);
            }
            let wait = wait.max_wait(self.patience.max_wait);
            progress.during(async { wait.await }).await.map_err(|error| {
                Failure::of_wait(error, "check_kyc", |state| KycStatus::from(state).is_known())
            })?
        } else {
            progress.during(client.users().kyc(&self.user)).await?
        };
        context.output.one(&KycView::from(check))
    }
}

/// Make a link to the declaration that an enhanced verification asks for
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

impl People for Link {
    fn lines(&self) -> Vec<(&'static str, String)> {
        vec![
            ("customer", self.user_id.clone()),
            (
                "next",
                "the customer completes the declaration on this page".to_owned(),
            ),
            ("page", self.onboarding_link.expose().to_owned()),
        ]
    }
}

impl EnhancedLink {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let call = client.users().create_verification_link(&self.user);
        let onboarding_link = context.progress("asking for the link").during(call).await?;
        context.output.one(&Link {
            user_id: self.user.to_string(),
            onboarding_link,
        })
    }
}
