//! The page for a clerk: one file without links to anything else, to sort and filter.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use askama::Template;
use cryptopocket::banking::matcher::{Decisions, ExpectedPayment};
use cryptopocket::banking::{Transaction, TransactionKey};
use cryptopocket::{Decimal, Field, Money, PaymentId, Personal};

use super::gather::Gathered;
use super::report::{self, texts};
use crate::prelude::*;

/// Writes the page, readable by its owner alone: it holds names and texts.
pub(super) fn write(path: &Path, gathered: &Gathered, decisions: &Decisions<'_>) -> Result<()> {
    let failed = |error: io::Error| {
        let message = format!("{}: {}", path.display(), file::reason(&error));
        Failure::input(message, "Give a file that can be written.")
    };
    let html = html(gathered, decisions).map_err(failed)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
        // The mode above is for a new file only.
        if path.exists() {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        }
    }
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(html.as_bytes()).map_err(failed)
}

/// The page, without characters of foreign texts that steer a browser.
fn html(gathered: &Gathered, decisions: &Decisions<'_>) -> io::Result<String> {
    let html = page(gathered, decisions).render().map_err(io::Error::other)?;
    Ok(html.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}"))
}

/// Its template escapes what is put into it, so that no payer's text becomes markup.
#[derive(Template)]
#[template(path = "reconciliation.html")]
struct Page<'g> {
    payments: usize,
    transactions: usize,
    counts: String,
    sums: String,
    notes: Vec<String>,
    rows: Vec<Row<'g>>,
}

struct Row<'g> {
    payment: Option<&'g ExpectedPayment>,
    outcome: &'static str,
    credit: Option<&'g Transaction>,
    reasons: Vec<String>,
}

/// What an amount is sorted by.
fn number(amount: &Field<Money>) -> Field<Decimal> {
    amount.map(|amount| amount.amount())
}

fn revealed(text: Option<&Personal>) -> &str {
    text.map(Personal::reveal).unwrap_or_default()
}

fn page<'g>(gathered: &'g Gathered, decisions: &Decisions<'_>) -> Page<'g> {
    let payments = gathered.payments.iter().map(|payment| (&payment.id, payment));
    let payments: BTreeMap<_, _> = payments.collect();
    let credits = gathered.transactions.iter().map(|credit| (credit.key(), credit));
    let credits: BTreeMap<_, _> = credits.collect();
    let mut rows = Vec::new();
    let mut row = |payment: Option<&PaymentId>, outcome, credit: Option<&TransactionKey>, reasons| {
        rows.push(Row {
            payment: payment.and_then(|id| payments.get(id).copied()),
            outcome,
            credit: credit.and_then(|key| credits.get(key).copied()),
            reasons,
        });
    };
    let mut foreign = report::foreign(decisions);
    for decision in decisions.iter() {
        let (payment, outcome) = (Some(&decision.payment_id), decision.outcome.as_str());
        if decision.candidates.is_empty() {
            let named = foreign.remove(&decision.payment_id).unwrap_or_default();
            row(payment, outcome, None, named);
        }
        for candidate in &decision.candidates {
            let (credit, reasons) = (Some(&candidate.transaction), texts(&candidate.reasons));
            row(payment, outcome, credit, reasons);
        }
    }
    for late in decisions.late() {
        let reasons = vec!["the credit names this payment, which waits for no money".to_owned()];
        row(Some(&late.payment_id), "late", Some(&late.transaction), reasons);
    }
    for key in report::left_over(decisions).1 {
        row(None, "unmatched", Some(&key), Vec::new());
    }
    let totals = decisions.totals();
    let (counts, sums) = report::in_words(&totals);
    Page {
        payments: totals.payments,
        transactions: totals.transactions,
        counts,
        sums: sums.unwrap_or_else(|| "none".to_owned()),
        notes: notes(gathered, decisions),
        rows,
    }
}

/// What was left out.
fn notes(gathered: &Gathered, decisions: &Decisions<'_>) -> Vec<String> {
    let malformed = gathered.malformed.iter();
    let malformed = malformed.map(|bad| format!("Left out: {}, {}.", bad.file, bad.row));
    let problems = decisions.problems().iter();
    let problems = problems.map(|problem| format!("Left out: {problem}."));
    let cuts = decisions.cuts().iter().map(|cut| format!("Not compared: {cut}."));
    let pending = gathered.pending.iter();
    let pending = pending.map(|bad| format!("Pending, not matched: {}, {}.", bad.file, bad.row));
    malformed.chain(problems).chain(cuts).chain(pending).collect()
}

#[cfg(test)]
mod tests {
    use cryptopocket::banking::matcher::{Matcher, Policy};

    use super::*;

    fn page_of(payment: ExpectedPayment, credit: Transaction) -> String {
        let gathered = Gathered {
            payments: vec![payment],
            transactions: vec![credit],
            ..Gathered::default()
        };
        let mut matcher = Matcher::new(Policy::default()).unwrap();
        matcher.add_payments(&gathered.payments);
        matcher.add_transactions(&gathered.transactions);
        html(&gathered, &matcher.decide()).unwrap()
    }

    #[test]
    fn text_of_a_payer_is_no_markup() {
        let mut payment = ExpectedPayment::new("p-1", "1 EUR".parse().unwrap());
        payment.payer_name = Some("<script>alert(1)</script>".into());
        let mut credit = Transaction::new("t-1", "1 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
        credit.concept = cryptopocket::Field::Value("\"><img src=x onerror=alert(2)>".into());
        let html = page_of(payment, credit);
        assert!(
            !html.contains("<script>alert") && !html.contains("<img"),
            "{html}"
        );
        assert!(html.contains("&#60;script&#62;alert(1)"));
        assert!(
            !html.contains("http://") && !html.contains("https://"),
            "it loads nothing"
        );
    }

    #[test]
    fn foreign_text_cannot_steer_the_browser() {
        let mut payment = ExpectedPayment::new("p-\u{1b}1", "1 EUR".parse().unwrap());
        payment.payer_name = Some("Ana\u{9b}\r".into());
        let credit = Transaction::new(
            "t-\u{8}1",
            "1 EUR".parse().unwrap(),
            "2026-06-26".parse().unwrap(),
        );
        let html = page_of(payment, credit);
        assert!(!html.contains(|c: char| c.is_control() && c != '\n'), "{html}");
        for text in ["p-\u{fffd}1", "t-\u{fffd}1", "Ana\u{fffd}\u{fffd}"] {
            assert!(html.contains(text), "{text}");
        }
    }
}
