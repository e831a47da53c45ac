//! The page for a clerk: one file without links to anything else, to sort and filter.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use cryptopocket::Personal;
use cryptopocket::banking::matcher::{Decisions, ExpectedPayment};
use cryptopocket::banking::{Transaction, TransactionKey};

use super::gather::Gathered;
use super::report;
use crate::failure::{Failure, Result};
use crate::file;

/// Its comments are replaced by text that is escaped, so that no text can hold one.
const PAGE: &str = include_str!("page.html");

/// Writes the page, readable by its owner alone: it holds names and texts.
pub(super) fn write(path: &Path, gathered: &Gathered, decisions: &Decisions<'_>) -> Result<()> {
    let failed = |error: std::io::Error| {
        Failure::input(
            format!("{}: {}", path.display(), file::reason(&error)),
            "Give a file that can be written.",
        )
    };
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
    file.write_all(page(gathered, decisions).as_bytes())
        .map_err(failed)
}

fn page(gathered: &Gathered, decisions: &Decisions<'_>) -> String {
    let payments: BTreeMap<&str, &ExpectedPayment> = gathered
        .payments
        .iter()
        .map(|payment| (payment.id.as_str(), payment))
        .collect();
    let transactions: BTreeMap<TransactionKey, &Transaction> = gathered
        .transactions
        .iter()
        .map(|credit| (credit.key(), credit))
        .collect();
    let mut summary = String::new();
    let totals = decisions.totals();
    let counts: Vec<_> = totals
        .outcomes
        .iter()
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    let left = totals.unexplained.iter().filter(|sum| !sum.is_zero());
    let sums: Vec<_> = left.map(ToString::to_string).collect();
    let _ = writeln!(
        summary,
        "<p>{} payments: {}. {} transactions; unexplained credits: {}.</p>",
        totals.payments,
        escape(&counts.join(", ")),
        totals.transactions,
        escape(&if sums.is_empty() {
            "none".to_owned()
        } else {
            sums.join(" + ")
        }),
    );
    for note in notes(gathered, decisions) {
        let _ = writeln!(summary, "<p>{}</p>", escape(&note));
    }
    let mut rows = String::new();
    let foreign = report::foreign(decisions);
    for decision in decisions.iter() {
        let payment = payments.get(decision.payment_id.as_str()).copied();
        let outcome = decision.outcome.as_str();
        if decision.candidates.is_empty() {
            let named = foreign.get(&decision.payment_id).map_or(&[][..], Vec::as_slice);
            row(&mut rows, payment, outcome, None, named);
        }
        for candidate in &decision.candidates {
            let credit = transactions.get(&candidate.transaction).copied();
            let reasons: Vec<_> = candidate.reasons.iter().map(ToString::to_string).collect();
            row(&mut rows, payment, outcome, credit, &reasons);
        }
    }
    for late in decisions.late() {
        let payment = payments.get(late.payment_id.as_str()).copied();
        let credit = transactions.get(&late.transaction).copied();
        let reason = "the credit names this payment, which waits for no money".to_owned();
        row(&mut rows, payment, "late", credit, &[reason]);
    }
    for key in report::left_over(decisions).1 {
        let credit = transactions.get(&key).copied();
        row(&mut rows, None, "unmatched", credit, &[]);
    }
    PAGE.replace("<!--summary-->", &summary)
        .replace("<!--rows-->", &rows)
}

/// What was left out.
fn notes(gathered: &Gathered, decisions: &Decisions<'_>) -> Vec<String> {
    let malformed = gathered
        .malformed
        .iter()
        .map(|bad| format!("Left out: {}, {}.", bad.file, bad.row));
    let problems = decisions
        .problems()
        .iter()
        .map(|problem| format!("Left out: {problem}."));
    let cuts = decisions.cuts().iter().map(|cut| format!("Not compared: {cut}."));
    let pending = gathered
        .pending
        .iter()
        .map(|bad| format!("Pending, not matched: {}, {}.", bad.file, bad.row));
    malformed.chain(problems).chain(cuts).chain(pending).collect()
}

fn row(
    html: &mut String,
    payment: Option<&ExpectedPayment>,
    outcome: &str,
    credit: Option<&Transaction>,
    reasons: &[String],
) {
    let text = |text: Option<&Personal>| escape(text.map(Personal::reveal).unwrap_or_default());
    let _ = write!(html, r#"<tr data-outcome="{outcome}">"#);
    let _ = match payment {
        Some(payment) => write!(
            html,
            r#"<td>{}</td><td class="money" data-key="{}">{}</td><td>{}</td>"#,
            escape(payment.id.as_str()),
            payment.amount.amount(),
            payment.amount,
            text(payment.payer_name.as_ref()),
        ),
        None => write!(html, "<td></td><td></td><td></td>"),
    };
    let _ = write!(html, r#"<td class="{outcome}">{outcome}</td>"#);
    let _ = match credit {
        Some(credit) => write!(
            html,
            r#"<td>{}</td><td class="day">{}</td><td class="money" data-key="{}">{}</td><td>{}</td><td>{}</td>"#,
            escape(credit.id.as_str()),
            credit.booking_date,
            credit.amount.map(|amount| amount.amount()),
            credit.amount,
            text(credit.counterparty_name.value()),
            text(credit.concept.value()),
        ),
        None => write!(html, "<td></td><td></td><td></td><td></td><td></td>"),
    };
    html.push_str("<td>");
    if !reasons.is_empty() {
        html.push_str("<ul>");
        for reason in reasons {
            let _ = write!(html, "<li>{}</li>", escape(reason));
        }
        html.push_str("</ul>");
    }
    html.push_str("</td></tr>\n");
}

/// The text with the characters that HTML gives a meaning.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() && c != '\n' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use cryptopocket::banking::matcher::{Matcher, Policy};

    use super::*;

    #[test]
    fn text_of_a_payer_is_no_markup() {
        let mut payment = ExpectedPayment::new("p-1", "1 EUR".parse().unwrap());
        payment.payer_name = Some("<script>alert(1)</script>".into());
        let mut credit = Transaction::new("t-1", "1 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
        credit.concept = cryptopocket::Field::Value("\"><img src=x onerror=alert(2)>".into());
        let gathered = Gathered {
            payments: vec![payment],
            transactions: vec![credit],
            ..Gathered::default()
        };
        let mut matcher = Matcher::new(Policy::default()).unwrap();
        matcher.add_payments(&gathered.payments);
        matcher.add_transactions(&gathered.transactions);
        let html = page(&gathered, &matcher.decide());
        assert!(
            !html.contains("<script>alert") && !html.contains("<img"),
            "{html}"
        );
        assert!(html.contains("&lt;script&gt;alert(1)"));
        assert!(
            !html.contains("http://") && !html.contains("https://"),
            "it loads nothing"
        );
    }
}
