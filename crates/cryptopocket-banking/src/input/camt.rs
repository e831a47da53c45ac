//! Bank statements in ISO 20022: camt.052, camt.053 and camt.054.
//!
//! Read here whatever its version: the crate `camt053` 0.4 refuses an entry with several details and gives up the file at the
//! first bad entry; `open-payments-iso20022` has one closed schema a version.

use cryptopocket_types::{Date, Decimal, Field, Money, Personal};
use roxmltree::{Document, Node};

use super::amount::{signed, unsigned};
use super::dates::Dates;
use super::statement::account;
use super::{Malformed, Records, Statement};
use crate::Transaction;

/// Reads every entry of every statement in the document.
pub(super) fn statements(bytes: &[u8], records: &mut Records<Transaction>) {
    let mut whole_file = |line: u32, reason: &str| records.malformed.push(Malformed::new(line, reason));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return whole_file(1, "not UTF-8; nothing was read");
    };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return whole_file(error.pos().row, "not well-formed XML; nothing was read"),
    };
    let statements: Vec<Node<'_, '_>> = document
        .descendants()
        .filter(|node| matches!(node.tag_name().name(), "Stmt" | "Rpt" | "Ntfctn"))
        .collect();
    if statements.is_empty() {
        return whole_file(1, "no bank statement of ISO 20022 is in the document");
    }
    let left_out = |node: Node<'_, '_>, reason: String| {
        Malformed::new(document.text_pos_at(node.range().start).row, reason)
    };
    for statement in statements {
        // The IBAN, or the number that the bank has instead.
        let number = content_of(statement, &["Acct", "Id", "IBAN"])
            .or_else(|| content_of(statement, &["Acct", "Id", "Othr", "Id"]));
        let id = content_of(statement, &["Id"]).unwrap_or("statement");
        let mut summary = Statement::new(id, number);
        let first = records.records.len();
        for (place, entry) in children(statement, "Ntry").enumerate() {
            if let Some(status) = unbooked(entry) {
                let reason = format!("an entry of status {status}, which is not booked");
                records.pending.push(left_out(entry, reason));
            } else if let Err(reason) = read_entry(&summary, place, entry, &mut records.records) {
                records.malformed.push(left_out(entry, reason));
            }
        }
        match balances(statement) {
            Ok(balances) => (summary.opening, summary.closing) = balances,
            Err(reason) => records.malformed.push(left_out(statement, reason)),
        }
        summary.add(&records.records[first..]);
        records.statements.push(summary);
    }
}

/// The booked balances before and after the entries. Those of what is available say nothing about entries.
///
/// A statement of several pages has interim balances where pages meet.
fn balances(statement: Node<'_, '_>) -> Result<(Option<Money>, Option<Money>), String> {
    let (mut opening, mut closing) = (None, None);
    let mut interim = Vec::new();
    for balance in children(statement, "Bal") {
        let code = content_of(balance, &["Tp", "CdOrPrtry", "Cd"]).unwrap_or_default();
        if !matches!(code, "OPBD" | "PRCD" | "CLBD" | "ITBD") {
            continue;
        }
        let amount = amount(balance)?.ok_or("Bal: no amount")?;
        let credit = is_credit(balance)?.ok_or("Bal: CdtDbtInd: missing")?;
        let signed = signed(amount, credit).ok_or("Bal: too large")?;
        match code {
            "OPBD" => opening = Some(signed),
            // The closing balance of the statement before is the opening one of this.
            "PRCD" => opening = opening.or(Some(signed)),
            "CLBD" => closing = Some(signed),
            _ => interim.push(signed),
        }
    }
    let mut interim = interim.into_iter();
    Ok((opening.or_else(|| interim.next()), closing.or(interim.last())))
}

/// The status of an entry that is not booked.
fn unbooked<'e>(entry: Node<'e, '_>) -> Option<&'e str> {
    // Version 02 has the status as text, version 08 in a code.
    let status = content_of(entry, &["Sts", "Cd"]).or_else(|| content_of(entry, &["Sts"]));
    status.filter(|status| matches!(*status, "PDNG" | "INFO" | "FUTR"))
}

/// Adds the transactions of one entry: itself, or each of its details.
fn read_entry(
    statement: &Statement,
    place: usize,
    entry: Node<'_, '_>,
    into: &mut Vec<Transaction>,
) -> Result<(), String> {
    let total = amount(entry)?.ok_or("Amt: missing")?;
    let credit = is_credit(entry)?.ok_or("CdtDbtInd: missing")?;
    let value = day(entry, "ValDt")?;
    let booked = day(entry, "BookgDt")?.or(value).ok_or("BookgDt: missing")?;
    let reference = content_of(entry, &["AcctSvcrRef"]).or_else(|| content_of(entry, &["NtryRef"]));
    let details: Vec<Node<'_, '_>> = children(entry, "NtryDtls")
        .flat_map(|details| children(details, "TxDtls"))
        .collect();
    let parts = parts(total, credit, &details)?;
    for (number, (amount, detail)) in parts.iter().enumerate() {
        let own = detail.and_then(|detail| content_of(detail, &["Refs", "AcctSvcrRef"]));
        let id = match (own, reference) {
            (Some(own), entry) if parts.len() == 1 || Some(own) != entry => own.to_owned(),
            (_, Some(entry)) if parts.len() == 1 => entry.to_owned(),
            (_, Some(entry)) => format!("{entry}/{}", number + 1),
            // The bank gives no reference: the place in the statement is the id.
            (_, None) => format!("{}/{}/{}", statement.id, place + 1, number + 1),
        };
        let mut transaction = Transaction::new(id.as_str(), *amount, booked);
        transaction.iban = statement.iban.clone().into();
        transaction.value_date = value.into();
        describe(&mut transaction, entry, *detail, details.len() > 1);
        into.push(transaction);
    }
    Ok(())
}

/// The entry as signed amounts: one a detail if each has its own, or else the total.
fn parts<'d>(
    total: Money,
    credit: bool,
    details: &[Node<'d, 'd>],
) -> Result<Vec<(Money, Option<Node<'d, 'd>>)>, String> {
    let whole = signed(total, credit).ok_or("Amt: too large")?;
    if let [] | [_] = details {
        return Ok(vec![(whole, details.first().copied())]);
    }
    let mut parts = Vec::new();
    let mut sum = Money::new(Decimal::ZERO, total.currency());
    for detail in details {
        let own = match (amount(*detail)?, path(*detail, &["AmtDtls", "TxAmt"])) {
            (None, Some(details)) => amount(details)?,
            (own, _) => own,
        };
        let Some(own) = own.filter(|own| own.currency() == total.currency()) else {
            // The total must not be booked once a detail.
            return Ok(vec![(whole, None)]);
        };
        let part = signed(own, is_credit(*detail)?.unwrap_or(credit)).ok_or("Amt: too large")?;
        sum = sum.checked_add(part).ok_or("Amt: too large")?;
        parts.push((part, Some(*detail)));
    }
    if sum != whole {
        return Err("the amounts of the details do not add up to the amount of the entry".to_owned());
    }
    Ok(parts)
}

/// Adds payer, reference and text.
fn describe(transaction: &mut Transaction, entry: Node<'_, '_>, detail: Option<Node<'_, '_>>, many: bool) {
    let (party, ultimate, number) = if transaction.is_credit() {
        ("Dbtr", "UltmtDbtr", "DbtrAcct")
    } else {
        ("Cdtr", "UltmtCdtr", "CdtrAcct")
    };
    let mut lines: Vec<&str> = Vec::new();
    if let Some(detail) = detail {
        let of_party = |tags: &[&str]| content_of(path(detail, &["RltdPties"])?, tags);
        // Version 08 has the name one level deeper.
        let name = |tag: &str| of_party(&[tag, "Pty", "Nm"]).or_else(|| of_party(&[tag, "Nm"]));
        transaction.counterparty_name = name(party).or_else(|| name(ultimate)).map(Personal::from).into();
        transaction.counterparty_iban = of_party(&[number, "Id", "IBAN"]).map(account).into();
        transaction.end_to_end_id = content_of(detail, &["Refs", "EndToEndId"])
            .filter(|id| *id != "NOTPROVIDED")
            .map(Personal::from)
            .into();
        for remittance in children(detail, "RmtInf") {
            lines.extend(children(remittance, "Ustrd").filter_map(content));
            for structured in children(remittance, "Strd") {
                lines.extend(content_of(structured, &["CdtrRefInf", "Ref"]));
                lines.extend(children(structured, "AddtlRmtInf").filter_map(content));
            }
        }
        if lines.is_empty() {
            lines.extend(content_of(detail, &["AddtlTxInf"]));
        }
    }
    // The text of the entry is that of every detail, so it says nothing about one of many.
    if lines.is_empty() && !many {
        lines.extend(content_of(entry, &["AddtlNtryInf"]));
    }
    if !lines.is_empty() {
        transaction.concept = Field::Value(lines.join("\n").into());
    }
}

fn children<'a, 'i>(node: Node<'a, 'i>, tag: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children()
        .filter(move |child| child.tag_name().name() == tag)
}

fn path<'a, 'i>(node: Node<'a, 'i>, tags: &[&str]) -> Option<Node<'a, 'i>> {
    tags.iter().try_fold(node, |node, tag| children(node, tag).next())
}

fn content<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.text().map(str::trim).filter(|text| !text.is_empty())
}

fn content_of<'a>(node: Node<'a, '_>, tags: &[&str]) -> Option<&'a str> {
    path(node, tags).and_then(content)
}

fn is_credit(node: Node<'_, '_>) -> Result<Option<bool>, String> {
    match content_of(node, &["CdtDbtInd"]) {
        None => Ok(None),
        Some("CRDT") => Ok(Some(true)),
        Some("DBIT") => Ok(Some(false)),
        Some(_) => Err("CdtDbtInd: neither CRDT nor DBIT".to_owned()),
    }
}

/// An amount without a sign: the direction stands beside it.
fn amount(node: Node<'_, '_>) -> Result<Option<Money>, String> {
    let Some(node) = children(node, "Amt").next() else {
        return Ok(None);
    };
    let currency = node.attribute("Ccy").and_then(|code| code.parse().ok());
    let currency = currency.ok_or("Amt: no currency of three letters")?;
    let amount =
        unsigned(content(node).unwrap_or_default(), '.').ok_or("Amt: not an amount without a sign")?;
    Ok(Some(Money::new(amount, currency)))
}

/// A day, from a date or from a date with a time.
fn day(node: Node<'_, '_>, tag: &str) -> Result<Option<Date>, String> {
    content_of(node, &[tag, "Dt"])
        .or_else(|| content_of(node, &[tag, "DtTm"]))
        // The choice of the caller is not for statements, so a refusal would have no cure here.
        .map(|text| Dates::new(true).read(text, tag))
        .transpose()
}

#[cfg(test)]
mod tests;
