//! Settings of an emulator, its scenario file, and its start.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_emulator::{Engine, Limits, Misfit, Scenario, Settings, Speed};
use cryptopocket_types::{Clock, Timestamp};
use tokio::net::TcpListener;

use crate::delivery;
use crate::front::Access;
use crate::http_client::{HttpClient, certificates};
use crate::sandbox::{Beginning, Sandbox};
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
        Self {
            settings: Settings::new(1),
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            control_plane: None,
            public_url: None,
            state_file: None,
            trusted_pem: Vec::new(),
            header_timeout: Duration::from_secs(60),
        }
    }
}

/// Defines the setters: the arguments of each, and what it does with the builder.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) |$builder:ident| $set:expr;)*) => {
        impl Builder {
            $($(#[$doc])* pub fn $name(mut self, $($argument: $type),*) -> Self {
                let $builder = &mut self;
                $set;
                self
            })*
        }
    };
}

setters! {
    /// The seed of all ids, tokens and prices. The same seed and the same calls give the same bytes. Default 1.
    seed(seed: u64) |builder| builder.settings.seed = seed;

    /// The speed of the virtual clock. Default [`Speed::Instant`].
    speed(speed: Speed) |builder| builder.settings.speed = speed;

    /// The address to listen on. Default `127.0.0.1` and a free port.
    address(address: SocketAddr) |builder| builder.address = address;

    /// The wall clock: webhook timestamps come from it, and a running virtual clock follows it. Default: the system's.
    wall_clock(clock: Arc<dyn Clock>) |builder| builder.settings.wall_clock = clock;

    /// The start of the virtual clock. Default: a fixed morning if it stands still, the wall clock's time if it runs.
    start_at(time: Timestamp) |builder| builder.settings.start_at = Some(time);

    /// The sums at which the provider refuses.
    limits(limits: Limits) |builder| builder.settings.limits = limits;

    /// The life of a token on the virtual clock. Default: one hour.
    token_life(life: Duration) |builder| builder.settings.token_life = life;

    /// Key and secret of the first integration. Default: made from the seed.
    credentials(key: impl Into<String>, secret: impl Into<String>) |builder| builder.settings.credentials = Some((key.into(), secret.into()));

    /// The state to start with, and its faults. The settings of the scenario (seed, speed, clock, limits, life of tokens)
    /// count as if they were set here: those set afterwards override them.
    scenario(scenario: Scenario) |builder| builder.settings.stage(scenario);

    /// Scheme, host and port that links in replies begin with, if clients reach the emulator by another name than the
    /// address it listens on: `http://sandbox.test:8080`, without a final slash. Default: the address, or this machine's
    /// loopback address if it listens on all.
    ///
    /// The control plane and the dashboard stay at the address unless [`Builder::control_plane`] opens them:
    /// [`Sandbox::control_url`] and [`Sandbox::dashboard_url`] tell where they are.
    public_url(origin: impl Into<String>) |builder| builder.public_url = Some(origin.into());

    /// A file that keeps the state over restarts. It is created if it does not exist. If it does, the emulator goes on
    /// from it, and its seed, credentials and clock override those set here.
    ///
    /// A call is answered, and a webhook leaves, only after the state they report is on the disk. Calls that arrive during
    /// a write share the next one. Armed faults are kept too, and the log of calls with secrets and files redacted; a kill
    /// loses the log entries of calls that only read since the last write.
    ///
    /// If the disk fails, every later call is answered with 503, and the control methods of [`Sandbox`] panic.
    state_file(path: impl Into<PathBuf>) |builder| builder.state_file = Some(path.into());

    /// Whether the control plane and the dashboard answer. Default: only if the address is a loopback address, and then
    /// only requests that name this machine by one of its own names. `true` opens them to every client that reaches the
    /// port.
    control_plane(open: bool) |builder| builder.control_plane = Some(open);

    /// Certificate authorities in PEM, trusted beside the system's: for webhook receivers with a private certificate.
    trust_pem(pem: impl Into<Vec<u8>>) |builder| builder.trusted_pem.push(pem.into());

    /// The time that a client may take to send the head of a request before its connection is closed; a connection that is
    /// idle this long is closed too. Wall-clock time. Default 60 s.
    header_timeout(timeout: Duration) |builder| builder.header_timeout = timeout;
}

impl Builder {
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
        self.settings.origin.clone_from(&origin);
        let mut engine = Engine::with(self.settings);
        let opened = self
            .state_file
            .map(|path| Store::open(&path, &mut engine).map_err(|error| error.of_file(&path)));
        let (store, existed) = opened.transpose()?.unzip();
        let beginning = match existed {
            Some(true) if engine.is_restaged() => Beginning::RestagedFile,
            Some(true) => Beginning::StateFile,
            _ => Beginning::Fresh,
        };
        let is_local = access == Access::Local;
        let (api_key, api_secret) = engine.credentials();
        let shared = Arc::new(Shared::new(engine, access, store));
        let server = server::run(listener, Arc::clone(&shared), self.header_timeout);
        let delivery = delivery::run(Arc::clone(&shared), HttpClient::new(roots));
        Ok(Sandbox {
            shared,
            tasks: [tokio::spawn(server), tokio::spawn(delivery)],
            // With local access the control plane refuses the public name.
            control_origin: if is_local { local } else { origin.clone() },
            origin,
            beginning,
            api_key,
            api_secret,
        })
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

/// Reads a scenario from a file of YAML or JSON.
///
/// # Errors
///
/// [`Misfit`] if the file cannot be read or is not valid. Its place begins with the file's name.
pub fn read_scenario(path: impl AsRef<Path>) -> Result<Scenario, Misfit> {
    let name = path.as_ref().display().to_string();
    let text = std::fs::read_to_string(path.as_ref())
        .map_err(|error| Misfit::new(&name, error.to_string(), "name a readable file"))?;
    text.parse().map_err(|error: Misfit| Misfit {
        place: format!("{name}: {}", error.place),
        ..error
    })
}

#[cfg(test)]
mod tests {
    use super::read_scenario;

    #[test]
    fn unreadable_file_is_named() {
        let error = read_scenario("no/such/scenario.yaml").unwrap_err();
        assert_eq!(
            (error.place.as_str(), error.cure.as_str()),
            ("no/such/scenario.yaml", "name a readable file")
        );
    }
}
