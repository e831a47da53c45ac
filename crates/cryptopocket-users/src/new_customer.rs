//! A person who verifies with the provider.

use cryptopocket_api::users::{create_customer, types};
use cryptopocket_core::Result;
use cryptopocket_types::{Extra, IdentificationType, Personal, Secret, UserId, UserType};

use crate::{Users, identification, rules};

/// What is told about a new customer. Name and e-mail address are required.
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
/// assert!(!format!("{ada:?}").contains("Lovelace"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct NewCustomer {
    pub(crate) name: Personal,
    pub(crate) email: Personal,
    pub(crate) last_name: Option<Personal>,
    pub(crate) phone: Option<Personal>,
    pub(crate) country: Option<String>,
    pub(crate) identification: Option<(IdentificationType, Personal)>,
    pub(crate) user_type: Option<UserType>,
    pub(crate) callback_url: Option<Secret>,
}

impl NewCustomer {
    /// A customer of this first name (or company name) and e-mail address.
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

    /// Last names.
    pub fn last_name(mut self, last_name: impl Into<Personal>) -> Self {
        self.last_name = Some(last_name.into());
        self
    }

    /// Phone number with its country code, such as `+34600000000`.
    pub fn phone(mut self, phone: impl Into<Personal>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Country, as a code of ISO 3166-1 alpha-2 such as `ES`. Which countries are served is not known.
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.country = Some(country.into());
        self
    }

    /// The identity document or tax number: its kind, which must fit the country, and its number.
    pub fn identification(mut self, kind: IdentificationType, number: impl Into<Personal>) -> Self {
        self.identification = Some((kind, number.into()));
        self
    }

    /// Whether this is a person or a company. The provider decides when it is left out.
    pub fn user_type(mut self, user_type: UserType) -> Self {
        self.user_type = Some(user_type);
        self
    }

    /// Address of yours for the outcome. It may hold a token of yours, so it is treated as a secret.
    pub fn callback_url(mut self, url: impl Into<Secret>) -> Self {
        self.callback_url = Some(url.into());
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        rules::present("name", self.name.reveal())?;
        rules::email("email", self.email.reveal())?;
        if let Some(url) = &self.callback_url {
            rules::web_link("callback_url", url.expose())?;
        }
        if let Some((_, number)) = &self.identification {
            rules::present("identification_number", number.reveal())?;
        }
        let Some(country) = &self.country else {
            return Ok(());
        };
        rules::country(country)?;
        match &self.identification {
            Some((kind, _)) => identification::fits(country, self.user_type.as_ref(), kind),
            None => Ok(()),
        }
    }

    pub(crate) fn into_wire(self) -> types::CreateCustomerRequest {
        let (identification_type, identification_number) = self.identification.unzip();
        types::CreateCustomerRequest {
            name: self.name,
            email: self.email,
            last_name: self.last_name,
            phone: self.phone,
            country: self.country,
            identification_type,
            identification_number,
            user_type: self.user_type,
            callback_url: self.callback_url,
        }
    }
}

/// A new customer who has yet to prove identity.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreatedCustomer {
    /// The provider's id of the customer, for payments.
    pub id: UserId,
    /// The page on which the customer proves identity. Send the customer there; whoever has it can act.
    pub kyc_form_url: Secret,
    /// What else came, with its exact text.
    pub extra: Extra,
}

impl CreatedCustomer {
    pub(crate) fn from_wire(wire: types::CreatedCustomer) -> Self {
        let types::CreatedCustomer {
            id,
            kyc_form_url,
            extra,
            ..
        } = wire;
        Self {
            id,
            kyc_form_url,
            extra,
        }
    }
}

impl Users {
    /// Creates a customer who has yet to prove identity, on the page that the answer links to.
    ///
    /// **Idempotency.** Unsafe: not repeated once it may have arrived. When
    /// [`is_outcome_unknown`](cryptopocket_core::Error::is_outcome_unknown) says so, look with [`Users::find_customer`] by e-mail address before
    /// creating again.
    ///
    /// **Known from.** The provider's guide, page "Create customer" (`guide`: name, e-mail address, callback,
    /// answer); the other fields are ours (`assumed`).
    ///
    /// Operation: `create_customer`
    ///
    /// # Errors
    ///
    /// Before anything is sent, `InvalidInput`: an empty name, what is no e-mail address or over 254 characters, a
    /// country that is not two capital letters, an identification type that its country does not issue, a callback
    /// that is no http(s) link. From the provider, the codes known of its sister call: `user_already_exists`,
    /// `email_not_allowed` (throw-away domain), and refused fields.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_users::{NewCustomer, Users};
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":{"id":"100067","kyc_form_url":"https://kyc.example.com/f/1"}}"#;
    /// # let session = ScriptedSession::new().always("create_customer", reply).session;
    /// let users = Users::new(session);
    /// let ada = users.create_customer(NewCustomer::new("Ada", "ada@example.com").country("ES")).await?;
    /// // Send the customer there; the link opens the customer's own form, so keep it from logs.
    /// let page = ada.kyc_form_url.expose();
    /// # assert_eq!(page, "https://kyc.example.com/f/1");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_customer(&self, customer: NewCustomer) -> Result<CreatedCustomer> {
        customer.check()?;
        let reply = create_customer(&self.session, &customer.into_wire()).await?;
        Ok(CreatedCustomer::from_wire(reply))
    }
}

#[cfg(test)]
mod tests;
