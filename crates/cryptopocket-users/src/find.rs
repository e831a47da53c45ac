//! Finding one customer.

use cryptopocket_api::operations::FIND_CUSTOMER;
use cryptopocket_api::users::{FindCustomerQuery, find_customer};
use cryptopocket_core::{Error, ErrorKind, Result, input};
use cryptopocket_types::{ExternalId, Personal, UserId};
use serde::{Deserialize, Serialize};

use crate::{Customer, Users};

/// What to find a customer by.
///
/// # Examples
/// ```
/// # let reply = r#"{"status":"error","error":"user_not_found"}"#;
/// # cryptopocket_core::testing::ScriptedSession::new().always("find_customer", reply).run(async |session| {
/// use cryptopocket_types::UserId;
/// use cryptopocket_users::{FindBy, Users};
///
/// let users = Users::new(session);
/// let by_id = FindBy::from(UserId::from(100_067));
/// for by in [by_id, FindBy::Email("ada@example.com".into()), FindBy::ExternalId("customer-17".into())] {
///     assert_eq!(users.find_customer(by).await?, None, "the provider knows no such customer");
/// }
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindBy {
    /// The e-mail address that the customer was created with.
    Email(Personal),
    /// Your own reference.
    ExternalId(ExternalId),
    /// The provider's id.
    UserId(UserId),
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
    /// Whether the reply can be about the customer asked for: what it says about the key must agree with it.
    ///
    /// A key that the reply leaves out, masks or gives in another form contradicts nothing. Addresses are compared without
    /// regard to case, since the provider may store them in small letters.
    fn fits(&self, found: &Customer) -> bool {
        match self {
            Self::Email(email) => found.email.value().is_none_or(|named| {
                let (named, asked) = (named.reveal().trim(), email.reveal().trim());
                let is_address = named.contains('@') && !named.contains('*');
                !is_address || named.to_lowercase() == asked.to_lowercase()
            }),
            Self::ExternalId(id) => found.external_id.value().is_none_or(|named| named == id),
            Self::UserId(id) => found.id == *id,
        }
    }
}

impl Users {
    /// Finds a customer by e-mail address, by your own reference or by the provider's id.
    ///
    /// `None` when no such customer exists.
    ///
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "Find user"; path, parameters and fields are ours (`assumed`), and so is
    ///   that the code `user_not_found`, status 404 or an empty answer means that no such customer exists.
    /// - Operation: `find_customer`
    ///
    /// # Errors
    /// `InvalidInput` for an empty id or a malformed e-mail address; otherwise as every call. That the customer
    /// belongs to another integration (`user_not_in_integration`) is an error, not `None`. `UnexpectedReply` also for a
    /// reply about a customer with another id, reference or address than the one asked for.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_users::{FindBy, Users};
    /// # let reply = r#"{"status":"ok","data":{"id":"100067","kyc_status":"valid"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("find_customer", reply).run(async |session| {
    /// let users = Users::new(session);
    /// if let Some(customer) = users.find_customer(FindBy::Email("ada@example.com".into())).await? {
    ///     println!("customer {}", customer.id);
    /// }
    /// # Ok(()) });
    /// ```
    pub async fn find_customer(&self, by: impl Into<FindBy>) -> Result<Option<Customer>> {
        let by = by.into();
        let query = FindCustomerQuery::default();
        let (checked, query) = match &by {
            FindBy::Email(email) => (input::email("email", email.reveal()), query.email(email)),
            FindBy::ExternalId(id) => (input::external_id(id), query.external_id(id)),
            FindBy::UserId(id) => (input::user_id(id), query.user_id(id)),
        };
        checked?;
        match find_customer(&self.session, &query).await {
            Ok(found) => {
                let found = Customer::from_wire(found);
                // The payments of a customer are made with the id found here: one of another customer must not pass.
                if !by.fits(&found) {
                    return Err(Error::another_object(&FIND_CUSTOMER, "customer"));
                }
                Ok(Some(found))
            }
            Err(error) if means_none(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether an error says that no such customer exists.
fn means_none(error: &Error) -> bool {
    // A 404 without the provider's own code also comes from a missing route or from a proxy, and proves nothing.
    error.has_code("user_not_found") || error.kind() == ErrorKind::UnexpectedReply && is_empty_success(error)
}

/// Whether the reply was accepted, and its `data` holds nothing.
fn is_empty_success(error: &Error) -> bool {
    use serde_json::{Map, Value};

    let Some(reply) = error
        .raw_body()
        .and_then(|body| serde_json::from_slice::<Map<String, Value>>(body).ok())
    else {
        return false;
    };
    // The word itself has been checked already: one that is no success gives another kind of error.
    let says_success = reply
        .get("status")
        .and_then(Value::as_str)
        .is_some_and(|word| !word.is_empty());
    // A customer under an unknown name (`customer`, `user`) must not read as "none".
    let is_bare = reply
        .keys()
        .all(|name| matches!(name.as_str(), "status" | "message" | "data"));
    let is_empty = match reply.get("data") {
        // A list of matches without a match, whatever stands beside it, such as the numbers of a page.
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty() && is_bare,
        None | Some(Value::Null) => is_bare,
        Some(_) => false,
    };
    error.status().is_none() && says_success && is_empty
}

#[cfg(test)]
mod tests;
