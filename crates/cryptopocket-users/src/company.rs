//! Companies that prove their identity with the provider.

use cryptopocket_api::users::{create_company_customer, types};
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::{Field, Personal, Secret, UserId};
use serde::{Deserialize, Serialize};

use crate::Users;

/// A company to create.
///
/// # Examples
/// ```
/// use cryptopocket_users::NewCompany;
///
/// let company = NewCompany::new("Analytical Engines S.L.", "kyb@engines.example.com");
/// assert_eq!(company.company_name.reveal(), "Analytical Engines S.L.");
/// assert!(!format!("{company:?}").contains("kyb@"), "Debug hides the address");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
#[non_exhaustive]
pub struct NewCompany {
    /// Name of the company, at most 255 characters.
    pub company_name: Personal,
    /// E-mail address, at most 254 characters and not of a throw-away domain.
    pub email: Personal,
}

impl NewCompany {
    /// A company with this name and e-mail address.
    pub fn new(company_name: impl Into<Personal>, email: impl Into<Personal>) -> Self {
        Self {
            company_name: company_name.into(),
            email: email.into(),
        }
    }
}

cryptopocket_types::reply! {
    /// A company that the provider has created, with the link to the identity check and the first password.
    pub struct CreatedCompany: types::CreatedCompany {
        /// The provider's id of the company. Payments need it.
        #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
        pub id: UserId,
        /// A second id of the company.
        pub uuid: Field<String>,
        /// The page where the company proves its identity, valid for 90 days. Anyone who has the link can act as the company.
        pub kyb_link: Field<Secret>,
        /// The company's first password, 12 characters.
        ///
        /// Pass it on by another way than the link, and do not keep it.
        pub password: Field<Secret>,
    }
}

impl Users {
    /// Creates a company, which then proves its identity on the page that the reply links to.
    ///
    /// Link and first password are secrets: pass them on by two different ways.
    ///
    /// - **Idempotency, cancellation.** Unsafe, as [`Users::create_customer`]. The password of a lost answer cannot be
    ///   read again.
    /// - **Known from.** The provider's page "Create company customer" (`documented`).
    /// - Operation: `create_company_customer`
    ///
    /// # Errors
    /// Before anything is sent, `InvalidInput`: an empty name or one over 255 characters, an e-mail address that is
    /// malformed or over 254 characters. From the provider: `user_already_exists`, `email_not_allowed` (throw-away
    /// domain), `unexpected_error`, or refused fields in [`field_errors`](cryptopocket_core::Error::field_errors).
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_users::{NewCompany, Users};
    /// # let reply = r#"{"status":"ok","data":{"id":7,"uuid":"u-7","kyb_link":"https://kyb.example.com/7","password":"abcdefghijkl"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("create_company_customer", reply).run(async |session| {
    /// let users = Users::new(session);
    /// let company = NewCompany::new("Analytical Engines S.L.", "kyb@engines.example.com");
    /// let created = users.create_company(company).await?;
    /// assert_eq!(created.password.to_string(), "[secret]");
    /// # Ok(()) });
    /// ```
    pub async fn create_company(&self, company: NewCompany) -> Result<CreatedCompany> {
        let name = company.company_name.reveal();
        Error::require("company_name", name, "The provider requires it.")?;
        input::max_chars("company_name", name, input::MAX_COMPANY_NAME)?;
        input::email("email", company.email.reveal())?;
        let body = types::CreateCompanyCustomerRequest {
            company_name: company.company_name,
            email: company.email,
        };
        let reply = create_company_customer(&self.session, &body).await?;
        Ok(CreatedCompany::from_wire(reply))
    }
}

#[cfg(test)]
mod tests;
