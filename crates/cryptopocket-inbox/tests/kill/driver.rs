//! Starts processes, posts webhooks, kills, and counts.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cryptopocket_inbox::EventState;
use cryptopocket_webhooks::Signer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::service::SECRET;
use crate::subject::Subject;

/// Connections that post at the same time.
const CLIENTS: u64 = 8;

/// `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// What was posted and what was acknowledged, by number of the payment.
#[derive(Default)]
struct Posted {
    next: AtomicU64,
    acknowledged: Mutex<BTreeSet<u64>>,
    /// Acknowledgements until the next kill.
    countdown: AtomicU64,
    acknowledgement: Notify,
}

pub(crate) fn run(subject: &Subject) {
    let (kills, seed) = (
        number("CRYPTOPOCKET_KILLS", 20),
        number("CRYPTOPOCKET_KILL_SEED", 1),
    );
    let mut dice = Dice(seed);
    let runtime = runtime();
    let posted = Arc::new(Posted::default());
    for _ in 0..kills {
        let mut process = start(subject);
        if dice.below(8) == 0 {
            // While it opens the store.
            runtime.block_on(pause(dice.below(20)));
            kill(&mut process);
            continue;
        }
        let address = address_of(&mut process);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                runtime.spawn(post_until_refused(
                    address.clone(),
                    Arc::clone(&posted),
                    Dice(dice.below(u64::MAX)),
                ))
            })
            .collect();
        if dice.below(2) == 0 {
            // The very moment of an acknowledgement, when what it rests on would be missing if it came too early.
            let count = dice.below(100) + 1;
            posted.countdown.store(count, Ordering::SeqCst);
            runtime.block_on(async {
                tokio::select! {
                    () = posted.acknowledgement.notified() => {}
                    () = pause(1000) => {}
                }
            });
        } else {
            runtime.block_on(pause(10 + dice.below(200)));
        }
        kill(&mut process);
        for client in clients {
            runtime.block_on(client).unwrap();
        }
    }
    finish(subject, &runtime);
    let left = runtime.block_on(subject.left());
    let acknowledged = posted.acknowledged.lock().unwrap();
    for number in acknowledged.iter() {
        assert!(
            left.events.contains_key(&key(*number)),
            "seed {seed}: {} was acknowledged and is lost",
            key(*number)
        );
    }
    for (key, state) in &left.events {
        let effects = left.effects.get(key).copied().unwrap_or(0);
        assert_eq!((*state, effects), (EventState::Done, 1), "seed {seed}: {key}");
    }
    assert_eq!(
        left.effects.len(),
        left.events.len(),
        "seed {seed}: effects without an event"
    );
    assert!(
        acknowledged.len() as u64 > kills,
        "seed {seed}: only {} were acknowledged",
        acknowledged.len()
    );
    println!(
        "{}: {kills} kills, {} posted, {} acknowledged, {} stored, {} effects: none lost, none doubled",
        subject.name(),
        posted.next.load(Ordering::Relaxed),
        acknowledged.len(),
        left.events.len(),
        left.effects.len(),
    );
}

/// Lets one process handle what is left. It ends by itself once all is done.
fn finish(subject: &Subject, runtime: &tokio::runtime::Runtime) {
    let mut process = start(subject);
    let _ = address_of(&mut process);
    loop {
        runtime.block_on(pause(200));
        let left = runtime.block_on(subject.left());
        if left.events.values().all(|state| *state == EventState::Done) {
            break;
        }
    }
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
}

fn start(subject: &Subject) -> Child {
    subject
        .command()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn address_of(process: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(!line.is_empty(), "the process ended before it could serve");
    line.trim().to_owned()
}

fn kill(process: &mut Child) {
    // SIGKILL, which a process cannot catch.
    process.kill().unwrap();
    process.wait().unwrap();
}

#[allow(clippy::disallowed_methods, reason = "a process takes real time")]
async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

fn key(number: u64) -> String {
    format!("PAY_IN|id:p{number}")
}

/// Posts new events and some again, until the process is gone.
async fn post_until_refused(address: String, posted: Arc<Posted>, mut dice: Dice) {
    let signer = Signer::new(SECRET).unwrap();
    loop {
        let known = posted.next.load(Ordering::Relaxed);
        let number = if known > 0 && dice.below(4) == 0 {
            known - 1 - dice.below(known.min(200))
        } else {
            posted.next.fetch_add(1, Ordering::Relaxed)
        };
        let body = format!(r#"{{"type":"PAY_IN","data":{{"id":"p{number}","status":"payment_received"}}}}"#);
        match post(&address, &signer, &body).await {
            Ok(200) => {
                if posted.countdown.fetch_sub(1, Ordering::SeqCst) == 1 {
                    posted.acknowledgement.notify_one();
                }
                posted.acknowledged.lock().unwrap().insert(number);
            }
            Ok(status) => assert_eq!(status, 503, "a delivery was refused"),
            Err(_) => return,
        }
    }
}

async fn post(address: &str, signer: &Signer, body: &str) -> std::io::Result<u16> {
    let headers = signer.sign(body.as_bytes());
    let request = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\nX-Timestamp: {}\r\nX-Signature: {}\r\n\r\n{body}",
        body.len(),
        headers.timestamp(),
        headers.signature(),
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    // An answer that was cut off before its status is none.
    status.ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
}
