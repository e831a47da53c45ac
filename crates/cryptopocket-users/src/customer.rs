//! Customers as the provider returns them.

use cryptopocket_api::users::types;
use cryptopocket_types::{ExternalId, Extra, KycStatus, Personal, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A person or company that your integration created.
///
/// Every field is assumed. `Debug` hides personal data; serialization writes it. Its JSON reads back as the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Customer {
    /// The provider's id of the customer. Payments need it.
    #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
    pub id: UserId,
    /// A second id of the customer.
    pub uuid: Option<String>,
    /// Your own reference of the customer.
    pub external_id: Option<ExternalId>,
    /// First name, or the name of the company.
    pub name: Option<Personal>,
    /// Last names.
    pub last_name: Option<Personal>,
    /// E-mail address.
    pub email: Option<Personal>,
    /// Country, as an ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// Status of the identity check.
    pub kyc_status: Option<KycStatus>,
    /// When the customer was created.
    pub created_at: Option<Timestamp>,
    /// Fields of the reply that this SDK does not know.
    #[serde(default)]
    pub extra: Extra,
}

impl Customer {
    pub(crate) fn from_wire(wire: types::Customer) -> Self {
        let types::Customer {
            id,
            uuid,
            external_id,
            name,
            last_name,
            email,
            country,
            kyc_status,
            created_at,
            extra,
            ..
        } = wire;
        Self {
            id,
            uuid,
            external_id,
            name,
            last_name,
            email,
            country,
            kyc_status,
            created_at,
            extra,
        }
    }
}
