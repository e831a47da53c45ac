//! Simulates many payments, or one world by its seed, and prints the figures.

use std::io::{self, Write as _};
use std::process::ExitCode;

use cryptopocket_simulation::{Figures, Settings, simulate, simulate_many};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| -> Option<u64> {
        let index = arguments.iter().position(|argument| argument == name)?;
        arguments.get(index + 1)?.parse().ok()
    };
    let mut settings = Settings::default();
    if let Some(orders) = value("--orders").and_then(|orders| u32::try_from(orders).ok()) {
        settings.orders = orders;
    }
    if let Some(every) = value("--sqlite-every").and_then(|every| u32::try_from(every).ok()) {
        settings.sqlite_every = every;
    }
    let outcome = if let Some(seed) = value("--seed") {
        simulate(seed, settings)
    } else {
        let payments = value("--payments").unwrap_or(100_000);
        let worlds = payments.div_ceil(u64::from(settings.orders));
        simulate_many(value("--from").unwrap_or(1), worlds, settings, progress)
    };
    let mut output = io::stdout().lock();
    let (text, code) = match outcome {
        Ok(figures) => (figures.to_string(), ExitCode::SUCCESS),
        Err(violation) => (violation.to_string(), ExitCode::FAILURE),
    };
    if writeln!(output, "{text}").is_err() {
        return ExitCode::FAILURE;
    }
    code
}

fn progress(figures: &Figures) {
    if figures.worlds.is_multiple_of(100) {
        let _ = writeln!(io::stderr(), "{figures}");
    }
}
