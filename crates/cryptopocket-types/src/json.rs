//! JSON kept as text, so that nothing the provider sends is lost or altered.

mod extra;
mod raw;
mod scalar;

pub use extra::Extra;
pub use raw::RawJson;
pub(crate) use scalar::{Scalar, scalar, scalar_text};
