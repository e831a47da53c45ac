//! Benchmarks: requests a second beside Prism's mock, pages of long lists, memory, and writes to the
//! state file. `docs/performance.md` says how to run them.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench measures real time and prints what it found"
)]

mod load;
mod server;

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use load::{Wire, Work, fill, press};
use server::{ROLE, Server, be_an_emulator};

const CONNECTIONS: usize = 32;
const PRESSED: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    // One thread on either side, as `cryptopocket sandbox` runs.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if arguments.first().is_some_and(|first| first == ROLE) {
        return runtime.block_on(be_an_emulator(arguments.get(1).cloned()));
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|one| one == name);
    runtime.block_on(async {
        if wanted("requests") {
            requests().await?;
        }
        if wanted("memory") {
            memory().await?;
        }
        if wanted("pages") {
            pages().await?;
        }
        if wanted("state") {
            state().await?;
        }
        Ok(())
    })
}

/// The measured calls: a read, and a write that creates a payment each time.
const ROUTES: [(&str, &str, Option<&str>); 2] = [
    (
        "GET /quote",
        "/quote?amount=100&symbol=USDC&chain=polygon&payment_type=card",
        None,
    ),
    (
        "POST /createPayment",
        "/createPayment",
        Some(
            r#"{"user_id":100001,"external_id":"order-1","fiat_symbol":"EUR","fiat_amount":10.50,"coin_symbol":"USDC","coin_chain":"polygon","wallet":"0x52908400098527886E0F7030069857D2E4169EE7","payment_type":"transfer"}"#,
        ),
    ),
];

async fn requests() -> io::Result<()> {
    let (connections, seconds) = (CONNECTIONS, PRESSED.as_secs());
    println!("\nThe same call, {connections} connections, {seconds} s each, one after the other:\n");
    println!("| server | first answer after | call | requests/s | p99 |\n|---|---|---|---|---|");
    let server = Server::emulator(None).await?;
    server.customers(1).await?;
    let ours = pressed("emulator", &server, "/api").await?;
    drop(server);
    let Some(program) = std::env::var_os("PRISM") else {
        println!("\nPrism: not asked for; set PRISM to its program.");
        return Ok(());
    };
    for (name, options) in [
        ("Prism mock", &[][..]),
        ("Prism mock, silent", &["--verboseLevel", "silent"][..]),
    ] {
        let server = Server::prism(Path::new(&program), options).await?;
        let theirs = pressed(name, &server, "").await?;
        let times: Vec<String> = ours
            .iter()
            .zip(theirs)
            .zip(ROUTES)
            .map(|((ours, theirs), (call, ..))| format!("{:.0} times on {call}", ours / theirs))
            .collect();
        println!("| | | the emulator: {} | | |", times.join(", "));
    }
    Ok(())
}

/// How many requests a second each route takes, after a warm-up.
async fn pressed(name: &str, server: &Server, below: &str) -> io::Result<Vec<f64>> {
    let mut rates = Vec::new();
    for (call, path, json) in ROUTES {
        let path = format!("{below}{path}");
        let (to, what) = (
            (server.host.as_str(), server.token.as_str()),
            (path.as_str(), json),
        );
        press(to, what, CONNECTIONS, Duration::from_secs(2)).await?;
        let pace = press(to, what, CONNECTIONS, PRESSED).await?;
        let (rate, p99, first) = (pace.per_second(), pace.p99(), server.first_answer);
        println!("| {name} | {first:.1?} | {call} | {rate:.0} | {p99:.1?} |");
        rates.push(rate);
    }
    Ok(rates)
}

async fn memory() -> io::Result<()> {
    const COUNT: usize = 100_000;
    println!("\nResident memory, {COUNT} payments created and settled, 1000 customers:\n");
    println!("| settled by | before | after | a payment | took |\n|---|---|---|---|---|");
    for (name, work) in [
        ("card", Work::Card),
        ("transfer, credit, reconciliation", Work::Transfer),
    ] {
        let server = Server::emulator(None).await?;
        let users = server.customers(1_000).await?;
        let before = server.resident().unwrap_or_default();
        let took = fill(&server.host, &server.token, &users, (COUNT, work), CONNECTIONS).await?;
        let after = server.resident().unwrap_or_default();
        println!(
            "| {name} | {:.1} MB | {:.1} MB | {} bytes | {took:.1?} |",
            before as f64 / 1e6,
            after as f64 / 1e6,
            after.saturating_sub(before) / COUNT
        );
    }
    Ok(())
}

async fn pages() -> io::Result<()> {
    const SIZES: [usize; 2] = [1_000, 1_000_000];
    println!("\nA page of 15 payments, median of 2000 calls on one connection:\n");
    println!(
        "| listing | of {} | of {} | ratio |\n|---|---|---|---|",
        SIZES[0], SIZES[1]
    );
    let listings = [
        ("newest", "/api/payments".to_owned()),
        ("in the middle", "/api/payments?page=MIDDLE".to_owned()),
        ("status=started", "/api/payments?status=started".to_owned()),
        (
            "status=started, in the middle",
            "/api/payments?status=started&page=MIDDLE".to_owned(),
        ),
        ("external_id", "/api/payments?external_id=order-500".to_owned()),
        (
            "status, from and to",
            "/api/payments?status=started&from=2026-06-26T09:00:00.500Z&to=2026-06-26T10:00:00Z".to_owned(),
        ),
    ];
    let mut found = vec![Vec::new(); listings.len()];
    for size in SIZES {
        let server = Server::emulator(None).await?;
        let users = server.customers(1_000.min(size)).await?;
        fill(
            &server.host,
            &server.token,
            &users,
            (size, Work::Create),
            CONNECTIONS,
        )
        .await?;
        let mut wire = Wire::open(&server.host, &server.token).await?;
        for (place, (_, path)) in listings.iter().enumerate() {
            let path = path.replace("MIDDLE", &(size / 30).to_string());
            found[place].push(median(&mut wire, &path).await?);
        }
    }
    for ((name, _), times) in listings.iter().zip(found) {
        let ratio = times[1].as_secs_f64() / times[0].as_secs_f64();
        println!("| {name} | {:.1?} | {:.1?} | {ratio:.2} |", times[0], times[1]);
    }
    Ok(())
}

async fn median(wire: &mut Wire, path: &str) -> io::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..2_000 {
        let sent = Instant::now();
        let answer = wire.get(path).await?;
        times.push(sent.elapsed());
        if answer.status != 200 || !answer.body.contains("\"id\"") {
            return Err(io::Error::other(answer.body));
        }
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

async fn state() -> io::Result<()> {
    println!("\nPayments created with a state file, each on the disk before its answer:\n");
    println!("| connections | payments/s |\n|---|---|");
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("state");
    for (connections, count) in [(1, 1_000), (8, 5_000), (64, 20_000), (256, 75_000)] {
        let server = Server::emulator(Some(&path)).await?;
        let mut wire = Wire::open(&server.host, &server.token).await?;
        let body = format!(r#"{{"name":"Ana","email":"ana{connections}+approved@example.com"}}"#);
        let user = wire.post("/api/registerUser", &body).await?.field("id");
        let took = fill(
            &server.host,
            &server.token,
            &[user],
            (count, Work::Create),
            connections,
        )
        .await?;
        println!("| {connections} | {:.0} |", count as f64 / took.as_secs_f64());
    }
    let size = std::fs::metadata(&path)?.len();
    let server = Server::emulator(Some(&path)).await?;
    println!(
        "\nAfter 101000 payments and five kills: {:.1} MB on the disk, first answer {:.0?} after the next start.",
        size as f64 / 1e6,
        server.first_answer
    );
    Ok(())
}
