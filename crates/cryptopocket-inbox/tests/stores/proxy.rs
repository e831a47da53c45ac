//! A proxy in front of a PostgreSQL server, which can cut a connection at its commit or rollback.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

/// When a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server gets no commit.
    BeforeCommit,
    /// The server has committed, and its answer is lost.
    AfterCommit,
    /// The server gets no rollback.
    BeforeRollback,
}

impl Cut {
    fn is_due(self, sent: &[u8]) -> bool {
        let statement: &[u8] = match self {
            Self::BeforeCommit | Self::AfterCommit => b"COMMIT",
            Self::BeforeRollback => b"ROLLBACK",
        };
        sent.windows(statement.len()).any(|part| part == statement)
    }
}

/// A socket whose connections lead to that of a server.
pub(crate) struct Proxy {
    folder: TempDir,
    next: Arc<Mutex<Option<Cut>>>,
}

impl Proxy {
    pub(crate) fn start(server: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let next: Arc<Mutex<Option<Cut>>> = Arc::default();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let (server, cut) = (server.join(SOCKET), Arc::clone(&next));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, server.clone(), Arc::clone(&cut)));
            }
        });
        Self { folder, next }
    }

    pub(crate) fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// Cuts the connection that commits or rolls back next.
    pub(crate) fn cut_next(&self, cut: Cut) {
        *self.next.lock().unwrap() = Some(cut);
    }
}

const SOCKET: &str = ".s.PGSQL.5432";

/// Copies in both directions until one side closes, or the connection is cut.
async fn relay(mut client: UnixStream, server: PathBuf, next: Arc<Mutex<Option<Cut>>>) {
    let mut server = UnixStream::connect(server).await.unwrap();
    let (mut sent, mut answered) = ([0; 8192], [0; 8192]);
    loop {
        tokio::select! {
            Ok(length @ 1..) = client.read(&mut sent) => {
                let sent = &sent[..length];
                let cut = next.lock().unwrap().take_if(|cut| cut.is_due(sent));
                if matches!(cut, Some(Cut::BeforeCommit | Cut::BeforeRollback)) {
                    return;
                }
                server.write_all(sent).await.unwrap();
                if cut == Some(Cut::AfterCommit) {
                    assert!(server.read(&mut answered).await.unwrap() > 0);
                    return;
                }
            }
            Ok(length @ 1..) = server.read(&mut answered) => {
                if client.write_all(&answered[..length]).await.is_err() {
                    return;
                }
            }
            else => return,
        }
    }
}
