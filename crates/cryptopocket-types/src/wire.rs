//! One type for each form in which the API writes an amount.
//!
//! The same payment is `240` when it is created, `24000` when it is read and `"240.00"` when it is sold back. The type
//! of a field says which of these it is, so that no conversion can be forgotten or done twice. Every type is read
//! from the JSON text, number or string, never through `f64`, and written exactly.
//!
//! | type | on the wire | means |
//! |---|---|---|
//! | [`CurrencyUnits`] | number `240` | 240.00 EUR |
//! | [`Cents`] | whole number `15050` | 150.50 EUR |
//! | [`DecimalString`] | string `"4800.24"` | 4800.24 EUR |
//! | [`BaseUnits`] | string `"20000000000000000000"`, with `decimals` 18 | 20 coins |
//! | [`CoinUnits`] | number `148.32` | 148.32 coins |
//! | [`QueryAmount`] | query parameter `?amount=240` | whatever the call says |

mod base_units;
mod cents;
mod path_text;
mod plain;

pub use base_units::BaseUnits;
pub use cents::Cents;
pub use path_text::PathText;
pub use plain::{CoinUnits, CurrencyUnits, DecimalString, QueryAmount};
