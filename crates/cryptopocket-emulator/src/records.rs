//! The records of the emulated provider. The rules that change them are methods of `Integration`.

mod bank;
mod customer;
mod trade;

pub use bank::{BankAccount, BankCredit, BankTransaction};
pub(crate) use customer::NewCustomer;
pub use customer::{Customer, Reinforcement};
pub(crate) use trade::Order;
pub use trade::{Offramp, Payment};
