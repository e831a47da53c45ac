//! A temporary PostgreSQL cluster.

#![allow(dead_code, reason = "each test program uses a part")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cryptopocket_inbox::postgres::PostgresStore;
use sqlx::Executor as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

/// Makes a skipped test fail.
const REQUIRE: &str = "CRYPTOPOCKET_REQUIRE_POSTGRES";

/// A server of its own, on a Unix socket in a temporary folder.
///
/// A shell holds it and waits for the end of its input, which comes with the end of this process, however that ends. Then
/// it removes the folder too.
pub(crate) struct Cluster {
    folder: PathBuf,
    buffers: &'static str,
    shell: Child,
}

/// Where a store of its own is in a cluster.
pub(crate) struct OwnSchema {
    /// Folder of the socket.
    pub(crate) socket: String,
    pub(crate) schema: String,
}

/// The cluster that the tests of this process share; `None` if PostgreSQL is not installed, which the test says.
pub(crate) fn shared() -> Option<&'static Cluster> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    SHARED.get_or_init(Cluster::start).as_ref()
}

impl Cluster {
    pub(crate) fn start() -> Option<Self> {
        Self::start_with("16MB")
    }

    /// One with this much `shared_buffers`.
    pub(crate) fn start_with(buffers: &'static str) -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(
                std::env::var_os(REQUIRE).is_none(),
                "{REQUIRE} is set, and PostgreSQL is not installed"
            );
            eprintln!("SKIPPED: PostgreSQL is not installed (Debian: apt-get install postgresql)");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("cpi").tempdir().unwrap().keep();
        let initdb = unprivileged(&programs.join("initdb"), &folder)
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
            ])
            .arg("--pgdata")
            .arg(folder.join("data"))
            .output()
            .unwrap();
        assert!(
            initdb.status.success(),
            "{}",
            String::from_utf8_lossy(&initdb.stderr)
        );
        let shell = serve(&programs, &folder, buffers);
        let cluster = Self {
            folder,
            buffers,
            shell,
        };
        cluster.wait();
        Some(cluster)
    }

    /// Waits until the server accepts connections.
    #[allow(clippy::disallowed_methods, reason = "a process takes real time to start")]
    fn wait(&self) {
        let start = Instant::now();
        while std::os::unix::net::UnixStream::connect(self.folder.join(".s.PGSQL.5432")).is_err() {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "PostgreSQL did not start: {log}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills the server and starts it again after `meanwhile`.
    pub(crate) async fn restart(&mut self, meanwhile: impl Future<Output = ()>) {
        self.shell.stdin.as_mut().unwrap().write_all(b"keep\n").unwrap();
        self.stop();
        meanwhile.await;
        self.shell = serve(&programs().unwrap(), &self.folder, self.buffers);
        self.wait();
    }

    fn stop(&mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().unwrap();
    }

    /// Folder of the socket.
    pub(crate) fn socket(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        let socket = self.folder.to_str().unwrap();
        PgConnectOptions::new_without_pgpass()
            .socket(socket)
            .port(5432)
            .username("postgres")
            .database("postgres")
    }

    async fn schema(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let schema = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let pool = PgPool::connect_with(self.options()).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        pool.execute(sqlx::raw_sql(create)).await.unwrap();
        pool.close().await;
        schema
    }

    /// A schema of its own, for another process.
    pub(crate) async fn own_schema(&self) -> OwnSchema {
        OwnSchema {
            socket: self.folder.to_str().unwrap().to_owned(),
            schema: self.schema().await,
        }
    }

    /// A pool in a schema of its own, without tables.
    pub(crate) async fn empty(&self) -> PgPool {
        let options = self.options().options([("search_path", self.schema().await)]);
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(Duration::from_secs(2));
        pool.connect_lazy_with(options)
    }

    /// A store in a schema of its own, with a table of effects.
    pub(crate) async fn store(&self) -> PostgresStore {
        let store = PostgresStore::with_pool(self.empty().await).await.unwrap();
        store
            .pool()
            .execute("CREATE TABLE effects (key TEXT NOT NULL)")
            .await
            .unwrap();
        store
    }

    /// Two machines that share one store.
    pub(crate) async fn two_stores(&self) -> (PostgresStore, PostgresStore) {
        let first = self.store().await;
        let options = first.pool().connect_options().as_ref().clone();
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .connect_lazy_with(options);
        let second = PostgresStore::with_pool(pool).await.unwrap();
        (first, second)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where `initdb` and `postgres` are.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// The program as the user `postgres` if this is root, since PostgreSQL refuses to run as root.
fn unprivileged(program: &Path, folder: &Path) -> Command {
    use std::os::unix::fs::MetadataExt as _;
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() != 0) {
        return Command::new(program);
    }
    let owner = Command::new("chown")
        .arg("postgres")
        .arg(folder)
        .status()
        .unwrap();
    assert!(
        owner.success(),
        "there is no user `postgres` to run PostgreSQL as"
    );
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .arg(program);
    command.current_dir(folder);
    command
}

fn serve(programs: &Path, folder: &Path, buffers: &str) -> Child {
    let script = r#""$0" -D "$1/data" -k "$1" -h "" -p 5432 -c shared_buffers="$2" </dev/null >>"$1/log" 2>&1 & server=$!
        read -r keep; kill -QUIT $server; wait $server; [ "$keep" ] || rm -rf "$1""#;
    let mut shell = unprivileged(Path::new("/bin/sh"), folder);
    shell
        .args(["-c", script])
        .arg(programs.join("postgres"))
        .arg(folder)
        .arg(buffers)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
