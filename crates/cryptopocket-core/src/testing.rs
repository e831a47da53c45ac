//! Tests without a server: a transport that answers from a script, and a runtime whose time is virtual.

mod answer;
mod runtime;
mod scripted;
mod session;

pub use self::answer::Answer;
pub use self::runtime::TestRuntime;
pub use self::scripted::ScriptedTransport;
pub use self::session::ScriptedSession;
