//! Keep-alive connections over plain TCP, each with one request in flight at a time.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
    host: String,
    token: String,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// The text or number of the first field with this name, at any depth.
    pub(crate) fn field(&self, name: &str) -> String {
        let after = self
            .body
            .split(&format!("\"{name}\":"))
            .nth(1)
            .unwrap_or_default();
        let end = |c: char| matches!(c, ',' | '}' | '"');
        after
            .trim_start_matches('"')
            .split(end)
            .next()
            .unwrap_or_default()
            .to_owned()
    }
}

impl Wire {
    pub(crate) async fn open(host: &str, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 << 10),
            host: host.to_owned(),
            token: token.to_owned(),
        })
    }

    pub(crate) async fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.answer(&self.request(path, None)).await
    }

    pub(crate) async fn post(&mut self, path: &str, json: &str) -> io::Result<Answer> {
        self.answer(&self.request(path, Some(json))).await
    }

    /// A `POST` if there is a body, else a `GET`.
    fn request(&self, path: &str, json: Option<&str>) -> String {
        let (host, token) = (&self.host, &self.token);
        match json {
            None => format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nauth: {token}\r\n\r\n"),
            Some(json) => format!(
                "POST {path} HTTP/1.1\r\nhost: {host}\r\nauth: {token}\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\n\r\n{json}",
                json.len()
            ),
        }
    }

    async fn answer(&mut self, request: &str) -> io::Result<Answer> {
        let (status, body) = self.exchange(request).await?;
        Ok(Answer {
            status,
            body: String::from_utf8_lossy(body).into_owned(),
        })
    }

    /// Sends a request and waits for the status and the body of its answer.
    async fn exchange(&mut self, request: &str) -> io::Result<(u16, &[u8])> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some((status, body)) = whole(&self.buffer) {
                return Ok((status, &self.buffer[body]));
            }
        }
    }
}

/// The status of an answer and the range of its body, once it is complete. Both servers send a length.
fn whole(bytes: &[u8]) -> Option<(u16, Range<usize>)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.get(9..12)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let body = end + 4..end + 4 + length.unwrap_or(0);
    (bytes.len() >= body.end).then_some((status, body))
}

/// A measurement.
pub(crate) struct Pace {
    pub(crate) requests: usize,
    pub(crate) took: Duration,
    slowest_first: Vec<Duration>,
}

impl Pace {
    pub(crate) fn per_second(&self) -> f64 {
        self.requests as f64 / self.took.as_secs_f64()
    }

    pub(crate) fn p99(&self) -> Duration {
        self.slowest_first
            .get(self.requests / 100)
            .copied()
            .unwrap_or_default()
    }
}

/// Repeats one call on `connections` at a time until `limit` has passed.
pub(crate) async fn press(
    (host, token): (&str, &str),
    (path, json): (&str, Option<&str>),
    connections: usize,
    limit: Duration,
) -> io::Result<Pace> {
    let began = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let mut wire = Wire::open(host, token).await?;
        let request = wire.request(path, json);
        tasks.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while began.elapsed() < limit {
                let sent = Instant::now();
                let (status, body) = wire.exchange(&request).await?;
                times.push(sent.elapsed());
                if status != 200 || !body.windows(6).any(|part| part == b"\"data\"") {
                    let body = String::from_utf8_lossy(body);
                    return Err(io::Error::other(format!("{status} {body}")));
                }
            }
            Ok::<_, io::Error>(times)
        }));
    }
    let mut slowest_first = Vec::new();
    for task in tasks {
        slowest_first.extend(task.await??);
    }
    let took = began.elapsed();
    slowest_first.sort_unstable_by(|a, b| b.cmp(a));
    Ok(Pace {
        requests: slowest_first.len(),
        took,
        slowest_first,
    })
}

/// A unit of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// A payment is created.
    Create,
    /// A payment by card is created and paid.
    Card,
    /// A transfer is created, credited and reconciled.
    Transfer,
}

/// Does `work` `count` times, spread over `connections`, for `users`.
pub(crate) async fn fill(
    host: &str,
    token: &str,
    users: &[String],
    (count, work): (usize, Work),
    connections: usize,
) -> io::Result<Duration> {
    let began = Instant::now();
    let (next, users): (_, Arc<[String]>) = (Arc::new(AtomicUsize::new(0)), users.into());
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let mut wire = Wire::open(host, token).await?;
        let (next, users) = (Arc::clone(&next), Arc::clone(&users));
        tasks.push(tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok::<_, io::Error>(());
                }
                one(&mut wire, &users[number % users.len()], number, work).await?;
            }
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(began.elapsed())
}

async fn one(wire: &mut Wire, user: &str, number: usize, work: Work) -> io::Result<()> {
    let method = if work == Work::Transfer {
        "transfer"
    } else {
        "card"
    };
    let order = format!(
        r#"{{"user_id":{user},"external_id":"order-{number}","fiat_symbol":"EUR","fiat_amount":10.50,"coin_symbol":"USDC","coin_chain":"polygon","wallet":"0x{number:040x}","payment_type":"{method}"}}"#
    );
    let created = wire.post("/api/createPayment", &order).await?;
    let payment = created.field("payment_id");
    if payment.len() != 25 {
        return Err(io::Error::other(created.body));
    }
    let last = match work {
        Work::Create => created,
        Work::Card => {
            wire.post(&format!("/_sandbox/payments/{payment}/pay"), "{}")
                .await?
        }
        Work::Transfer => {
            let credit = format!(
                r#"{{"amount":"10.50","concept":"{}","payer_name":"Ana Lopez {number}"}}"#,
                created.field("concept")
            );
            let credited = wire.post("/_sandbox/bank/credits", &credit).await?;
            let transaction = credited.field("transaction_id");
            let pair = format!(r#"{{"payment_id":"{payment}","transaction_id":"{transaction}"}}"#);
            wire.post("/api/banking/reconcile", &pair).await?
        }
    };
    if last.status == 200 && !last.body.contains("\"error\"") {
        return Ok(());
    }
    Err(io::Error::other(last.body))
}
