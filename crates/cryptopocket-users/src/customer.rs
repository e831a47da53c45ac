//! Customers as the provider returns them.

use cryptopocket_api::users::types;
use cryptopocket_types::{ExternalId, Extra, Field, KycStatus, Personal, Timestamp, UserId};
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
    #[serde(default)]
    pub uuid: Field<String>,
    /// Your own reference of the customer.
    #[serde(default)]
    pub external_id: Field<ExternalId>,
    /// First name, or the name of the company.
    #[serde(default)]
    pub name: Field<Personal>,
    /// Last names.
    #[serde(default)]
    pub last_name: Field<Personal>,
    /// E-mail address.
    #[serde(default)]
    pub email: Field<Personal>,
    /// Country, as an ISO 3166-1 alpha-2 code.
    #[serde(default)]
    pub country: Field<String>,
    /// Status of the identity check.
    #[serde(default)]
    pub kyc_status: Field<KycStatus>,
    /// When the customer was created.
    #[serde(default)]
    pub created_at: Field<Timestamp>,
    /// Fields of the reply that this SDK does not know or cannot read.
    #[serde(default)]
    pub extra: Extra,
}

impl Customer {
    pub(crate) fn from_wire(wire: types::Customer) -> Self {
        Self {
            id: wire.id,
            uuid: wire.uuid,
            external_id: wire.external_id,
            name: wire.name,
            last_name: wire.last_name,
            email: wire.email,
            country: wire.country,
            kyc_status: wire.kyc_status,
            created_at: wire.created_at,
            extra: wire.extra,
        }
    }
}
