use super::*;
use crate::input::read_transactions;

fn entry(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt><Id>S1</Id>\
         <Acct><Id><IBAN>ES9121000418450200051332</IBAN></Id></Acct>\n{inner}</Stmt></BkToCstmrStmt></Document>"
    )
}

fn read(inner: &str) -> Records<Transaction> {
    read_transactions(entry(inner).as_bytes(), false)
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
    assert_eq!(lines, [4]);
    let pending: Vec<_> = found.pending.iter().map(|entry| entry.line).collect();
    assert_eq!(pending, [5], "what is not booked is no bad row");
    assert!(found.has_bank_ids);
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
fn day_between_slashes_comes_first() {
    let head = HEAD.replace("2026-06-26", "06/07/2026");
    let found = read(&format!("<Ntry><Amt Ccy=\"EUR\">10</Amt>{head}</Ntry>"));
    assert_eq!(found.records[0].booking_date.to_string(), "2026-07-06");
}

#[test]
fn structured_reference_and_free_text_are_both_read() {
    let inner = format!(
        "<Ntry><Amt Ccy=\"EUR\">10</Amt>{HEAD}<NtryDtls><TxDtls><RmtInf><Ustrd>PAGO DE ANA</Ustrd><Ustrd>PEDIDO 7</Ustrd>\
         <Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>"
    );
    let found = read(&inner);
    let text = found.records[0].concept.value().unwrap().reveal();
    let mut lines: Vec<_> = text.split('\n').collect();
    lines.sort_unstable();
    assert_eq!(lines, ["PAGO DE ANA", "PEDIDO 7", "RF18539007547034"]);
}

#[test]
fn other_documents_are_told() {
    for text in ["<a/>", "<a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"] {
        let found = read_transactions(text.as_bytes(), false);
        assert_eq!((found.records.len(), found.malformed.len()), (0, 1), "{text}");
    }
}

fn with_balances(balances: &[(&str, &str, &str)]) -> Records<Transaction> {
    let balances = balances.iter().map(|(code, amount, mark)| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>\
            <Dt><Dt>2026-06-26</Dt></Dt></Bal>"
        )
    });
    let credit = format!("<Ntry><Amt Ccy=\"EUR\">150.50</Amt>{HEAD}</Ntry>");
    let debit = credit.replace("CRDT", "DBIT").replace("150.50", "0.50");
    read(&(balances.collect::<String>() + &credit + &debit))
}

#[test]
fn movements_explain_the_closing_balance() {
    let difference = |balances: &[(&str, &str, &str)]| {
        let found = with_balances(balances);
        found.statements[0].difference().map(|money| money.to_string())
    };
    let (open, close) = (("OPBD", "000100.00", "CRDT"), ("CLBD", "250.00", "CRDT"));
    let available = ("CLAV", "9000.00", "CRDT");
    assert_eq!(difference(&[open, available, close]).unwrap(), "0.00 EUR");
    assert_eq!(difference(&[("PRCD", "100", "CRDT"), close]).unwrap(), "0.00 EUR");
    assert_eq!(
        difference(&[("OPBD", "100", "DBIT"), ("CLBD", "50", "CRDT")]).unwrap(),
        "0.00 EUR"
    );
    assert_eq!(difference(&[open, ("CLBD", "251", "CRDT")]).unwrap(), "-1.00 EUR");
    assert_eq!(difference(&[open]), None);
    assert_eq!(difference(&[available]), None);
}

#[test]
fn interim_balances_stand_where_pages_meet() {
    let sum = |balances: &[(&str, &str, &str)]| with_balances(balances).statements[0].difference().unwrap();
    let page = [("ITBD", "100", "CRDT"), ("ITBD", "250", "CRDT")];
    assert!(sum(&page).is_zero());
    assert!(sum(&[("OPBD", "100", "CRDT"), page[1]]).is_zero());
    assert!(sum(&[page[0], ("CLBD", "250", "CRDT")]).is_zero());
}

#[test]
fn unreadable_balance_is_told() {
    let found = with_balances(&[("OPBD", "100", "up"), ("CLBD", "250", "CRDT")]);
    assert_eq!((found.records.len(), found.malformed.len()), (2, 1));
    assert_eq!(found.statements[0].difference(), None);
}
