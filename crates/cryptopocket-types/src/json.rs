//! JSON kept as text, so that nothing the provider sends is lost or altered.

mod extra;
mod keep_unknown;
mod raw;
mod scalar;

pub use extra::Extra;
#[doc(hidden)]
pub use keep_unknown::Collecting;
pub use raw::RawJson;
pub(crate) use scalar::scalar_text;
