//! Replies as bytes: envelopes and spellings of the API, in structs of the emulator's own.

mod banking;
mod customers;
mod envelope;
mod offramp;
mod onramp;

pub(crate) use banking::{BankAccountView, BankTransactionView, Reconciled};
pub(crate) use customers::{CompanyCreated, CustomerCreated, CustomerView, KycView};
pub use envelope::{Failure, Reply};
pub(crate) use envelope::{Number, Page, Word};
pub(crate) use offramp::{OfframpCreated, OfframpQuoteView, OfframpView};
pub(crate) use onramp::{
    AssetView, CardCreated, GuidedCreated, MethodView, PaymentView, PriceView, QuoteView, TransferCreated,
};
