//! Finding one customer.

use cryptopocket_api::operations::FIND_CUSTOMER;
use cryptopocket_core::{Error, Result, bridge};
use cryptopocket_types::{ExternalId, Personal, UserId};

use crate::{Customer, Users, rules};

/// How to find a customer.
///
/// # Examples
/// ```
/// use cryptopocket_types::UserId;
/// use cryptopocket_users::FindBy;
///
/// let by_id: FindBy = UserId::from(100_067).into();
/// let by_email = FindBy::Email("ada@example.com".into());
/// assert_ne!(by_id, by_email);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindBy {
    /// By the e-mail address the customer was created with.
    Email(Personal),
    /// By your own reference.
    ExternalId(ExternalId),
    /// By the provider's id.
    UserId(UserId),
}

impl From<ExternalId> for FindBy {
    fn from(id: ExternalId) -> Self {
        Self::ExternalId(id)
    }
}

impl From<UserId> for FindBy {
    fn from(id: UserId) -> Self {
        Self::UserId(id)
    }
}

impl From<&UserId> for FindBy {
    fn from(id: &UserId) -> Self {
        Self::UserId(id.clone())
    }
}

impl FindBy {
    fn check(&self) -> Result<()> {
        match self {
            Self::Email(email) => rules::email("email", email.reveal()),
            Self::ExternalId(id) => rules::present("external_id", id.as_str()),
            Self::UserId(id) => rules::present("user_id", id.as_str()),
        }
    }
}

impl Users {
    /// Finds a customer by e-mail address, by your own reference or by the provider's id; `None` when there is none.
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's page "Find user"; path, parameters and fields are ours (`assumed`), and so
    /// is that the code `user_not_found`, status 404 or an empty answer means that there is none.
    ///
    /// Operation: `find_customer`
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an empty id or what is no e-mail address; otherwise as every call. That the customer
    /// belongs to another integration (`user_not_in_integration`) is an error, not `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_users::{FindBy, Users};
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/session.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let session = session("find_customer", r#"{"status":"ok","data":{"id":"100067","kyc_status":"valid"}}"#);
    /// let users = Users::new(session);
    /// if let Some(customer) = users.find(FindBy::Email("ada@example.com".into())).await? {
    ///     println!("customer {}", customer.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn find(&self, by: impl Into<FindBy>) -> Result<Option<Customer>> {
        let by = by.into();
        by.check()?;
        let call = self.api.find_customer();
        let call = match by {
            FindBy::Email(email) => call.email(email),
            FindBy::ExternalId(id) => call.external_id(id),
            FindBy::UserId(id) => call.user_id(id),
        };
        match bridge::finish(&FIND_CUSTOMER, call.send().await) {
            Ok(found) => Ok(Some(Customer::from_wire(found))),
            Err(error) if means_none(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn means_none(error: &Error) -> bool {
    let empty = || {
        error
            .raw_body()
            .is_some_and(|body| matches!(body.trim_ascii(), b"null" | b"[]" | b"{}"))
    };
    error.has_code("user_not_found") || error.status() == Some(404) || empty()
}

#[cfg(test)]
mod tests {
    use cryptopocket_core::testing::Answer;

    use super::*;
    use crate::testing::{block_on, query, scripted};

    #[test]
    fn each_way_to_find_sends_its_own_parameter_only() {
        for (by, expected) in [
            (
                FindBy::Email("ada+1@example.com".into()),
                "email=ada%2B1%40example.com",
            ),
            (FindBy::ExternalId("crm-7".into()), "external_id=crm-7"),
            (UserId::from(100_067).into(), "user_id=100067"),
        ] {
            let (users, transport) = scripted(
                "find_customer",
                &[Answer::json(r#"{"data":{"id":1},"status":"ok"}"#)],
            );
            assert!(block_on(users.find(by)).unwrap().is_some());
            assert_eq!(query(&transport, "find_customer"), expected);
        }
    }

    #[test]
    fn no_such_customer_is_none_however_the_provider_says_it() {
        for answer in [
            Answer::error_code("user_not_found"),
            Answer::reply(404, r#"{"status":"error","error":"user_not_found"}"#),
            Answer::reply(404, r#"{"status":"error","message":"no query results"}"#),
            Answer::json(r#"{"status":"ok","data":null}"#),
            Answer::json(r#"{"status":"ok","data":[]}"#),
        ] {
            let (users, _) = scripted("find_customer", &[answer]);
            assert_eq!(block_on(users.find(UserId::from(1))).unwrap(), None);
        }
    }

    #[test]
    fn another_integrations_customer_is_an_error_not_none() {
        let (users, _) = scripted("find_customer", &[Answer::error_code("user_not_in_integration")]);
        let error = block_on(users.find(UserId::from(1))).unwrap_err();
        assert!(error.has_code("user_not_in_integration"));
    }

    #[test]
    fn an_unknown_status_and_unknown_fields_survive() {
        let reply =
            r#"{"status":"ok","data":{"id":"7","kyc_status":"on_hold","risk":0.10000000000000000001}}"#;
        let (users, _) = scripted("find_customer", &[Answer::json(reply)]);
        let found = block_on(users.find(UserId::from(7))).unwrap().unwrap();
        assert_eq!(found.kyc_status.unwrap().as_str(), "on_hold");
        assert_eq!(found.extra.get("risk").unwrap().get(), "0.10000000000000000001");
    }

    #[test]
    fn what_is_no_address_is_refused_before_sending() {
        let (users, transport) = scripted("find_customer", &[]);
        assert!(
            block_on(users.find(FindBy::Email("ada".into())))
                .unwrap_err()
                .is_validation()
        );
        assert_eq!(transport.calls("find_customer"), 0);
    }
}
