#![doc = include_str!("../README.md")]

#[cfg(any(
    feature = "banking",
    feature = "common",
    feature = "offramp",
    feature = "onramp",
    feature = "users"
))]
mod decode;
#[rustfmt::skip]
#[allow(
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    dead_code,
    reason = "the generator's style; what matters of it is held by the document's linter and by snapshots"
)]
mod generated;

#[cfg(feature = "banking")]
pub use generated::banking;
#[cfg(feature = "common")]
pub use generated::common;
#[cfg(feature = "offramp")]
pub use generated::offramp;
#[cfg(feature = "onramp")]
pub use generated::onramp;
pub use generated::operations::{self, OPERATIONS};
#[cfg(feature = "schemars")]
pub use generated::schemas::json_schemas;
#[cfg(feature = "users")]
pub use generated::users;
#[cfg(feature = "webhooks")]
pub use generated::webhooks;

/// The operation with this id, such as `create_payment`.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::Idempotency;
///
/// let operation = cryptopocket_api::operation("create_payment").unwrap();
/// assert_eq!((operation.method, operation.path), ("POST", "/createPayment"));
/// assert_eq!(operation.idempotency, Idempotency::Unsafe);
/// ```
pub fn operation(id: &str) -> Option<&'static cryptopocket_core::Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}
