//! Customers and their identity checks.

mod documents;

use std::convert::identity;

use clap::{Args, Subcommand};
use cryptopocket::users::{CustomerFilter, FindBy, Identification, NewCompany, NewCustomer};
use cryptopocket::{
    ErrorKind, ExternalId, IdentificationType, KycStatus, Personal, Secret, UserId, UserType,
};

use super::pages::Limit;
use super::waiting::Patience;
use crate::prelude::*;

#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// List the integration's customers, page by page until the end
    List(Limit),
    Create(Create),
    /// Create a company, which then proves its identity on the provider's page
    ///
    /// Keep the link and the password: no later call repeats them.
    CreateCompany {
        /// Name of the company
        #[arg(long, value_name = "NAME")]
        company_name: Personal,
        /// E-mail address
        #[arg(long)]
        email: Personal,
    },
    CreateVerified(documents::CreateVerified),
    /// Show the status of a customer's identity check
    Kyc {
        /// The customer
        #[arg(value_name = "ID")]
        user: UserId,
        /// Wait until it is approved or rejected
        #[arg(long)]
        wait: bool,
        #[command(flatten)]
        patience: Patience,
    },
    /// Create a link to the declaration of an enhanced verification
    EnhancedLink {
        /// The customer
        #[arg(value_name = "ID")]
        user: UserId,
    },
    Upload(documents::Upload),
    Find(Find),
}

/// Create a customer, who then proves their identity on the provider's page
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// First name
    #[arg(long)]
    name: Personal,
    /// E-mail address
    #[arg(long)]
    email: Personal,
    /// Last names
    #[arg(long)]
    last_name: Option<Personal>,
    /// Phone number with its country code, such as +34600000000
    #[arg(long)]
    phone: Option<Personal>,
    /// Country, as two letters such as ES
    #[arg(long)]
    country: Option<String>,
    /// Kind of identity document; it must fit the country
    #[arg(long, value_name = "TYPE", requires = "identification_number")]
    identification_type: Option<IdentificationType>,
    /// Number of the identity document
    #[arg(long, value_name = "NUMBER", requires = "identification_type")]
    identification_number: Option<Personal>,
    /// individual or company
    #[arg(long, value_name = "TYPE")]
    user_type: Option<UserType>,
    /// An address of yours that receives the outcome
    #[arg(long, value_name = "URL")]
    callback_url: Option<Secret>,
}

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

impl Users {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let users = client.users();
        match self {
            Self::List(limit) => {
                let customers = users.list_customers(CustomerFilter::new()).items();
                let label = "listing customers";
                limit
                    .print(context, label, customers, identity, view::CUSTOMER)
                    .await
            }
            Self::Create(create) => {
                let call = users.create_customer(create.customer());
                let created = context.act("create_customer", call).await?;
                let effect = format!("customer {} was created", created.id);
                context.output.after(effect).one(&created, view::CREATED_CUSTOMER)
            }
            Self::CreateCompany { company_name, email } => {
                let call = users.create_company(NewCompany::new(company_name, email));
                let created = context.act("create_company_customer", call).await?;
                let effect = format!("company {} was created", created.id);
                context.output.after(effect).one(&created, view::CREATED_COMPANY)
            }
            Self::CreateVerified(create) => create.run(&client, context).await,
            Self::Kyc { user, wait, patience } => {
                let check = if wait {
                    let wait = patience.start(users.wait_kyc(&user));
                    let progress = context.progress("waiting for the identity check");
                    let seen = progress.during(async { wait.await }).await;
                    seen.map_err(|error| Failure::of_wait(error, "check_kyc", KycStatus::ALL))?
                } else {
                    let call = users.kyc(&user);
                    context.read("reading the identity check", call).await?
                };
                context.output.one(&view::kyc(&check), view::KYC)
            }
            Self::EnhancedLink { user } => {
                let call = users.create_verification_link(&user);
                let link = context.act("create_enhanced_verification_link", call).await?;
                let form = object! { "user_id": user.to_string(), "onboarding_link": link.onboarding_link };
                context.output.one(&form.extra(&link.extra), view::ENHANCED_LINK)
            }
            Self::Upload(upload) => upload.run(&client, context).await,
            Self::Find(find) => {
                let call = users.find_customer(find.by()?);
                let found = context.read("looking for the customer", call).await?;
                let customer = found.ok_or_else(|| {
                    let message = "no such customer in this integration";
                    let cure = "Check the value, or create the customer.";
                    let mut failure = Failure::new(Exit::Refused, ErrorKind::Refused.as_str(), message, cure);
                    failure.code = Some("user_not_found".to_owned());
                    failure.answer_to("find_customer")
                })?;
                context.output.one(&customer, view::CUSTOMER)
            }
        }
    }
}

impl Create {
    fn customer(self) -> NewCustomer {
        let mut customer = NewCustomer::new(self.name, self.email);
        (customer.last_name, customer.phone) = (self.last_name, self.phone);
        (customer.country, customer.user_type) = (self.country, self.user_type);
        customer.callback_url = self.callback_url;
        let identification = self.identification_type.zip(self.identification_number);
        customer.identification = identification.map(|(kind, number)| Identification::new(kind, number));
        customer
    }
}

impl Find {
    fn by(self) -> Result<FindBy> {
        (self.email.map(FindBy::Email))
            .or(self.external_id.map(FindBy::ExternalId))
            .or(self.user_id.map(FindBy::UserId))
            // clap refuses it before.
            .ok_or_else(|| Failure::usage("nothing to look for was given", "Give --email."))
    }
}
