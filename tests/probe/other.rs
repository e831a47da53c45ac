//! A provider of other paths, names, kinds and units.

use std::time::Duration;

use cryptopocket::{Choices, Credentials, RetryPolicy, Session};
use cryptopocket_probe::{Probe, Report, Verdict};
use cryptopocket_tests::other_provider::{
    ACCOUNT, API_KEY, API_SECRET, DIFFERENCES, Difference, Kind, OtherProvider,
};

use crate::{shown, written};

fn session(provider: &OtherProvider, choices: Choices) -> Session {
    Session::builder()
        .base_url(provider.base_url())
        .credentials(Credentials::new(API_KEY, API_SECRET))
        .retry(RetryPolicy::default().base(Duration::from_millis(1)))
        .choices(choices)
        .build()
        .expect("a session")
}

async fn probe(provider: &OtherProvider, choices: Choices) -> Report {
    let probe = Probe::new(session(provider, choices)).allow_writes();
    probe.expect("loopback").run().await.expect("a login")
}

/// Whether a finding of the report names the difference.
fn is_named(report: &Report, difference: &Difference) -> bool {
    let Difference {
        operation,
        kind,
        subject,
    } = *difference;
    report
        .differences()
        .chain(report.additions())
        .filter(|finding| finding.operation == operation)
        .any(|finding| {
            let is_at = |name: &str| finding.place.rsplit(['.', ' ']).next() == Some(name);
            let mentions = |name: &str| finding.detail.contains(&format!("`{name}`"));
            match (kind, finding.verdict) {
                (Kind::Path, Verdict::OtherPath) => mentions(subject),
                (Kind::Parameter, Verdict::OtherParameter) => {
                    let (ours, theirs) = subject.split_once(" -> ").expect("two names");
                    is_at(ours) && mentions(theirs)
                }
                (Kind::Missing, Verdict::Missing | Verdict::OtherName)
                | (Kind::Extra, Verdict::Extra)
                | (Kind::Type, Verdict::OtherType)
                | (Kind::Unit, Verdict::OtherUnit)
                | (Kind::FirstPage, Verdict::FirstPage) => is_at(subject),
                // A field under another name is missing there and extra here.
                (Kind::Extra, Verdict::OtherName) => {
                    finding.detail.contains(&format!("`{subject}`"))
                        || finding.detail.contains(&format!("`{subject}."))
                }
                _ => false,
            }
        })
}

#[tokio::test]
async fn report_names_each_difference() {
    let provider = OtherProvider::start().await;
    let report = probe(&provider, Choices::new()).await;
    let unnamed: Vec<_> = DIFFERENCES
        .iter()
        .filter(|difference| !is_named(&report, difference))
        .collect();
    assert!(
        unnamed.is_empty(),
        "{unnamed:#?}\n{}",
        shown(report.differences())
    );
    insta::assert_snapshot!("other_provider", report.page());
    insta::assert_snapshot!("other_provider_choices", report.choices().to_text());
    insta::assert_snapshot!("other_provider_patch", report.patch());
    let written = written(&report);
    for value in [
        "Alma",
        "ALMA",
        "example.com",
        ACCOUNT,
        "otherpayment",
        "200001",
        "98.70",
        API_SECRET,
        "PAGO",
    ] {
        assert!(!written.contains(value), "{value}");
    }
}
