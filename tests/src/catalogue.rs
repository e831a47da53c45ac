//! One case for each operation: a call with every argument, and a reply with every field.

mod banking;
mod case;
mod market;
mod offramp;
mod onramp;
mod users;
mod webhooks;

pub use case::{Calling, Case};

/// Every operation, in the order of the specification's tags.
pub fn all() -> Vec<Case> {
    [
        market::CASES,
        users::CASES,
        onramp::CASES,
        offramp::CASES,
        banking::CASES,
        webhooks::CASES,
    ]
    .concat()
}

/// The case of one operation.
///
/// # Panics
///
/// When there is none.
pub fn case(id: &str) -> Case {
    all()
        .into_iter()
        .find(|case| case.id == id)
        .unwrap_or_else(|| panic!("no case for {id}"))
}
