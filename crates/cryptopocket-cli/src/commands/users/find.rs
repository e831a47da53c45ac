use clap::Args;
use cryptopocket::users::FindBy;
use cryptopocket::{ExternalId, Personal, UserId};

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::view::CustomerView;

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
        let by = match (self.email, self.external_id, self.user_id) {
            (Some(email), ..) => FindBy::Email(email),
            (_, Some(id), _) => FindBy::ExternalId(id),
            (.., Some(id)) => FindBy::UserId(id),
            (None, None, None) => {
                return Err(Failure::usage("nothing to look for was given", "Give --email."));
            }
        };
        let found = context
            .progress("looking for the customer")
            .during(client.users().find_customer(by))
            .await?;
        match found {
            Some(customer) => context.output.one(&CustomerView::from(customer)),
            None => Err(Failure::not_found(
                "user_not_found",
                "findCustomer",
                "no customer of this integration fits",
                "Check what you look for, or create the customer.",
            )),
        }
    }
}
