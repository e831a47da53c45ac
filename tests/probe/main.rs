//! The probe, against the emulator and against a provider for which most guesses are wrong.

mod emulator;
mod other;

use cryptopocket_probe::{Finding, Report};

/// The report without the confirmed findings, one a line.
fn shown<'r>(findings: impl Iterator<Item = &'r Finding>) -> String {
    findings.map(|finding| format!("{finding}\n")).collect()
}

/// Every text that a probe writes.
fn written(report: &Report) -> String {
    report
        .files()
        .into_iter()
        .map(|(path, text)| format!("{path}\n{text}\n"))
        .collect()
}
