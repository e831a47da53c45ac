//! The bytes that go out: the envelopes, and number and time spellings of the API, in structs of the emulator's own.

mod banking;
mod customers;
mod envelope;
mod offramp;
mod onramp;

pub use banking::{BankAccountView, BankTransactionView, Reconciled};
pub use customers::{CompanyCreated, CustomerCreated, CustomerView, KycView};
pub use envelope::{Failure, Number, Page, Reply, Word};
pub use offramp::{OfframpCreated, OfframpQuoteView, OfframpView};
pub use onramp::{
    AssetView, CardCreated, GuidedCreated, MethodView, PaymentView, PriceView, QuoteView, TransferCreated,
};
