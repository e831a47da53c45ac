//! The probe, against the emulator and against a provider for which most guesses are wrong.

mod emulator;
mod login;
mod other;

use cryptopocket_probe::{Finding, Report};

/// The report without the confirmed findings, one a line.
fn shown<'r>(findings: impl Iterator<Item = &'r Finding>) -> String {
    findings.fold(String::new(), |shown, finding| {
        shown + &finding.to_string() + "\n"
    })
}

/// Every text that a probe writes.
fn written(report: &Report) -> String {
    let files = report.files().into_iter();
    files.fold(String::new(), |written, (path, text)| {
        written + &path + "\n" + &text
    })
}
