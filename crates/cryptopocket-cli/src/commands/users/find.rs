use clap::Args;
use cryptopocket::users::FindBy;
use cryptopocket::{ExternalId, Personal, UserId};

use crate::connection::Context;
use crate::failure::{Failure, Result};

/// Find one customer
///
/// Exit code 4 with the code `user_not_found` when there is none.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Find {
    /// By e-mail address
    #[arg(long)]
    email: Option<Personal>,
    /// By your own reference
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
    /// By the provider's id
    #[arg(long, value_name = "ID")]
    user_id: Option<UserId>,
}

impl Find {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let by = (self.email.map(FindBy::Email))
            .or(self.external_id.map(FindBy::ExternalId))
            .or(self.user_id.map(FindBy::UserId))
            // clap refuses it before.
            .ok_or_else(|| Failure::usage("nothing to look for was given", "Give --email."))?;
        let call = client.users().find_customer(by);
        match context.progress("looking for the customer").during(call).await? {
            Some(customer) => context.output.one(&customer),
            None => Err(Failure::not_found(
                "user_not_found",
                "find_customer",
                "no such customer in this integration",
                "Check the value, or create the customer.",
            )),
        }
    }
}
