//! Customers and their identity checks.

mod create;
mod find;
mod kyc;
mod upload;
mod verified;

use std::convert::identity;

use clap::Subcommand;
use cryptopocket::users::CustomerFilter;

use super::pages::Limit;
use crate::connection::Context;
use crate::failure::Result;

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
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
        match self {
            Self::List(limit) => {
                let client = context.client()?;
                let customers = client.users().list_customers(CustomerFilter::new()).items();
                limit
                    .print(context, "listing customers", customers, identity)
                    .await
            }
            Self::Create(create) => create.run(context).await,
            Self::CreateCompany(create) => create.run(context).await,
            Self::CreateVerified(create) => create.run(context).await,
            Self::Kyc(kyc) => kyc.run(context).await,
            Self::EnhancedLink(link) => link.run(context).await,
            Self::Upload(upload) => upload.run(context).await,
            Self::Find(find) => find.run(context).await,
        }
    }
}
