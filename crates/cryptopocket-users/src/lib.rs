#![doc = include_str!("../README.md")]

mod company;
mod customer;
mod document;
mod find;
mod identification;
mod kyc;
mod new_customer;
mod new_verified_customer;
#[cfg(test)]
mod tests;
mod upload;

#[doc(no_inline)]
pub use cryptopocket_core::{Credentials, Error, Result, Session};
#[doc(no_inline)]
pub use cryptopocket_types as types;

pub use company::{CreatedCompany, NewCompany};
pub use customer::{Customer, CustomerFilter};
pub use document::{Document, DocumentReader};
pub use find::FindBy;
pub use identification::Identification;
pub use kyc::{EnhancedVerificationLink, KycCheck};
pub use new_customer::{CreatedCustomer, NewCustomer};
pub use new_verified_customer::{IdentityDocument, NewVerifiedCustomer, Residence, VerifiedCustomer};

cryptopocket_core::client! {
    /// Customers: creating, finding and listing them, their identity checks and documents.
    pub struct Users;
}
