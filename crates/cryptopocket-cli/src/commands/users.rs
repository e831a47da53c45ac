//! Customers and their identity checks.

mod create;
mod find;
mod kyc;
mod upload;
mod verified;

use clap::{Args, Subcommand};
use cryptopocket::users::CustomerFilter;

use super::pages::print_items;
use crate::connection::Context;
use crate::failure::Result;
use crate::view::CustomerView;

/// Create and find customers, and follow their identity checks
#[derive(Debug, Args)]
pub(crate) struct Users {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Create(create::Create),
    CreateCompany(create::CreateCompany),
    CreateVerified(verified::CreateVerified),
    Kyc(kyc::Kyc),
    EnhancedLink(kyc::EnhancedLink),
    Upload(upload::Upload),
    Find(find::Find),
}

/// List the integration's customers, page by page until the end
#[derive(Debug, Args)]
struct List {
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Users {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::List(list) => {
                let customers = context
                    .client()?
                    .users()
                    .list_customers(CustomerFilter::new())
                    .items();
                print_items::<_, CustomerView>(context, "listing customers", customers, list.limit).await
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
