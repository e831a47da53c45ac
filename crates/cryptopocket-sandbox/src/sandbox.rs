//! A running emulator, held in process.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::{Command, Engine, Outcome};
use tokio::task::JoinHandle;

use crate::builder::Builder;
use crate::control::ControlError;
use crate::shared::Shared;

/// A running emulator of the provider. It stops when it is dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().seed(1).start().await?;
/// // Point your client at `sandbox.base_url()` with `sandbox.api_key()` and `sandbox.api_secret()`, then:
/// assert_eq!(sandbox.payments_created(), 0);
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) tasks: [JoinHandle<()>; 2],
    pub(crate) origin: String,
    /// The origin of the control plane and the dashboard.
    pub(crate) control_origin: String,
    pub(crate) beginning: Beginning,
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
}

/// The state that an emulator started from; see [`Sandbox::beginning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Beginning {
    /// A new state, with the scenario if one was given.
    Fresh,
    /// A state file. A scenario given beside it applies from the next reset on, with the file's seed; its speed, limits
    /// and life of tokens apply at once.
    StateFile,
    /// A state file of an emulator that was restaged while it ran. That scenario, with its speed, limits and life of
    /// tokens, overrides all settings.
    RestagedFile,
}

impl Sandbox {
    /// Settings, to be followed by [`Builder::start`].
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Whether it continued from a state file, and when a scenario given beside it applies.
    pub const fn beginning(&self) -> Beginning {
        self.beginning
    }

    /// The API's base URL: `http://127.0.0.1:PORT/api`.
    pub fn base_url(&self) -> String {
        format!("{}/api", self.origin)
    }

    /// The control plane's URL: `http://127.0.0.1:PORT/_sandbox`. If it is open to names of this machine only, this is
    /// such a name, whatever [`Builder::public_url`] is.
    pub fn control_url(&self) -> String {
        format!("{}/_sandbox", self.control_origin)
    }

    /// The dashboard's URL: `http://127.0.0.1:PORT/`, by the same rule as [`Sandbox::control_url`].
    pub fn dashboard_url(&self) -> String {
        format!("{}/", self.control_origin)
    }

    /// The API key of the first integration.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The API secret of the first integration. It is of use with this emulator only.
    pub fn api_secret(&self) -> &str {
        &self.api_secret
    }

    /// The line for a parent process that says that connections are accepted: JSON without a line feed.
    pub fn ready_line(&self) -> String {
        let text = |value: &str| serde_json::Value::from(value).to_string();
        format!(
            r#"{{"event":"ready","base_url":{},"control_url":{},"dashboard_url":{},"api_key":{},"api_secret":{}}}"#,
            text(&self.base_url()),
            text(&self.control_url()),
            text(&self.dashboard_url()),
            text(&self.api_key),
            text(&self.api_secret),
        )
    }

    /// Carries out a command. The methods below cover the usual ones.
    ///
    /// # Errors
    ///
    /// [`ControlError`], and nothing has changed.
    pub fn execute(&self, command: Command) -> Result<Outcome, ControlError> {
        Ok(self.change(|engine| engine.execute(command))?)
    }

    /// Moves the virtual clock on. Timers on the way fire in their order.
    pub fn advance(&self, by: Duration) {
        self.change(|engine| engine.advance(by));
    }

    /// Waits until every webhook that is due was sent and answered. Webhooks that wait for another attempt do not count;
    /// [`Sandbox::advance`] makes them due.
    pub async fn webhooks_settled(&self) {
        self.shared.settled().await;
    }

    fn change<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> T {
        match self.shared.transact_blocking(change) {
            Ok(result) => result,
            Err(stuck) => panic!("{stuck}"),
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.shared.close();
    }
}
