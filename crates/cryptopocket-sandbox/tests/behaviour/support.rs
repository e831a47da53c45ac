//! A client over plain HTTP and JSON, and a receiver of webhooks.

use std::sync::{Arc, Mutex};

use cryptopocket_sandbox::{Builder, Delivery, Sandbox, Speed};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::listed::unlisted_fields;

pub(crate) const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
pub(crate) const IBAN: &str = "ES9121000418450200051332";

/// A client for plain HTTP.
pub(crate) fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
}

pub(crate) struct Api {
    pub(crate) sandbox: Sandbox,
    http: reqwest::Client,
    token: String,
}

impl Api {
    pub(crate) async fn start() -> Self {
        Self::from(Sandbox::builder()).await
    }

    pub(crate) async fn manual() -> Self {
        Self::from(Sandbox::builder().speed(Speed::Manual)).await
    }

    pub(crate) async fn from(builder: Builder) -> Self {
        let mut api = Self {
            sandbox: builder.start().await.unwrap(),
            http: http().build().unwrap(),
            token: String::new(),
        };
        let (key, secret) = (
            api.sandbox.api_key().to_owned(),
            api.sandbox.api_secret().to_owned(),
        );
        api.token = api.log_in(&key, &secret).await;
        api
    }

    pub(crate) async fn log_in(&self, key: &str, secret: &str) -> String {
        let reply = self
            .post("authenticate", &json!({"api_key": key, "api_secret": secret}))
            .await;
        reply["data"]["token"].as_str().unwrap().to_owned()
    }

    /// The same emulator with another token.
    pub(crate) fn with_token(mut self, token: String) -> Self {
        self.token = token;
        self
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}/{path}", self.sandbox.base_url()))
            .header("auth", &self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.request(Method::GET, path)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// The body of the reply as text.
    pub(crate) async fn text(&self, path: &str) -> String {
        self.request(Method::GET, path)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        self.request(Method::POST, path)
            .json(body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        self.request(Method::POST, path)
            .form(fields)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// A request to any URL of the emulator, without a token.
    pub(crate) async fn visit(&self, method: Method, url: &str, form: &[(&str, &str)]) -> (u16, String) {
        let request = self.http.request(method.clone(), url);
        let request = if method == Method::POST {
            request.form(form)
        } else {
            request
        };
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub(crate) async fn control(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}/{path}", self.sandbox.control_url());
        let response = self.http.post(url).json(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// The reply of `GET state`.
    pub(crate) async fn visit_state(&self) -> String {
        let url = format!("{}/state", self.sandbox.control_url());
        self.visit(Method::GET, &url, &[]).await.1
    }

    /// A customer with a finished verification.
    pub(crate) async fn customer(&self) -> u64 {
        let reply = self
            .post(
                "registerUser",
                &json!({"name": "Ana", "email": "ana+approved@example.com"}),
            )
            .await;
        reply["data"]["id"].as_u64().unwrap()
    }

    pub(crate) fn order(user: u64, payment_type: &str) -> Value {
        json!({
            "user_id": user, "fiat_symbol": "EUR", "fiat_amount": 150.5, "coin_symbol": "USDC",
            "coin_chain": "polygon", "wallet": WALLET, "payment_type": payment_type,
        })
    }

    /// Creates a payment and returns its id and the whole reply.
    pub(crate) async fn pay_by(&self, user: u64, payment_type: &str) -> (String, Value) {
        let reply = self.post("createPayment", &Self::order(user, payment_type)).await;
        (reply["data"]["payment_id"].as_str().unwrap().to_owned(), reply)
    }

    pub(crate) async fn status(&self, payment: &str) -> String {
        self.get(&format!("payment/{payment}")).await["data"]["status"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn offramp(&self, user: u64) -> u64 {
        let body =
            json!({"user_id": user, "amount": 20, "symbol": "DAI", "blockchain": "polygon", "iban": IBAN});
        self.post("createRampoff", &body).await["data"]["id"]
            .as_u64()
            .unwrap()
    }
}

/// At the end of every test, no answer has had a field that the specification does not list.
impl Drop for Api {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let unlisted = unlisted_fields(&self.sandbox.journal());
            assert!(unlisted.is_empty(), "not in the specification: {unlisted:?}");
        }
    }
}

/// The result of each attempt to deliver a webhook.
pub(crate) fn results(delivery: &Delivery) -> Vec<Result<u16, String>> {
    let attempts = delivery.attempts.iter();
    attempts.map(|attempt| attempt.result.clone()).collect()
}

#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.as_str())
            .unwrap()
    }
}

/// Answers webhooks with the given statuses, then with 204, and records them.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    pub(crate) received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    pub(crate) async fn start(statuses: Vec<u16>) -> Self {
        Self::listen("http", statuses, |stream| std::future::ready(Some(stream))).await
    }

    /// The same over HTTPS; a connection whose handshake fails is dropped.
    pub(crate) async fn start_tls(acceptor: TlsAcceptor, statuses: Vec<u16>) -> Self {
        Self::listen("https", statuses, move |stream| {
            let handshake = acceptor.accept(stream);
            async { handshake.await.ok() }
        })
        .await
    }

    async fn listen<S, A, F>(scheme: &str, mut statuses: Vec<u16>, accept: A) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
        A: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = Option<S>> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://{}/hook?shop=1", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        tokio::spawn(async move {
            statuses.reverse();
            while let Ok((stream, _)) = listener.accept().await {
                let Some(mut stream) = accept(stream).await else {
                    continue;
                };
                let request = read(&mut stream).await;
                kept.lock().unwrap().push(request);
                let status = statuses.pop().unwrap_or(204);
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
                drop(stream.shutdown().await);
            }
        });
        Self { url, received }
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) fn types(&self) -> Vec<String> {
        self.all()
            .iter()
            .map(|one| one.json()["type"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Received {
    let mut bytes = Vec::new();
    let head = loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        assert!(count > 0, "the request broke off");
        bytes.extend_from_slice(&chunk[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let headers: Vec<(String, String)> = text
        .lines()
        .skip(1)
        .filter_map(|line| {
            line.split_once(": ")
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        })
        .collect();
    let length: usize = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    while bytes.len() < head + 4 + length {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        assert!(count > 0, "the body broke off");
        bytes.extend_from_slice(&chunk[..count]);
    }
    Received {
        headers,
        body: bytes[head + 4..].to_vec(),
    }
}
