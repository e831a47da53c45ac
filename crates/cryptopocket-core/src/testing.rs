//! Tests without a server: a transport that answers from a script, and a runtime whose time is virtual.
//!
//! # Examples
//!
//! ```
//! use cryptopocket_core::testing::{Answer, ScriptedTransport, TestRuntime};
//! use cryptopocket_core::{Credentials, Session};
//! use std::sync::Arc;
//!
//! # fn main() -> cryptopocket_core::Result<()> {
//! let transport = Arc::new(ScriptedTransport::new());
//! transport.next("get_payment", Answer::timeout_after_sending());
//! transport.always("get_payment", Answer::json(r#"{"status":"ok","data":{"id":"p1","status":"coins_sent"}}"#));
//! let session = Session::builder()
//!     .credentials(Credentials::new("key", "secret"))
//!     .transport(transport.clone())
//!     .runtime(Arc::new(TestRuntime::new(7)))
//!     .build()?;
//! // Give `session` to the clients under test, then ask what was sent:
//! assert_eq!(transport.calls("get_payment"), 0);
//! # Ok(())
//! # }
//! ```

mod answer;
mod runtime;
mod scripted;
mod session;

pub use self::answer::Answer;
pub use self::runtime::TestRuntime;
pub use self::scripted::ScriptedTransport;
pub use self::session::ScriptedSession;
