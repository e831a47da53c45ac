//! Customers as the provider returns them, and their list.

use cryptopocket_api::users::{ListCustomersQuery, list_customers, types};
use cryptopocket_core::Pager;
use cryptopocket_types::{ExternalId, Field, KycStatus, Personal, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::Users;

cryptopocket_types::reply! {
    /// A person or company that your integration created.
    ///
    /// Every field is assumed.
    pub struct Customer: types::Customer {
        /// The provider's id of the customer. Payments need it.
        #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
        pub id: UserId,
        /// A second id of the customer.
        pub uuid: Field<String>,
        /// Your own reference of the customer.
        pub external_id: Field<ExternalId>,
        /// First name, or the name of the company.
        pub name: Field<Personal>,
        /// Last names.
        pub last_name: Field<Personal>,
        /// E-mail address.
        pub email: Field<Personal>,
        /// Country, as an ISO 3166-1 alpha-2 code.
        pub country: Field<String>,
        /// Status of the identity check.
        pub kyc_status: Field<KycStatus>,
        /// When the customer was created.
        pub created_at: Field<Timestamp>,
    }
}

/// Which customers to list: all of them, since the provider is not known to filter this list.
///
/// It has no fields yet. New ones can be added without a change to your code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomerFilter {}

impl CustomerFilter {
    /// All customers.
    pub const fn new() -> Self {
        Self {}
    }
}

impl Users {
    /// Lists the customers of your integration.
    ///
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "List customers" (`documented`: paginated, own customers only); the
    ///   parameters `page` and `per_page` and all fields are ours (`assumed`).
    /// - Operation: `list_customers`
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_users::{CustomerFilter, Users};
    /// # let reply = r#"{"status":"ok","data":[{"id":"100067"}],"pagination":{"current_page":1,"last_page":1}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("list_customers", reply).run(async |session| {
    /// let users = Users::new(session);
    /// let mut customers = users.list_customers(CustomerFilter::new()).per_page(50).items();
    /// while let Some(customer) = customers.next().await {
    ///     println!("customer {}", customer?.id);
    /// }
    /// # Ok(()) });
    /// ```
    pub fn list_customers(&self, CustomerFilter {}: CustomerFilter) -> Pager<Customer> {
        let session = self.session.clone();
        Pager::new(move |request| {
            let session = session.clone();
            async move {
                let query = ListCustomersQuery::default()
                    .page(i64::from(request.page))
                    .per_page(request.per_page.map(i64::from));
                Ok(list_customers(&session, &query).await?.map(Customer::from_wire))
            }
        })
        .identified_by(|customer| customer.id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use cryptopocket_core::testing::Answer;

    use crate::CustomerFilter;
    use crate::tests::{block_on, scripted};

    fn page(number: u32, last: u32, ids: &str) -> Answer {
        Answer::json(format!(
            r#"{{"status":"ok","data":[{ids}],"pagination":{{"current_page":{number},"last_page":{last},"total":3}}}}"#
        ))
    }

    #[test]
    fn pages_are_read_once_in_order() {
        let answers = [page(1, 2, r#"{"id":1},{"id":"2"}"#), page(2, 2, r#"{"id":3}"#)];
        let (users, transport) = scripted("list_customers", &answers);
        let all = block_on(
            users
                .list_customers(CustomerFilter::new())
                .per_page(2)
                .collect_all(100),
        )
        .unwrap();
        let ids: Vec<_> = all.iter().map(|customer| customer.id.as_str()).collect();
        assert_eq!(ids, ["1", "2", "3"]);
        assert_eq!(
            transport.queries("list_customers"),
            ["page=1&per_page=2", "page=2&per_page=2"]
        );
    }

    #[test]
    fn ignored_page_number_ends_list() {
        let same = || Answer::json(r#"{"status":"ok","data":[{"id":1}]}"#);
        let (users, transport) = scripted("list_customers", &[same(), same(), same()]);
        assert_eq!(
            block_on(users.list_customers(CustomerFilter::new()).collect_all(100))
                .unwrap()
                .len(),
            1
        );
        assert_eq!(transport.calls("list_customers"), 2);
    }
}
