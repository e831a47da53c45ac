//! Time and allocations of one GET over loopback, beside `reqwest` with `serde_json` written by hand.
//!
//! `cargo bench -p cryptopocket --bench overhead`. With `-- --check` it fails beyond the limits.

use std::alloc::System;
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use cryptopocket::{Client, Credentials, HttpTransport, PaymentId, Transport, WireRequest};
use serde::Deserialize;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Connections of each client. A new one may meet a server thread on another processor.
const RUNS: u32 = 12;
const ROUNDS: u32 = 5;
const CALLS: u32 = 250;
const MAX_TIME: f64 = 1.15;
const MAX_ALLOCATIONS: usize = 90;

const PAYMENT: &str = "pay4H8nC2wY6jTf5QdV1xRk9m";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 290\r\n\r\n\
{\"status\":\"ok\",\"data\":{\"id\":\"pay4H8nC2wY6jTf5QdV1xRk9m\",\"external_id\":\"order-2002\",\"user_id\":\"100067\",\
\"status\":\"coins_sent\",\"fiat_amount\":15050,\"fiat_symbol\":\"EUR\",\"coin_symbol\":\"USDC\",\"coin_amount\":148.32,\
\"created_at\":\"2026-06-20T10:15:30.123456Z\",\"holder\":\"Ada Lovelace\",\"txid\":\"0x5f0a\"}}";
const LOGIN: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-length: 65\r\n\r\n{\"status\":\"ok\",\"data\":{\"token\":\"T\",\"expires_in\":3600},\"extra\":\"\"}";

/// A server on threads of its own. It allocates nothing for a request, so that only clients are counted.
fn serve() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                while stream.set_nodelay(true).is_ok() {
                    let answer = match stream.read(&mut request) {
                        Ok(length) if length > 0 => {
                            if request.starts_with(b"POST") {
                                LOGIN
                            } else {
                                ANSWER
                            }
                        }
                        _ => return,
                    };
                    if stream.write_all(answer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok(address)
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded to be counted")]
struct Envelope {
    status: String,
    data: Payment,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded to be counted")]
struct Payment {
    id: String,
    external_id: Option<String>,
    user_id: String,
    status: String,
    fiat_amount: u64,
    fiat_symbol: String,
    coin_symbol: String,
    coin_amount: f64,
    created_at: String,
    holder: Option<String>,
    txid: Option<String>,
}

/// Microseconds of one call in the best of several rounds, and its allocations.
struct Cost {
    microseconds: f64,
    allocations: usize,
}

#[allow(clippy::disallowed_methods, reason = "a bench measures real time")]
async fn round(
    cost: &mut Cost,
    call: &mut impl AsyncFnMut() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let region = Region::new(ALLOCATOR);
    let start = Instant::now();
    for _ in 0..CALLS {
        call().await?;
    }
    let took: Duration = start.elapsed();
    let stats = region.change();
    cost.microseconds = cost.microseconds.min(took.as_secs_f64() * 1e6 / f64::from(CALLS));
    cost.allocations = (stats.allocations + stats.reallocations) / CALLS as usize;
    Ok(())
}

async fn run(address: SocketAddr, costs: &mut [Cost; 3]) -> Result<(), Box<dyn Error>> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("http://{address}/api/payment/{PAYMENT}");
    let mut by_hand = async || -> Result<(), Box<dyn Error>> {
        let request = http
            .get(&url)
            .header("auth", "T")
            .timeout(Duration::from_secs(30));
        let answer = request.send().await?.bytes().await?;
        std::hint::black_box(serde_json::from_slice::<Envelope>(&answer)?);
        Ok(())
    };

    let transport = HttpTransport::builder().environment_proxy(false).build()?;
    let mut transport_alone = async || -> Result<(), Box<dyn Error>> {
        let request = WireRequest {
            operation: "get_payment",
            method: cryptopocket::Method::GET,
            url: url.clone(),
            headers: [(
                cryptopocket::HeaderName::from_static("auth"),
                cryptopocket::HeaderValue::from_static("T"),
            )]
            .into_iter()
            .collect(),
            body: cryptopocket::Bytes::new(),
            timeout: Duration::from_secs(30),
        };
        std::hint::black_box(transport.send(request).await?);
        Ok(())
    };

    let client = Client::builder()
        .base_url(format!("http://{address}/api"))
        .credentials(Credentials::new("key", "secret"))
        .build()?;
    let onramp = client.onramp();
    let id = PaymentId::from(PAYMENT);
    let mut sdk = async || -> Result<(), Box<dyn Error>> {
        std::hint::black_box(onramp.payment(&id).await?);
        Ok(())
    };

    // In turns, so that what else the machine does meets all three alike.
    for _ in 0..ROUNDS {
        round(&mut costs[0], &mut by_hand).await?;
        round(&mut costs[1], &mut transport_alone).await?;
        round(&mut costs[2], &mut sdk).await?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = serve()?;
    let mut costs = [(); 3].map(|()| Cost {
        microseconds: f64::INFINITY,
        allocations: 0,
    });
    for _ in 0..RUNS {
        run(address, &mut costs).await?;
    }
    let [hand, alone, sdk] = costs;
    for (name, cost) in [("by hand", &hand), ("transport", &alone), ("SDK", &sdk)] {
        println!(
            "{name:<10} {:>7.1} µs {:>4} allocations",
            cost.microseconds, cost.allocations
        );
    }
    let ratio = sdk.microseconds / hand.microseconds;
    println!("SDK / by hand: {ratio:.2}");
    let is_over = ratio > MAX_TIME || sdk.allocations > MAX_ALLOCATIONS;
    if is_over && std::env::args().any(|argument| argument == "--check") {
        return Err(format!("the limits are {MAX_TIME} and {MAX_ALLOCATIONS} allocations").into());
    }
    Ok(())
}
