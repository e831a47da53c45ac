//! A running emulator, held in process.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::{Command, Engine, Outcome};
use serde::Serialize;
use tokio::task::JoinHandle;

use crate::builder::Builder;
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
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
    origin: String,
    /// The same, where the control plane and the dashboard answer.
    control: String,
    beginning: Beginning,
    api_key: String,
    api_secret: String,
}

/// What an emulator began with; see [`Sandbox::beginning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Beginning {
    /// With a world of its own, and with the scenario where one was given.
    Fresh,
    /// With what stood in the state file. A scenario that was given beside it is staged at the next reset, with the
    /// seed of the file; what it says of speed, limits and the life of tokens counts already.
    StateFile,
    /// With what stood in the state file, where a running emulator was restaged before. The scenario of then, with its
    /// speed, limits and life of tokens, wins over all that was set.
    RestagedFile,
}

impl Sandbox {
    /// Settings, to be followed by [`Builder::start`].
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(
        shared: Arc<Shared>,
        tasks: [JoinHandle<()>; 2],
        control: String,
        beginning: Beginning,
    ) -> Self {
        let (origin, api_key, api_secret) = shared.look(|engine| {
            let first = &engine.integrations()[0];
            let origin = engine.origin().to_owned();
            (origin, first.key.clone(), first.secret.clone())
        });
        Self {
            shared,
            tasks,
            origin,
            control,
            beginning,
            api_key,
            api_secret,
        }
    }

    /// Whether it went on from a state file, and so what became of a scenario that was given beside it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("state");
    /// use cryptopocket_sandbox::{Beginning, Sandbox};
    ///
    /// let sandbox = Sandbox::builder().state_file(&path).start().await?;
    /// assert_eq!(sandbox.beginning(), Beginning::Fresh);
    /// drop(sandbox);
    ///
    /// let sandbox = Sandbox::builder().state_file(&path).start().await?;
    /// assert_eq!(sandbox.beginning(), Beginning::StateFile);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn beginning(&self) -> Beginning {
        self.beginning
    }

    /// Where the API is: `http://127.0.0.1:PORT/api`.
    pub fn base_url(&self) -> String {
        format!("{}/api", self.origin)
    }

    /// Where the control plane is: `http://127.0.0.1:PORT/_sandbox`. Where it is open to names of this machine only,
    /// this is such a name, whatever [`Builder::public_url`] says.
    pub fn control_url(&self) -> String {
        format!("{}/_sandbox", self.control)
    }

    /// Where people find it: `http://127.0.0.1:PORT/`, by the same rule as [`Sandbox::control_url`].
    pub fn dashboard_url(&self) -> String {
        format!("{}/", self.control)
    }

    /// The API key of the first integration.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The API secret of the first integration. It opens nothing but this emulator.
    pub fn api_secret(&self) -> &str {
        &self.api_secret
    }

    /// The one line that says that a server accepts connections, as JSON without a line feed.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = cryptopocket_sandbox::Sandbox::builder().start().await?;
    /// assert!(sandbox.ready_line().starts_with(r#"{"event":"ready","base_url":"http://127.0.0.1:"#));
    /// # Ok(())
    /// # }
    /// ```
    pub fn ready_line(&self) -> String {
        let ready = Ready {
            event: "ready",
            base_url: self.base_url(),
            control_url: self.control_url(),
            dashboard_url: self.dashboard_url(),
            api_key: &self.api_key,
            api_secret: &self.api_secret,
        };
        serde_json::to_string(&ready).unwrap_or_default()
    }

    /// Adds an integration that sees nothing of the others and gives back its key and secret.
    pub fn add_integration(&self) -> (String, String) {
        match self.execute(Command::AddIntegration) {
            Ok(Outcome::Added { api_key, api_secret }) => (api_key, api_secret),
            other => unreachable!("adding an integration gives {other:?}"),
        }
    }

    /// Moves the emulator's clock on. Whatever is due on the way happens, in its order.
    pub fn advance(&self, by: Duration) {
        self.change(|engine| engine.advance(by));
    }

    /// Waits until every webhook that is due has been sent and answered. Those that wait to be tried again do not
    /// count; [`Sandbox::advance`] makes them due.
    pub async fn webhooks_settled(&self) {
        self.shared.settled().await;
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> T {
        match self.shared.transact_blocking(change) {
            Ok(result) => result,
            Err(stuck) => panic!("{stuck}"),
        }
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        self.shared.look(look)
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

#[derive(Serialize)]
struct Ready<'a> {
    event: &'a str,
    base_url: String,
    control_url: String,
    dashboard_url: String,
    api_key: &'a str,
    api_secret: &'a str,
}
