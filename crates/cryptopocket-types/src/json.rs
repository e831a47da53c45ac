//! JSON kept as text, so that nothing the provider sends is lost or altered.

mod extra;
mod fields;
mod raw;
mod scalar;

pub use extra::Extra;
pub(crate) use fields::Fields;
pub use raw::RawJson;
pub(crate) use scalar::{scalar_json, scalar_text};
