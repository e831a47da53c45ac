//! Settings of an emulator, and its start.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::{Engine, Limits, Settings, Speed};
use cryptopocket_types::{Clock, Timestamp};
use tokio::net::TcpListener;

use crate::access::Access;
use crate::delivery;
use crate::http_client::{HttpClient, certificates};
use crate::sandbox::{Beginning, Sandbox};
use crate::scenario::{self, Scenario};
use crate::server;
use crate::shared::Shared;
use crate::start_error::StartError;
use crate::store::Store;

/// Settings of an emulator. Each has a default; see [`Sandbox::builder`].
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cryptopocket_sandbox::StartError> {
/// use cryptopocket_sandbox::{Sandbox, Speed};
///
/// let sandbox = Sandbox::builder().seed(7).speed(Speed::Manual).start().await?;
/// assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an emulator runs once `start` is awaited"]
pub struct Builder {
    settings: Settings,
    address: SocketAddr,
    control_plane: Option<bool>,
    public_url: Option<String>,
    state_file: Option<PathBuf>,
    trusted_pem: Vec<Vec<u8>>,
    header_timeout: Duration,
}

impl Default for Builder {
    fn default() -> Self {
        let mut settings = Settings::new(1);
        settings.scenario_reader = Some(scenario::read);
        Self {
            settings,
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            control_plane: None,
            public_url: None,
            state_file: None,
            trusted_pem: Vec::new(),
            header_timeout: Duration::from_secs(60),
        }
    }
}

impl Builder {
    /// The seed of all ids, tokens and prices. The same seed and the same calls give the same bytes. Default 1.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// The speed of the virtual clock. Default [`Speed::Instant`].
    pub fn speed(mut self, speed: Speed) -> Self {
        self.settings.speed = speed;
        self
    }

    /// The address to listen on. Default `127.0.0.1` and a free port.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The wall clock: webhook timestamps come from it, and a running virtual clock follows it. Default: the system's.
    pub fn wall_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.settings.wall_clock = clock;
        self
    }

    /// The time at which the virtual clock starts. Default: a fixed morning if it stands still, the wall clock's time if
    /// it runs.
    pub fn start_at(mut self, time: Timestamp) -> Self {
        self.settings.start_at = Some(time);
        self
    }

    /// The sums at which the provider refuses.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// The life of a token on the virtual clock. Default: one hour.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.settings.token_life = life;
        self
    }

    /// Key and secret of the first integration. Default: made from the seed.
    pub fn credentials(mut self, key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.settings.credentials = Some((key.into(), secret.into()));
        self
    }

    /// The state to start with, and its faults. The settings of the scenario (seed, speed, clock, limits, life of tokens)
    /// count as if they were set here: those set afterwards override them.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.settings.stage(scenario.0);
        self
    }

    /// Scheme, host and port that links in replies begin with, if clients reach the emulator by another name than the
    /// address it listens on: `http://sandbox.test:8080`, without a final slash. Default: the address, or this machine's
    /// loopback address if it listens on all.
    ///
    /// The control plane and the dashboard stay at the address unless [`Builder::control_plane`] opens them:
    /// [`Sandbox::control_url`] and [`Sandbox::dashboard_url`] tell where they are.
    pub fn public_url(mut self, origin: impl Into<String>) -> Self {
        self.public_url = Some(origin.into());
        self
    }

    /// A file that keeps the state over restarts. It is created if it does not exist. If it does, the emulator goes on
    /// from it, and its seed, credentials and clock override those set here.
    ///
    /// A call is answered, and a webhook leaves, only after the state they report is on the disk. Calls that arrive during
    /// a write share the next one. Armed faults are kept too, and the log of calls with secrets and files redacted; a kill
    /// loses the log entries of calls that only read since the last write.
    ///
    /// If the disk fails, every later call is answered with 503, and the control methods of [`Sandbox`] panic.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("state");
    /// use cryptopocket_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().state_file(&path).start().await?;
    /// let (key, _) = sandbox.add_integration();
    /// drop(sandbox);
    ///
    /// let sandbox = Sandbox::builder().state_file(&path).start().await?;
    /// assert!(sandbox.export().contains(&key));
    /// # Ok(())
    /// # }
    /// ```
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Whether the control plane and the dashboard answer. Default: only if the address is a loopback address, and then
    /// only requests that name this machine by one of its own names. `true` opens them to every client that reaches the
    /// port.
    pub fn control_plane(mut self, open: bool) -> Self {
        self.control_plane = Some(open);
        self
    }

    /// Certificate authorities in PEM that webhook deliveries trust in addition to the system's: for receivers with a
    /// private certificate.
    pub fn trust_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trusted_pem.push(pem.into());
        self
    }

    /// The time that a client may take to send the head of a request before its connection is closed; a connection that is
    /// idle this long is closed too. Wall-clock time. Default 60 s.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// Starts to listen. Needs a Tokio runtime with I/O and time enabled; stops when the [`Sandbox`] is dropped.
    ///
    /// # Errors
    ///
    /// [`StartError`] if the address, the state file or a certificate cannot be used.
    pub async fn start(mut self) -> Result<Sandbox, StartError> {
        let mut roots = Vec::new();
        for pem in &self.trusted_pem {
            roots.extend(certificates(pem).ok_or_else(StartError::certificate)?);
        }
        let cannot_listen = |cause| StartError::address(self.address, cause);
        let listener = TcpListener::bind(self.address).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let access = match self.control_plane {
            Some(true) => Access::Anyone,
            None if address.ip().is_loopback() => Access::Local,
            None => Access::Exposed(address),
            Some(false) => Access::Off,
        };
        let local = reachable(address);
        let origin = self.public_url.unwrap_or_else(|| local.clone());
        // With local access the control plane refuses the public name.
        let control_origin = if access == Access::Local {
            local
        } else {
            origin.clone()
        };
        self.settings.origin = origin;
        let mut engine = Engine::with(self.settings);
        let store = match self.state_file {
            Some(path) => Some(
                Store::open(&path, &mut engine).map_err(|broken| StartError::state_file(&path, broken))?,
            ),
            None => None,
        };
        let beginning = match &store {
            Some(store) if store.existed() && engine.is_restaged() => Beginning::RestagedFile,
            Some(store) if store.existed() => Beginning::StateFile,
            _ => Beginning::Fresh,
        };
        let shared = Arc::new(Shared::new(engine, access, store));
        let tasks = [
            tokio::spawn(server::run(listener, Arc::clone(&shared), self.header_timeout)),
            tokio::spawn(delivery::run(Arc::clone(&shared), HttpClient::new(roots))),
        ];
        Ok(Sandbox::new(shared, tasks, control_origin, beginning))
    }
}

/// The origin by which this machine reaches the address.
fn reachable(address: SocketAddr) -> String {
    let ip: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}
