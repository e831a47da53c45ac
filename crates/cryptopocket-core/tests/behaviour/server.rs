//! An HTTP server of a few lines, which can also misbehave.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What the server does after it has read a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Writes a whole answer and keeps the connection.
    Answer(u16, String),
    /// Writes these bytes as they are and closes.
    Raw(Vec<u8>),
    /// Writes this head, and then a body that never ends.
    Endless(&'static str),
    /// Writes these bytes as they are, and then nothing for ever.
    Stall(&'static str),
    /// Says nothing for ever.
    Hang,
    /// Closes without an answer.
    Close,
}

impl Act {
    pub(crate) fn json(body: &str) -> Self {
        Self::Answer(200, body.to_owned())
    }
}

#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

type React = dyn Fn(&Request) -> Act + Send + Sync;

/// Accepts until the test's runtime ends.
pub(crate) struct Server {
    pub(crate) base_url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(react: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Self {
        Self::begin(None, react).await
    }

    /// The same over TLS.
    #[cfg(any(feature = "ring", feature = "aws-lc", feature = "native-tls"))]
    pub(crate) async fn start_tls(
        tls: TlsAcceptor,
        react: impl Fn(&Request) -> Act + Send + Sync + 'static,
    ) -> Self {
        Self::begin(Some(tls), react).await
    }

    async fn begin(
        tls: Option<TlsAcceptor>,
        react: impl Fn(&Request) -> Act + Send + Sync + 'static,
    ) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let react: Arc<React> = Arc::new(react);
        let seen = Arc::clone(&requests);
        let connections = Arc::new(AtomicUsize::new(0));
        let accepted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::SeqCst);
                let (react, seen, tls) = (Arc::clone(&react), Arc::clone(&seen), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, react, seen).await,
                        Some(tls) => serve(tls.accept(stream).await?, react, seen).await,
                    }
                });
            }
        });
        Self {
            base_url: format!("{scheme}://{address}/api"),
            requests,
            connections,
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The requests to `path`, in order.
    pub(crate) fn requests(&self, path: &str) -> Vec<Request> {
        let target = format!(" /api{path}");
        let requests = self.requests.lock().expect("no panic while locked");
        requests
            .iter()
            .filter(|request| request.line.contains(&target))
            .cloned()
            .collect()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    react: Arc<React>,
    seen: Arc<Mutex<Vec<Request>>>,
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await? {
        let act = react(&request);
        seen.lock().expect("no panic while locked").push(request);
        match act {
            Act::Answer(status, body) => {
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n", body.len());
                stream
                    .write_all(&[head.as_bytes(), body.as_bytes()].concat())
                    .await?;
            }
            Act::Raw(bytes) => return stream.write_all(&bytes).await,
            Act::Endless(head) => {
                stream.write_all(head.as_bytes()).await?;
                loop {
                    stream.write_all(b"400\r\n").await?;
                    stream.write_all(&[b' '; 0x400]).await?;
                    stream.write_all(b"\r\n").await?;
                }
            }
            Act::Stall(bytes) => {
                stream.write_all(bytes.as_bytes()).await?;
                std::future::pending::<()>().await;
            }
            Act::Hang => std::future::pending().await,
            Act::Close => return Ok(()),
        }
    }
    Ok(())
}

async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> std::io::Result<Option<Request>> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let mut request = Request {
                line: String::new(),
                head,
                body: String::new(),
            };
            request.line = request.head.lines().next().unwrap_or_default().to_owned();
            let length = request
                .header("content-length")
                .and_then(|text| text.parse().ok())
                .unwrap_or(0);
            let whole = end + 4 + length;
            if buffer.len() >= whole {
                request.body = String::from_utf8_lossy(&buffer[end + 4..whole]).into_owned();
                buffer.drain(..whole);
                return Ok(Some(request));
            }
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}
