//! Customers that prove their identity with the provider.

use cryptopocket_api::users::{create_customer, types};
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::{Field, IdentificationType, Personal, Secret, UserId, UserType, setters};
use serde::{Deserialize, Serialize};

use crate::{Identification, Users};

/// A customer to create. Name and e-mail address are required.
///
/// # Examples
/// ```
/// use cryptopocket_types::IdentificationType;
/// use cryptopocket_users::NewCustomer;
///
/// let ada = NewCustomer::new("Ada", "ada@example.com")
///     .last_name("Lovelace")
///     .country("ES")
///     .identification(IdentificationType::from("GOVERNMENT_ID"), "12345678Z");
/// assert_eq!(ada.name.reveal(), "Ada");
/// assert!(!format!("{ada:?}").contains("Lovelace"), "Debug hides the person");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
#[non_exhaustive]
pub struct NewCustomer {
    /// First name, or the name of the company.
    pub name: Personal,
    /// E-mail address.
    pub email: Personal,
    /// Last names.
    pub last_name: Option<Personal>,
    /// Phone number with its country code.
    pub phone: Option<Personal>,
    /// Country, as an ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// Identity document or tax number.
    pub identification: Option<Identification>,
    /// Whether this is a person or a company.
    pub user_type: Option<UserType>,
    /// An address of yours that the provider calls with the outcome.
    pub callback_url: Option<Secret>,
}

impl NewCustomer {
    /// A customer with this first name, or company name, and e-mail address.
    pub fn new(name: impl Into<Personal>, email: impl Into<Personal>) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
            last_name: None,
            phone: None,
            country: None,
            identification: None,
            user_type: None,
            callback_url: None,
        }
    }

    setters! {
        /// Sets the last names.
        last_name = |last_name: impl Into<Personal>| Some(last_name.into());
        /// Sets the phone number with its country code, such as `+34600000000`.
        phone = |phone: impl Into<Personal>| Some(phone.into());
        /// Sets the country, as an ISO 3166-1 alpha-2 code such as `ES`.
        ///
        /// Which countries the provider serves is not known.
        country = |country: impl Into<String>| Some(country.into());
        /// Sets the kind and number of the identity document or tax number.
        ///
        /// The kind must fit the country.
        identification = |kind: IdentificationType, number: impl Into<Personal>| Some(Identification::new(kind, number));
        /// Sets whether this is a person or a company. Without it the provider decides.
        user_type = |user_type: UserType| Some(user_type);
        /// Sets an address of yours that the provider calls with the outcome.
        ///
        /// It may hold a token, so it is kept as a secret.
        callback_url = |url: impl Into<Secret>| Some(url.into());
    }

    pub(crate) fn check(&self) -> Result<()> {
        Error::require("name", self.name.reveal(), "The provider requires it.")?;
        input::email("email", self.email.reveal())?;
        if let Some(url) = &self.callback_url {
            input::callback_url("callback_url", url)?;
        }
        let country = self.country.as_deref();
        country.map_or(Ok(()), input::country)?;
        match &self.identification {
            Some(identification) => identification.check(country, self.user_type.as_ref()),
            None => Ok(()),
        }
    }
}

cryptopocket_types::reply! {
    /// A customer that the provider has created, with the link to the identity check.
    pub struct CreatedCustomer: types::CreatedCustomer {
        /// The provider's id of the customer. Payments need it.
        #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
        pub id: UserId,
        /// The page where the customer proves their identity.
        ///
        /// Anyone who has the link can act as the customer.
        pub kyc_form_url: Field<Secret>,
    }
}

impl Users {
    /// Creates a customer, who then proves their identity on the page that the reply links to.
    ///
    /// - **Idempotency.** Unsafe: it is not retried once it may have arrived. When the error's
    ///   [`effect`](Error::effect) is `Unknown`, look for the customer by e-mail address with [`Users::find_customer`]
    ///   before you create it again.
    /// - **Cancellation.** Dropping the future mid-way loses the outcome, and no error says so. Run the call by
    ///   [`Session::detach`](cryptopocket_core::Session::detach) where something may cut it short.
    /// - **Known from.** The provider's guide, page "Create customer" (`guide`: name, e-mail address, callback,
    ///   answer); the other fields are ours (`assumed`).
    /// - Operation: `create_customer`
    ///
    /// # Errors
    /// Before anything is sent, `InvalidInput`: an empty name, an e-mail address that is malformed or over 254
    /// characters, a country that is not two capital letters, an identification type that its country does not issue, a
    /// callback that is no http(s) link. From the provider, the codes known of its sister call: `user_already_exists`,
    /// `email_not_allowed` (throw-away domain), and refused fields.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_users::{NewCustomer, Users};
    /// # let reply = r#"{"status":"ok","data":{"id":"100067","kyc_form_url":"https://kyc.example.com/f/1"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("create_customer", reply).run(async |session| {
    /// let users = Users::new(session);
    /// let ada = users.create_customer(NewCustomer::new("Ada", "ada@example.com").country("ES")).await?;
    /// // Send the customer there. The link opens the customer's own form, so keep it out of logs.
    /// let page = ada.kyc_form_url.value().map(|url| url.expose());
    /// # assert_eq!(page, Some("https://kyc.example.com/f/1"));
    /// # Ok(()) });
    /// ```
    pub async fn create_customer(&self, customer: NewCustomer) -> Result<CreatedCustomer> {
        customer.check()?;
        let (identification_type, identification_number) =
            customer.identification.map(|it| (it.kind, it.number)).unzip();
        let body = types::CreateCustomerRequest {
            name: customer.name,
            email: customer.email,
            last_name: customer.last_name,
            phone: customer.phone,
            country: customer.country,
            identification_type,
            identification_number,
            user_type: customer.user_type,
            callback_url: customer.callback_url,
        };
        let reply = create_customer(&self.session, &body).await?;
        Ok(CreatedCustomer::from_wire(reply))
    }
}

#[cfg(test)]
mod tests;
