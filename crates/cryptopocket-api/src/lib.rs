#![doc = include_str!("../README.md")]

#[cfg(any(
    feature = "common",
    feature = "users",
    feature = "onramp",
    feature = "offramp",
    feature = "banking",
    feature = "webhooks"
))]
mod call;
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
mod page;

pub use generated::operations::{self, OPERATIONS};
#[cfg(feature = "schemars")]
pub use generated::schemas::json_schemas;
pub use generated::shared;
pub use page::page;

/// Gives a generated client its constructor, and ties it to the session.
macro_rules! client {
    ($($feature:literal $tag:ident;)*) => {$(
        #[cfg(feature = $feature)]
        pub mod $tag {
            #![doc = concat!("Calls and types of the tag `", $feature, "`.")]

            pub use crate::generated::$tag::{Client, builder, types};
            use crate::call;
            use cryptopocket_core::{Session, bridge};
            use progenitor_client::{ClientHooks, Error, OperationInfo};

            /// The calls of this tag, sent through `session`.
            pub fn client(session: &Session) -> Client {
                Client::new_with_client(session.base_url(), bridge::request_client(), session.clone())
            }

            impl ClientHooks<Session> for Client {
                async fn pre<E>(
                    &self,
                    request: &mut reqwest::Request,
                    info: &OperationInfo,
                ) -> Result<(), Error<E>> {
                    call::prepare(&self.inner, info.operation_id, request).map_err(Error::InvalidRequest)
                }

                async fn exec(
                    &self,
                    request: reqwest::Request,
                    info: &OperationInfo,
                ) -> reqwest::Result<reqwest::Response> {
                    bridge::exec(&self.inner, call::described(info.operation_id), request).await
                }
            }
        }
    )*};
}

client! {
    "common" common;
    "users" users;
    "onramp" onramp;
    "offramp" offramp;
    "banking" banking;
    "webhooks" webhooks;
}

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
