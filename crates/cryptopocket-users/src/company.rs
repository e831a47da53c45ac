//! Companies, which verify with the provider.

use std::time::Duration;

use cryptopocket_api::users::{create_company_customer, types};
use cryptopocket_core::Result;
use cryptopocket_types::{Extra, Personal, Secret, UserId};

use crate::{Users, rules};

/// What is told about a new company: both are required, within the provider's limits.
///
/// # Examples
/// ```
/// use cryptopocket_users::NewCompany;
///
/// let company = NewCompany::new("Analytical Engines S.L.", "kyb@engines.example.com");
/// assert!(!format!("{company:?}").contains("Engines S.L."));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct NewCompany {
    company_name: Personal,
    email: Personal,
}

impl NewCompany {
    /// A company of this name, at most 255 characters, and this e-mail address, at most 254 characters and
    /// not of a throw-away domain.
    pub fn new(company_name: impl Into<Personal>, email: impl Into<Personal>) -> Self {
        Self {
            company_name: company_name.into(),
            email: email.into(),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let name = self.company_name.reveal();
        rules::present("company_name", name)?;
        rules::at_most("company_name", name, rules::MAX_COMPANY_NAME)?;
        rules::email("email", self.email.reveal())
    }

    pub(crate) fn into_wire(self) -> types::CreateCompanyCustomerRequest {
        types::CreateCompanyCustomerRequest {
            company_name: self.company_name,
            email: self.email,
        }
    }
}

/// A new company that has yet to prove its identity.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreatedCompany {
    /// The provider's id of the company, for payments.
    pub id: UserId,
    /// A second id of the company.
    pub uuid: String,
    /// The page on which the company proves its identity. It lives for
    /// [`KYB_LINK_LIFETIME`](Self::KYB_LINK_LIFETIME), and whoever has it can act.
    pub kyb_link: Secret,
    /// The company's first password, 12 characters. Hand it on by a way of its own and do not keep it.
    pub password: Secret,
    /// What else came, with its exact text.
    pub extra: Extra,
}

impl CreatedCompany {
    /// How long [`kyb_link`](Self::kyb_link) lives, counted from its creation: 90 days.
    pub const KYB_LINK_LIFETIME: Duration = Duration::from_secs(90 * 24 * 60 * 60);

    pub(crate) fn from_wire(wire: types::CreatedCompany) -> Self {
        let types::CreatedCompany {
            id,
            uuid,
            kyb_link,
            password,
            extra,
            ..
        } = wire;
        Self {
            id,
            uuid,
            kyb_link,
            password,
            extra,
        }
    }
}

impl Users {
    /// Creates a company, which proves its identity on the page that the answer links to.
    ///
    /// The link lives 90 days. Link and first password are secrets: hand them on by two different ways.
    ///
    /// **Idempotency.** Unsafe: not repeated once it may have arrived. When
    /// [`is_outcome_unknown`](cryptopocket_core::Error::is_outcome_unknown) says so, look with [`Users::find_customer`] by
    /// e-mail address; the password of a lost answer is lost.
    ///
    /// **Known from.** The provider's page "Create company customer" (`documented`).
    ///
    /// Operation: `create_company_customer`
    ///
    /// # Errors
    ///
    /// Before anything is sent, `InvalidInput`: an empty name or one over 255 characters, what is no e-mail address
    /// or over 254 characters. From the provider: `user_already_exists`, `email_not_allowed` (throw-away domain),
    /// `unexpected_error`, or refused fields in [`field_errors`](cryptopocket_core::Error::field_errors).
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_users::{NewCompany, Users};
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":{"id":7,"uuid":"u-7","kyb_link":"https://kyb.example.com/7","password":"abcdefghijkl"}}"#;
    /// # let session = ScriptedSession::new().always("create_company_customer", reply).session;
    /// let users = Users::new(session);
    /// let company = NewCompany::new("Analytical Engines S.L.", "kyb@engines.example.com");
    /// let created = users.create_company(company).await?;
    /// assert_eq!(format!("{:?}", created.password), "[secret]");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_company(&self, company: NewCompany) -> Result<CreatedCompany> {
        company.check()?;
        let reply = create_company_customer(&self.session, &company.into_wire()).await?;
        Ok(CreatedCompany::from_wire(reply))
    }
}

#[cfg(test)]
mod tests;
