use clap::Args;
use cryptopocket::users::{Identification, NewCompany, NewCustomer};
use cryptopocket::{IdentificationType, Personal, Secret, UserType};

use crate::connection::Context;
use crate::failure::Result;

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

impl Create {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let mut customer = NewCustomer::new(self.name, self.email);
        (customer.last_name, customer.phone) = (self.last_name, self.phone);
        (customer.country, customer.user_type) = (self.country, self.user_type);
        customer.callback_url = self.callback_url;
        let identification = self.identification_type.zip(self.identification_number);
        customer.identification = identification.map(|(kind, number)| Identification::new(kind, number));
        let call = client.users().create_customer(customer);
        let created = context
            .act("creating the customer", "create_customer", call)
            .await?;
        let effect = format!("customer {} was created", created.id);
        context.output.done(&created, &effect)
    }
}

/// Create a company, which then proves its identity on the provider's page
///
/// Keep the link and the password: no later call repeats them.
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
        let company = NewCompany::new(self.company_name, self.email);
        let call = client.users().create_company(company);
        let created = context
            .act("creating the company", "create_company_customer", call)
            .await?;
        let effect = format!("company {} was created", created.id);
        context.output.done(&created, &effect)
    }
}
