//! Starting an emulator.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::{Engine, Limits, Settings, Speed};
use cryptopocket_types::{Clock, SystemClock, Timestamp};
use tokio::net::TcpListener;

use crate::access::Access;
use crate::delivery;
use crate::http_client::{HttpClient, certificates};
use crate::sandbox::{Beginning, Sandbox};
use crate::scenario::Scenario;
use crate::server;
use crate::shared::Shared;
use crate::start_error::{Cause, StartError};
use crate::store::Store;

/// How an emulator is to be. Every setting has a default; see [`Sandbox::builder`].
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
    seed: u64,
    speed: Speed,
    address: SocketAddr,
    wall: Arc<dyn Clock>,
    start_at: Option<Timestamp>,
    limits: Limits,
    token_life: Duration,
    credentials: Option<(String, String)>,
    control_plane: Option<bool>,
    public_url: Option<String>,
    scenario: Option<Arc<cryptopocket_emulator::server::Scenario>>,
    state_file: Option<PathBuf>,
    trusted_pem: Vec<Vec<u8>>,
    header_timeout: Duration,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            seed: 1,
            speed: Speed::Instant,
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            wall: Arc::new(SystemClock),
            start_at: None,
            limits: Limits::default(),
            token_life: Duration::from_secs(3_600),
            credentials: None,
            control_plane: None,
            public_url: None,
            scenario: None,
            state_file: None,
            trusted_pem: Vec::new(),
            header_timeout: Duration::from_secs(60),
        }
    }
}

impl Builder {
    /// What all ids, tokens and prices follow from. The same seed and the same calls give the same bytes. Default 1.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How fast the emulator's clock runs. Default [`Speed::Instant`].
    pub fn speed(mut self, speed: Speed) -> Self {
        self.speed = speed;
        self
    }

    /// Where to listen. Default `127.0.0.1`, on a port that is free.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The clock on the wall: webhook timestamps come from it, and a running virtual clock follows it. Default the
    /// system's.
    pub fn wall_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.wall = clock;
        self
    }

    /// What the emulator's clock shows at first. Default a fixed morning where the clock stands, and the time on the
    /// wall where it runs.
    pub fn start_at(mut self, time: Timestamp) -> Self {
        self.start_at = Some(time);
        self
    }

    /// The sums at which the provider says no.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long a token lives, on the virtual clock. Default an hour.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.token_life = life;
        self
    }

    /// The key and the secret of the first integration. Default: made from the seed.
    pub fn credentials(mut self, key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.credentials = Some((key.into(), secret.into()));
        self
    }

    /// A world to begin with and what is to go wrong in it. What the scenario says of the seed, the speed, the clock,
    /// the limits and the life of tokens counts as if it were set here: what is set afterwards wins over it.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        let scenario = scenario.0;
        self.seed = scenario.seed.unwrap_or(self.seed);
        self.speed = scenario.speed.unwrap_or(self.speed);
        self.start_at = scenario.start_at.or(self.start_at);
        self.token_life = scenario.token_life.unwrap_or(self.token_life);
        self.limits = scenario.limits.clone();
        self.scenario = Some(Arc::new(scenario));
        self
    }

    /// What the links in replies begin with, where clients reach the emulator under another name than the address it
    /// listens on: `http://sandbox.test:8080`, without a slash at the end. Default: the address, or this machine's own
    /// where that is any.
    ///
    /// The control plane and the dashboard stay where they were unless [`Builder::control_plane`] opens them to
    /// whoever reaches the port: [`Sandbox::control_url`] and [`Sandbox::dashboard_url`] say where.
    pub fn public_url(mut self, origin: impl Into<String>) -> Self {
        self.public_url = Some(origin.into());
        self
    }

    /// A file that keeps everything over restarts. It is made where there is none; where there is one, the emulator
    /// goes on from it, and what it says of the seed, the credentials and the clock wins over what is set here.
    ///
    /// Nothing is answered and no webhook leaves before what it tells of is on the disk. Calls that come while a write
    /// is under way share the next one. Armed faults are kept too, and the journal of calls with secrets and files
    /// blotted out; of the calls that only looked, those since the last write are lost when the process is killed.
    ///
    /// Where the disk fails, every call from then on is answered 503, and the control methods of [`Sandbox`] panic.
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

    /// Whether to answer below `/_sandbox`. Default: only where the address is a loopback address, and then only
    /// requests that name this machine by one of its own names. Asked for, it is open to whoever reaches the port.
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

    /// How long a client may take to send the head of a request before its connection is closed; a connection that is
    /// idle this long is closed too. Wall-clock time. Default 60 s.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// Begins to listen. Needs a Tokio runtime with I/O and time enabled; stops when the [`Sandbox`] is dropped.
    ///
    /// # Errors
    ///
    /// [`StartError`] where the address cannot be had, or the state file or a certificate not be used.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let mut roots = Vec::new();
        for pem in &self.trusted_pem {
            roots.extend(certificates(pem).ok_or(StartError(Cause::Certificate))?);
        }
        let header_timeout = self.header_timeout;
        let address = self.address;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|cause| StartError(Cause::Address(address, cause)))?;
        let address = listener
            .local_addr()
            .map_err(|cause| StartError(Cause::Address(address, cause)))?;
        let access = match self.control_plane {
            Some(true) => Access::Anyone,
            None if address.ip().is_loopback() => Access::Local,
            None => Access::Exposed(address),
            Some(false) => Access::Off,
        };
        let local = reachable(address);
        let origin = self.public_url.clone().unwrap_or_else(|| local.clone());
        // Only to names of this machine it is open, so none else is to be told.
        let control = if access == Access::Local {
            local
        } else {
            origin.clone()
        };
        let state_file = self.state_file.clone();
        let mut engine = Engine::with(self.settings(origin));
        let store = state_file.map(|path| {
            Store::open(&path, &mut engine).map_err(|broken| StartError(Cause::StateFile(path, broken)))
        });
        let store = store.transpose()?;
        let beginning = match &store {
            Some(store) if store.was_there() && engine.is_restaged() => Beginning::RestagedFile,
            Some(store) if store.was_there() => Beginning::StateFile,
            _ => Beginning::Fresh,
        };
        let shared = Arc::new(Shared::new(engine, access, store));
        let tasks = [
            tokio::spawn(server::run(listener, Arc::clone(&shared), header_timeout)),
            tokio::spawn(delivery::run(Arc::clone(&shared), HttpClient::new(roots))),
        ];
        Ok(Sandbox::new(shared, tasks, control, beginning))
    }

    fn settings(self, origin: String) -> Settings {
        let mut settings = Settings::new(self.seed);
        settings.speed = self.speed;
        settings.wall_clock = self.wall;
        settings.start_at = self.start_at;
        settings.limits = self.limits;
        settings.token_life = self.token_life;
        settings.credentials = self.credentials;
        settings.origin = origin;
        settings.scenario = self.scenario;
        settings.scenario_reader = Some(crate::scenario::read);
        settings
    }
}

fn reachable(address: SocketAddr) -> String {
    let own: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(own, address.port()))
}
