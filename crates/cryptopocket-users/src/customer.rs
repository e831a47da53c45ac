//! Customers as the provider tells them.

use cryptopocket_api::users::types;
use cryptopocket_types::{ExternalId, Extra, KycStatus, Personal, Timestamp, UserId};
use serde::Serialize;

/// A person or company that this integration created. Every field is assumed; what is not known by name
/// stands in [`extra`](Self::extra).
///
/// `Debug` hides personal data; serialising reveals it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Customer {
    /// The provider's id of the customer, for payments.
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
    /// Country, as a code of ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// State of the identity check.
    pub kyc_status: Option<KycStatus>,
    /// When the customer was created.
    pub created_at: Option<Timestamp>,
    /// What else came, with its exact text.
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
