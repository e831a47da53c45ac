//! Bank statements in ISO 20022: camt.052, camt.053 and camt.054.
//!
//! Read here from a tree, because the crate `camt053` 0.4 refuses an entry with more than one detail, reads only the text of
//! a single detail, and gives up the whole file at the first bad entry; `open-payments-iso20022` has one closed schema a
//! version. A statement is read whatever its version.

use cryptopocket_types::{Date, Decimal, Field, Iban, Money, Personal};
use roxmltree::{Document, Node};

use super::record::date;
use super::{Malformed, Records};
use crate::Transaction;

/// Reads every entry of every statement in the document.
pub(super) fn statements(bytes: &[u8], records: &mut Records<Transaction>) {
    let mut whole_file = |line: u32, reason: &str| {
        records.malformed.push(Malformed {
            line: line.into(),
            reason: reason.to_owned(),
        });
    };
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
    for statement in statements {
        let account = Account::of(statement);
        for (place, entry) in children(statement, "Ntry").enumerate() {
            if let Err(reason) = read_entry(&account, place, entry, &mut records.records) {
                records.malformed.push(Malformed {
                    line: document.text_pos_at(entry.range().start).row.into(),
                    reason,
                });
            }
        }
    }
}

/// The account of a statement, and the statement's own id.
struct Account<'t> {
    iban: Option<&'t str>,
    statement: &'t str,
}

impl<'t> Account<'t> {
    fn of(statement: Node<'t, '_>) -> Self {
        Self {
            iban: text(statement, &["Acct", "Id", "IBAN"]),
            statement: text(statement, &["Id"]).unwrap_or("statement"),
        }
    }
}

/// Adds the transactions of one entry: itself, or each of its details.
fn read_entry(
    account: &Account<'_>,
    place: usize,
    entry: Node<'_, '_>,
    into: &mut Vec<Transaction>,
) -> Result<(), String> {
    // Version 02 has the status as text, version 08 in a code.
    let status = text(entry, &["Sts", "Cd"]).or_else(|| text(entry, &["Sts"]));
    if let Some(status @ ("PDNG" | "INFO" | "FUTR")) = status {
        return Err(format!("an entry of status {status}, which is not booked"));
    }
    let total = amount(entry, "Amt")?.ok_or("Amt: missing")?;
    let credit = is_credit(entry)?.ok_or("CdtDbtInd: missing")?;
    let booked = day(entry, "BookgDt")?
        .or(day(entry, "ValDt")?)
        .ok_or("BookgDt: missing")?;
    let reference = text(entry, &["AcctSvcrRef"]).or_else(|| text(entry, &["NtryRef"]));
    let details: Vec<Node<'_, '_>> = children(entry, "NtryDtls")
        .flat_map(|details| children(details, "TxDtls"))
        .collect();
    let parts = parts(total, credit, &details)?;
    for (number, (amount, detail)) in parts.iter().enumerate() {
        let own = detail.and_then(|detail| text(detail, &["Refs", "AcctSvcrRef"]));
        let id = match (own, reference) {
            (Some(own), entry) if parts.len() == 1 || Some(own) != entry => own.to_owned(),
            (_, Some(entry)) if parts.len() == 1 => entry.to_owned(),
            (_, Some(entry)) => format!("{entry}/{}", number + 1),
            // The bank gives no reference: the place in the statement is the id.
            (_, None) => format!("{}/{}/{}", account.statement, place + 1, number + 1),
        };
        let mut transaction = Transaction::new(id.as_str(), *amount, booked);
        transaction.iban = account.iban.map(Personal::from).into();
        transaction.value_date = day(entry, "ValDt")?.into();
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
    let signed = |amount: Money, credit: bool| {
        let amount = amount.amount();
        if credit {
            Some(amount)
        } else {
            Decimal::ZERO.checked_sub(amount)
        }
    };
    let whole = signed(total, credit).ok_or("Amt: too large")?;
    let currency = total.currency();
    if let [] | [_] = details {
        return Ok(vec![(Money::new(whole, currency), details.first().copied())]);
    }
    let mut parts = Vec::new();
    let mut sum = Decimal::ZERO;
    for detail in details {
        let own = match amount(*detail, "Amt")? {
            Some(own) => Some(own),
            None => match path(*detail, &["AmtDtls", "TxAmt"]) {
                Some(details) => amount(details, "Amt")?,
                None => None,
            },
        };
        let Some(own) = own.filter(|own| own.currency() == currency) else {
            // The total must not be booked once a detail.
            return Ok(vec![(Money::new(whole, currency), None)]);
        };
        let part = signed(own, is_credit(*detail)?.unwrap_or(credit)).ok_or("Amt: too large")?;
        sum = sum.checked_add(part).ok_or("Amt: too large")?;
        parts.push((Money::new(part, currency), Some(*detail)));
    }
    if sum != whole {
        return Err("the amounts of the details do not add up to the amount of the entry".to_owned());
    }
    Ok(parts)
}

/// Adds payer, reference and text.
fn describe(transaction: &mut Transaction, entry: Node<'_, '_>, detail: Option<Node<'_, '_>>, many: bool) {
    let (party, ultimate, account) = if transaction.is_credit() {
        ("Dbtr", "UltmtDbtr", "DbtrAcct")
    } else {
        ("Cdtr", "UltmtCdtr", "CdtrAcct")
    };
    let mut lines: Vec<&str> = Vec::new();
    if let Some(detail) = detail {
        let parties = path(detail, &["RltdPties"]);
        let name = |tag: &str| {
            let party = child(parties?, tag)?;
            // Version 08 has the name one level deeper.
            text(party, &["Pty", "Nm"]).or_else(|| text(party, &["Nm"]))
        };
        transaction.counterparty_name = name(party).or_else(|| name(ultimate)).map(Personal::from).into();
        let iban = parties.and_then(|parties| text(parties, &[account, "Id", "IBAN"]));
        transaction.counterparty_iban = iban
            .map(|iban| {
                iban.parse::<Iban>()
                    .map_or_else(|_| Personal::from(iban), Personal::from)
            })
            .into();
        transaction.end_to_end_id = text(detail, &["Refs", "EndToEndId"])
            .filter(|id| *id != "NOTPROVIDED")
            .map(Personal::from)
            .into();
        for remittance in children(detail, "RmtInf") {
            lines.extend(children(remittance, "Ustrd").filter_map(content));
            for structured in children(remittance, "Strd") {
                lines.extend(text(structured, &["CdtrRefInf", "Ref"]));
                lines.extend(children(structured, "AddtlRmtInf").filter_map(content));
            }
        }
        if lines.is_empty() {
            lines.extend(text(detail, &["AddtlTxInf"]));
        }
    }
    // The text of the entry is that of every detail, so it says nothing about one of many.
    if lines.is_empty() && !many {
        lines.extend(text(entry, &["AddtlNtryInf"]));
    }
    if !lines.is_empty() {
        transaction.concept = Field::Value(lines.join("\n").into());
    }
}

fn children<'a, 'i>(node: Node<'a, 'i>, tag: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children()
        .filter(move |child| child.tag_name().name() == tag)
}

fn child<'a, 'i>(node: Node<'a, 'i>, tag: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.tag_name().name() == tag)
}

fn path<'a, 'i>(node: Node<'a, 'i>, tags: &[&str]) -> Option<Node<'a, 'i>> {
    tags.iter().try_fold(node, |node, tag| child(node, tag))
}

fn content<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.text().map(str::trim).filter(|text| !text.is_empty())
}

fn text<'a>(node: Node<'a, '_>, tags: &[&str]) -> Option<&'a str> {
    path(node, tags).and_then(content)
}

fn is_credit(node: Node<'_, '_>) -> Result<Option<bool>, String> {
    match text(node, &["CdtDbtInd"]) {
        None => Ok(None),
        Some("CRDT") => Ok(Some(true)),
        Some("DBIT") => Ok(Some(false)),
        Some(_) => Err("CdtDbtInd: neither CRDT nor DBIT".to_owned()),
    }
}

/// An amount without a sign: the direction stands beside it.
fn amount(node: Node<'_, '_>, tag: &str) -> Result<Option<Money>, String> {
    let Some(node) = child(node, tag) else {
        return Ok(None);
    };
    let currency = node
        .attribute("Ccy")
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| format!("{tag}: no currency of three letters"))?;
    let digits = content(node).unwrap_or_default();
    let plain = digits.trim_start_matches('0');
    // Banks fill up with zeros, which a number must not begin with.
    let plain = if plain.starts_with(|c: char| c.is_ascii_digit()) {
        plain.to_owned()
    } else {
        format!("0{plain}")
    };
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let amount: Option<Decimal> = if valid { plain.parse().ok() } else { None };
    amount
        .map(|amount| Some(Money::new(amount, currency)))
        .ok_or_else(|| format!("{tag}: not an amount without a sign"))
}

/// A day, from a date or from a date with a time.
fn day(node: Node<'_, '_>, tag: &str) -> Result<Option<Date>, String> {
    text(node, &[tag, "Dt"])
        .or_else(|| text(node, &[tag, "DtTm"]))
        .map(|text| date(text, tag))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::read_transactions;

    fn entry(inner: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt><Id>S1</Id>\
             <Acct><Id><IBAN>ES9121000418450200051332</IBAN></Id></Acct>\n{inner}</Stmt></BkToCstmrStmt></Document>"
        )
    }

    fn read(inner: &str) -> Records<Transaction> {
        read_transactions(entry(inner).as_bytes())
    }

    fn amounts(read: &Records<Transaction>) -> Vec<String> {
        read.records.iter().map(|t| t.amount.to_string()).collect()
    }

    const HEAD: &str = "<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-26</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef>";

    #[test]
    fn batch_is_split_by_the_amounts_of_its_details() {
        let detail = |amount: &str, name: &str| {
            format!(
                "<TxDtls><Refs><EndToEndId>E-{name}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy=\"EUR\">{amount}</Amt></TxAmt></AmtDtls>\
                 <RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>PAGO</Ustrd><Ustrd>120037</Ustrd></RmtInf></TxDtls>"
            )
        };
        let details = detail("329.56", "ANA") + &detail("100", "LUIS");
        let batch = |total: &str| {
            format!("<Ntry><Amt Ccy=\"EUR\">{total}</Amt>{HEAD}<NtryDtls>{details}</NtryDtls></Ntry>")
        };
        let found = read(&batch("429.56"));
        assert_eq!(amounts(&found), ["329.56 EUR", "100.00 EUR"]);
        assert_eq!(found.records[0].concept.value().unwrap().reveal(), "PAGO\n120037");
        assert_eq!(
            found.records[1].counterparty_name.value().unwrap().reveal(),
            "LUIS"
        );
        assert_ne!(found.records[0].id, found.records[1].id);
        let wrong = read(&batch("500.00"));
        assert!(
            wrong.records.is_empty() && wrong.malformed[0].line == 3,
            "{wrong:?}"
        );
    }

    #[test]
    fn details_without_amounts_are_one_transaction() {
        let inner = format!(
            "<Ntry><Amt Ccy=\"EUR\">429.56</Amt>{HEAD}<NtryDtls><TxDtls><Refs/></TxDtls><TxDtls><Refs/></TxDtls></NtryDtls></Ntry>"
        );
        assert_eq!(amounts(&read(&inner)), ["429.56 EUR"]);
    }

    #[test]
    fn every_entry_is_read_and_a_bad_one_is_told() {
        let good = |amount: &str| {
            format!("<Ntry><Amt Ccy=\"EUR\">{amount}</Amt>{HEAD}<AddtlNtryInf>120037</AddtlNtryInf></Ntry>\n")
        };
        let bad = format!("<Ntry><Amt Ccy=\"EUR\">-5.00</Amt>{HEAD}</Ntry>\n");
        let pending = good("7").replace("BOOK", "PDNG");
        let found = read(&(good("000150.50") + &bad + &pending + &good("2.5")));
        assert_eq!(amounts(&found), ["150.50 EUR", "2.50 EUR"]);
        assert_eq!(found.records[0].concept.value().unwrap().reveal(), "120037");
        let lines: Vec<_> = found.malformed.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [4, 5]);
    }

    #[test]
    fn version_8_and_reversals_and_ultimate_debtors_are_read() {
        let inner = "<Ntry><Amt Ccy=\"EUR\">10</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts>\
            <BookgDt><DtTm>2026-06-26T23:30:00+02:00</DtTm></BookgDt><NtryDtls><TxDtls><RltdPties><Cdtr><Pty><Nm>ANA</Nm></Pty></Cdtr></RltdPties>\
            <RmtInf><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>\
            <Ntry><Amt Ccy=\"EUR\">11</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-26</Dt></BookgDt>\
            <NtryDtls><TxDtls><RltdPties><UltmtDbtr><Pty><Nm>LUIS</Nm></Pty></UltmtDbtr></RltdPties></TxDtls></NtryDtls></Ntry>";
        let found = read(inner);
        assert_eq!(amounts(&found), ["-10.00 EUR", "11.00 EUR"]);
        assert_eq!(found.records[0].booking_date.to_string(), "2026-06-26");
        assert_eq!(
            found.records[0].concept.value().unwrap().reveal(),
            "RF18539007547034"
        );
        assert_eq!(
            found.records[1].counterparty_name.value().unwrap().reveal(),
            "LUIS"
        );
        assert_eq!(found.records[1].id, "S1/2/1");
    }

    #[test]
    fn other_documents_are_told() {
        for text in ["<a/>", "<a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"] {
            let found = read_transactions(text.as_bytes());
            assert_eq!((found.records.len(), found.malformed.len()), (0, 1), "{text}");
        }
    }
}
