//! Customers as the provider returns them.

use cryptopocket_api::users::types;
use cryptopocket_types::{ExternalId, Field, KycStatus, Personal, Timestamp, UserId};

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
