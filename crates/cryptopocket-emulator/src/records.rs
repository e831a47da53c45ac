//! The records of the emulated provider. The rules that change them are methods of `Integration`.

mod bank;
mod customer;
mod offramp;
mod payment;

pub use bank::{BankAccount, BankCredit, BankTransaction};
pub use customer::{Customer, NewCustomer, Reinforcement};
pub use offramp::{NewOfframp, Offramp};
pub use payment::{Order, Payment};
