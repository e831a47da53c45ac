//! A webhook receiver that records deliveries byte by byte.

use std::sync::{Arc, Mutex};

use cryptopocket::webhooks::{Event, Verifier, VerifyError};
use cryptopocket_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A received delivery.
#[derive(Clone)]
pub(crate) struct Delivery {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Delivery {
    /// The result of the SDK's verifier.
    pub(crate) fn verified_by(&self, verifier: &Verifier) -> Result<Event, VerifyError> {
        verifier.event(&self.headers, &self.body)
    }
}

/// Answers every delivery with 204.
pub(crate) struct Receiver {
    pub(crate) url: String,
    came: Arc<Mutex<Vec<Delivery>>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let came = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&came);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let delivery = read(&mut stream).await;
                kept.lock().unwrap().push(delivery);
                let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                stream.write_all(answer).await.unwrap();
            }
        });
        Self { url, came }
    }

    pub(crate) fn all(&self) -> Vec<Delivery> {
        self.came.lock().unwrap().clone()
    }

    /// All deliveries, verified with the secret of the first integration of `sandbox`.
    pub(crate) fn verified(&self, sandbox: &Sandbox) -> Vec<Result<Event, VerifyError>> {
        let verifier = verifier(sandbox);
        self.all().iter().map(|one| one.verified_by(&verifier)).collect()
    }
}

pub(crate) fn verifier(sandbox: &Sandbox) -> Verifier {
    Verifier::new(sandbox.api_secret())
        .unwrap()
        .require_api_key(sandbox.api_key())
}

async fn read(stream: &mut TcpStream) -> Delivery {
    let mut bytes = Vec::new();
    let end = loop {
        more(stream, &mut bytes).await;
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let headers: Vec<(String, String)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.unwrap().1.parse().unwrap();
    while bytes.len() < end + length {
        more(stream, &mut bytes).await;
    }
    let body = bytes[end..].to_vec();
    Delivery { headers, body }
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) {
    let mut chunk = [0; 4096];
    let count = stream.read(&mut chunk).await.unwrap();
    assert!(count > 0, "the delivery broke off");
    bytes.extend_from_slice(&chunk[..count]);
}
