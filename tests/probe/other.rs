//! A provider of other paths, names, kinds and units.

use std::time::Duration;

use cryptopocket::onramp::{PaymentFilter, QuoteRequest};
use cryptopocket::{
    Asset, Choices, Client, Credentials, Currency, Money, PagesEnd, PaymentId, PaymentType, RetryPolicy,
    Session,
};
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
    Probe::new(session(provider, choices))
        .run()
        .await
        .expect("a login")
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

#[tokio::test]
async fn chosen_paths_and_names_are_confirmed() {
    let provider = OtherProvider::start().await;
    let choices = probe(&provider, Choices::new()).await.choices().clone();
    let report = probe(&provider, choices.clone()).await;
    let curable = [
        Verdict::OtherPath,
        Verdict::OtherName,
        Verdict::OtherParameter,
        Verdict::FirstPage,
        Verdict::NoPath,
    ];
    let left = report
        .differences()
        .filter(|finding| curable.contains(&finding.verdict));
    assert_eq!(shown(left), "");
    assert_eq!(report.choices(), &choices, "nothing more to choose");
}

#[tokio::test]
async fn main_flows_run_with_the_proposed_choices() {
    let provider = OtherProvider::start().await;
    let choices = probe(&provider, Choices::new()).await.choices().clone();
    let client = Client::from(session(&provider, choices));

    let assets = client.list_assets().await.expect("assets").into_items();
    assert_eq!(assets.len(), 2);
    let usdc = Asset::new("USDC", "polygon");
    let price = client.price(&usdc, Currency::EUR).await.expect("a price");
    assert_eq!(price.price.to_string(), "0.9213 EUR");

    let onramp = client.onramp();
    let hundred: Money = "100 EUR".parse().expect("an amount");
    let quote = onramp
        .quote(QuoteRequest::new(hundred, usdc, PaymentType::Card))
        .await
        .expect("a quote");
    assert_eq!(quote.tokens.to_string(), "98.70 USDC");

    let mut payments = onramp.list_payments(PaymentFilter::new()).per_page(2).pages();
    let mut ids = Vec::new();
    while let Some(page) = payments.next().await {
        ids.extend(
            page.expect("a page")
                .into_items()
                .into_iter()
                .map(|payment| payment.id),
        );
    }
    assert_eq!((ids.len(), payments.ended()), (5, Some(PagesEnd::Announced)));

    let payment = onramp
        .payment(&PaymentId::from("otherpayment0000000000003"))
        .await
        .expect("a payment");
    assert_eq!(payment.fiat.value().expect("money").to_string(), "100.00 EUR");
    assert!(payment.holder.value().is_some(), "the name inside of the holder");
}
