use clap::Args;
use cryptopocket::users::{NewCompany, NewCustomer};
use cryptopocket::{IdentificationType, Personal, Secret, UserType};

use crate::connection::Context;
use crate::failure::Result;
use crate::view::{CompanyView, NewCustomerView};

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
    /// Kind of identity document, which must fit the country
    #[arg(long, value_name = "TYPE", requires = "identification_number")]
    identification_type: Option<IdentificationType>,
    /// Number of the identity document
    #[arg(long, value_name = "NUMBER", requires = "identification_type")]
    identification_number: Option<Personal>,
    /// individual or company
    #[arg(long, value_name = "TYPE")]
    user_type: Option<UserType>,
    /// An address of yours for the outcome
    #[arg(long, value_name = "URL")]
    callback_url: Option<Secret>,
}

impl Create {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let mut customer = NewCustomer::new(self.name, self.email);
        if let Some(name) = self.last_name {
            customer = customer.last_name(name);
        }
        if let Some(phone) = self.phone {
            customer = customer.phone(phone);
        }
        if let Some(country) = self.country {
            customer = customer.country(country);
        }
        if let Some((kind, number)) = self.identification_type.zip(self.identification_number) {
            customer = customer.identification(kind, number);
        }
        if let Some(kind) = self.user_type {
            customer = customer.user_type(kind);
        }
        if let Some(url) = self.callback_url {
            customer = customer.callback_url(url);
        }
        let created = context
            .progress("creating the customer")
            .during(client.users().create_customer(customer))
            .await?;
        let effect = format!("customer {} was created", created.id);
        context.output.done(&NewCustomerView::from(created), &effect)
    }
}

/// Create a company, which then proves its identity on the provider's page
///
/// The link and the password that come back are told only now.
#[derive(Debug, Args)]
pub(crate) struct CreateCompany {
    /// Name of the company
    #[arg(long, value_name = "NAME")]
    company_name: Personal,
    /// E-mail address
    #[arg(long)]
    email: Personal,
}

impl CreateCompany {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let call = client
            .users()
            .create_company(NewCompany::new(self.company_name, self.email));
        let created = context.progress("creating the company").during(call).await?;
        let effect = format!("company {} was created", created.id);
        context.output.done(&CompanyView::from(created), &effect)
    }
}
