//! Customers and their identity checks.

mod create;
mod find;
mod kyc;
mod upload;
mod verified;

use clap::{Args, Subcommand};
use cryptopocket::users::{Customer, CustomerFilter};

use super::pages::Limit;
use crate::connection::Context;
use crate::failure::Result;

/// Create and find customers, and follow their identity checks
#[derive(Debug, Args)]
pub(crate) struct Users {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the integration's customers, page by page until the end
    List(Limit),
    Create(create::Create),
    CreateCompany(create::CreateCompany),
    CreateVerified(verified::CreateVerified),
    Kyc(kyc::Kyc),
    EnhancedLink(kyc::EnhancedLink),
    Upload(upload::Upload),
    Find(find::Find),
}

impl Users {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::List(limit) => {
                let client = context.client()?;
                let customers = client.users().list_customers(CustomerFilter::new()).items();
                limit
                    .print::<_, Customer>(context, "listing customers", customers)
                    .await
            }
            Command::Create(create) => create.run(context).await,
            Command::CreateCompany(create) => create.run(context).await,
            Command::CreateVerified(create) => create.run(context).await,
            Command::Kyc(kyc) => kyc.run(context).await,
            Command::EnhancedLink(link) => link.run(context).await,
            Command::Upload(upload) => upload.run(context).await,
            Command::Find(find) => find.run(context).await,
        }
    }
}
