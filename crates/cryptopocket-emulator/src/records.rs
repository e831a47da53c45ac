//! The records of the emulated provider. The rules that change them are methods of `Integration`.

mod bank;
mod customer;
mod trade;

pub use bank::{BankAccount, BankCredit, BankTransaction};
pub use customer::{Customer, NewCustomer, Reinforcement};
pub use trade::{NewOfframp, Offramp, Order, Payment};
