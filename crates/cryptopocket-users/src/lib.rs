#![doc = include_str!("../README.md")]

mod company;
mod customer;
mod delegated;
mod document;
mod find;
mod identification;
mod kyc;
mod list;
mod new_customer;
mod rules;
#[cfg(test)]
mod testing;
mod upload;

#[doc(no_inline)]
pub use cryptopocket_core::{Credentials, Error, Result, Session};
#[doc(no_inline)]
pub use cryptopocket_types as types;

pub use company::{CreatedCompany, NewCompany};
pub use customer::Customer;
pub use delegated::{IdentityDocument, NewVerifiedCustomer, VerifiedCustomer};
pub use document::{Document, DocumentReader, MediaType};
pub use find::FindBy;
pub use kyc::KycCheck;
pub use list::CustomerFilter;
pub use new_customer::{CreatedCustomer, NewCustomer};

/// Customers: creating and finding them, their identity checks, their documents.
///
/// Cheap to clone; clones share the session and its login.
#[derive(Clone, Debug)]
pub struct Users {
    session: Session,
}

impl Users {
    /// The calls about customers, sent through `session`.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session that the calls go through.
    pub const fn session(&self) -> &Session {
        &self.session
    }
}
