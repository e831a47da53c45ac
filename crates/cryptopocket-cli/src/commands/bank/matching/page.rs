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
use crate::failure::{Failure, Result};

const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Reconciliation</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>
body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem;color:#1b1f24}
h1{font-size:1.3rem}
input,select{font:inherit;padding:.3rem .5rem;margin-right:.6rem}
table{border-collapse:collapse;width:100%;margin-top:1rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d9dee3}
th{cursor:pointer;position:sticky;top:0;background:#f4f6f8;user-select:none}
th[aria-sort=ascending]::after{content:" ▲"}th[aria-sort=descending]::after{content:" ▼"}
td.money{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.confirmed{color:#0a6b2d}.ambiguous,.over,.partial,.split{color:#8a4b00}.none,.unmatched{color:#9a1c1c}
td.day{white-space:nowrap}td:last-child{min-width:22rem}
ul{margin:0;padding-left:1.1rem}
@media print{input,select{display:none}}
</style></head><body>
<h1>Reconciliation</h1>
"#;

const FILTER: &str = r#"<p><label>Search <input id="words" type="search" autofocus></label>
<label>Outcome <select id="outcome"><option value="">all</option></select></label> <span id="count"></span></p>
<table><thead><tr><th>Payment</th><th>Expected</th><th>Payer</th><th>Outcome</th><th>Transaction</th><th>Booked</th>
<th>Amount</th><th>From</th><th>Text</th><th>Reasons</th></tr></thead><tbody>
"#;

const SCRIPT: &str = r#"</tbody></table>
<script>
"use strict";
const rows=[...document.querySelectorAll("tbody tr")],words=document.getElementById("words"),
outcome=document.getElementById("outcome"),count=document.getElementById("count"),body=document.querySelector("tbody");
for(const name of [...new Set(rows.map(r=>r.dataset.outcome))].sort()){const o=document.createElement("option");o.textContent=name;outcome.append(o)}
function show(){const w=words.value.toLowerCase().split(/\s+/).filter(Boolean);let n=0;
for(const r of rows){const t=r.textContent.toLowerCase();
const on=(!outcome.value||r.dataset.outcome===outcome.value)&&w.every(x=>t.includes(x));r.hidden=!on;n+=on}
count.textContent=n+" of "+rows.length}
words.addEventListener("input",show);outcome.addEventListener("change",show);show();
document.querySelectorAll("th").forEach((th,i)=>{th.tabIndex=0;const sort=()=>{
const down=th.getAttribute("aria-sort")==="ascending";
document.querySelectorAll("th").forEach(o=>o.removeAttribute("aria-sort"));th.setAttribute("aria-sort",down?"descending":"ascending");
const key=r=>r.cells[i].dataset.key??r.cells[i].textContent;
rows.sort((a,b)=>key(a).localeCompare(key(b),undefined,{numeric:true})*(down?-1:1));body.append(...rows)};
th.addEventListener("click",sort);th.addEventListener("keydown",e=>{if(e.key==="Enter")sort()})});
</script></body></html>
"#;

/// Writes the page, readable by its owner alone: it holds names and texts.
pub(super) fn write(path: &Path, gathered: &Gathered, decisions: &Decisions<'_>) -> Result<()> {
    let failed = |error: std::io::Error| {
        Failure::input(
            format!("{}: {error}", path.display()),
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
    let mut html = String::from(HEAD);
    let totals = decisions.totals();
    let counts: Vec<_> = totals
        .outcomes
        .iter()
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    let left = totals.unexplained.iter().filter(|sum| !sum.is_zero());
    let sums: Vec<_> = left.map(ToString::to_string).collect();
    let _ = writeln!(
        html,
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
        let _ = writeln!(html, "<p>{}</p>", escape(&note));
    }
    html.push_str(FILTER);
    for decision in decisions.iter() {
        let payment = payments.get(decision.payment_id.as_str()).copied();
        let outcome = decision.outcome.as_str();
        if decision.candidates.is_empty() {
            row(&mut html, payment, outcome, None, &[]);
        }
        for candidate in &decision.candidates {
            let credit = transactions.get(&candidate.transaction).copied();
            let reasons: Vec<_> = candidate.reasons.iter().map(ToString::to_string).collect();
            row(&mut html, payment, outcome, credit, &reasons);
        }
    }
    for key in decisions.unmatched_transactions() {
        let credit = transactions.get(&key).copied();
        row(&mut html, None, "unmatched", credit, &[]);
    }
    html.push_str(SCRIPT);
    html
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
    malformed.chain(problems).chain(cuts).collect()
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
