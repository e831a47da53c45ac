//! JSON kept as text, so that nothing the provider sends is lost or altered.

mod extra;
mod object;
mod raw;
mod scalar;

pub use extra::Extra;
pub(crate) use object::{Known, json_object};
pub use raw::RawJson;
pub(crate) use scalar::{scalar_json, scalar_text};
