use proptest::prelude::*;

use super::*;

fn lines(malformed: &[Malformed]) -> Vec<String> {
    malformed.iter().map(ToString::to_string).collect()
}

#[test]
fn json_array_reports_each_bad_element_with_its_line() {
    let file = r#"[
  {"id":"t-1","amount":{"amount":"150.50","currency":"EUR"},"booking_date":"2026-06-26","reconciled":true},
  {"id":"t-2","amount":{"amount":"x","currency":"EUR"},"booking_date":"2026-06-26"},
  "not an object",
  {"id":7,"amount":"1.5 EUR","booking_date":"2026-06-26T10:00:00Z","concept":120037},
  {"amount":"1.5 EUR","booking_date":"2026-02-30"},
  {"id":"t-3","amount":"1.5 EUR","booking_date":"2026-02-30"}
]"#;
    let read = read_transactions(file.as_bytes(), false);
    let ids: Vec<_> = read.records.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(ids, ["t-1", "7"]);
    assert!(read.records[0].reconciled);
    assert_eq!(read.records[1].concept.value().unwrap().reveal(), "120037");
    assert_eq!(
        lines(&read.malformed),
        [
            "line 3: amount: not a decimal number; write digits and a decimal point",
            "line 4: not a JSON object",
            "line 6: id: missing",
            "line 7: booking_date: not a day; write it as 2026-06-26",
        ]
    );
}

#[test]
fn broken_array_keeps_what_came_before() {
    let file = "[{\"id\":\"p-1\",\"amount\":\"1 EUR\"},\n{\"id\":\"p-2\",\"amount\":";
    let read = read_payments(file.as_bytes(), false);
    assert_eq!(read.records.len(), 1);
    assert_eq!(
        lines(&read.malformed),
        ["line 2: broken JSON; nothing after this line was read"]
    );
    let row = r#"{"id":"p-1","amount":"1 EUR"}"#;
    for (file, told) in [
        (format!("[{row},\n{{\"id\":\n\n"), "line 2: broken JSON"),
        (
            format!("[{row},\n\n{{\"id\":\n7 8}},\n{row}]"),
            "line 3: broken JSON",
        ),
        (format!("[{row},\n]"), "line 2: broken JSON"),
        (format!("[{row}\n"), "line 2: the array is cut off or broken here"),
        (
            format!("[{row}\n{row}]"),
            "line 2: the array is cut off or broken here",
        ),
        (format!("[{row}]\n\nx"), "line 3: text after the end of the array"),
    ] {
        let read = read_payments(file.as_bytes(), false);
        assert_eq!((read.records.len(), read.malformed.len()), (1, 1), "{file}");
        assert!(
            lines(&read.malformed)[0].starts_with(told),
            "{file}: {:?}",
            read.malformed
        );
    }
    assert_eq!(read_payments(b"\n[", false).malformed[0].line, 2);
    assert_eq!(
        lines(&read_payments(br#"[{"id":"p-2","concept":120038}]"#, false).malformed),
        ["line 1: amount: missing"]
    );
    assert!(read_payments(b"[]", false).malformed.is_empty());
    assert_eq!(read_payments(b"[] x", false).malformed.len(), 1);
}

#[test]
fn bad_lines_of_json_lines_never_stop_the_rest() {
    let mut file = b"{\"id\":\"p-1\",\"amount\":\"1 EUR\"}\n\n{\"id\":\"p-2\",\n\xFF\xFE\n".to_vec();
    file.extend(b"{\"id\":\"p-3\",\"amount\":\"3 EUR\",\"concept\":4.8213907e7}\n");
    let read = read_payments(&file, false);
    assert_eq!(read.records.len(), 2);
    assert_eq!(
        lines(&read.malformed),
        ["line 3: not one JSON object", "line 4: not UTF-8"]
    );
}

#[test]
fn latin_1_and_semicolons_and_bom_are_read() {
    let latin = b"ID;Amount;Currency;Booking date;Counterparty name\nt-1;1.150,50;EUR;26.06.2026;Mu\xF1oz\n";
    let read = read_transactions(latin, false);
    assert_eq!(
        read.records[0].counterparty_name.value().unwrap().reveal(),
        "Muñoz"
    );
    assert_eq!(read.records[0].amount.to_string(), "1150.50 EUR");
    let bom = "\u{feff}id,amount,booking_date\nt-1,\"150,50 EUR\",2026-06-26\nt-2,1 EUR\n";
    let read = read_transactions(bom.as_bytes(), false);
    assert_eq!(read.records[0].amount.to_string(), "150.50 EUR");
    assert_eq!(
        lines(&read.malformed),
        ["line 3: 2 columns, but the heading has 3"]
    );
}

#[test]
fn cents_of_the_raw_reply_are_refused() {
    let file = r#"{"id":"p-1","fiat_amount":15050,"fiat_symbol":"EUR"}"#;
    let read = read_payments(file.as_bytes(), false);
    assert!(read.malformed[0].reason.contains("cents"), "{:?}", read.malformed);
}

#[test]
fn swapped_files_are_told_and_not_read() {
    let statement =
        ":20:A\n:25:DE89370400440532013000\n:60F:C251230EUR1,\n:61:260102C1,NTRFNONREF\n:62F:C260102EUR2,\n";
    let row =
        r#"{"id":"t-1","iban":"ES79","amount":{"amount":"1","currency":"EUR"},"booking_date":"2026-06-26"}"#;
    let table = "id,amount,currency,booking_date,concept\nt-1,1.00,EUR,2026-06-26,120037\n";
    let array = format!("[{row}]");
    let document = "<Document><Stmt><Id>1</Id></Stmt></Document>";
    let files = [document, statement, row, &array, table];
    let rule = "line 1: the file looks like bank transactions, not payments; were the two files swapped?";
    let because = " It has `booking_date`, and no row has a field of payments alone; if they are payments, drop that field or add \
                   `created_at` or `status`, filled or not";
    for file in files {
        let read = read_payments(file.as_bytes(), false);
        assert!(read.is_swapped && read.records.is_empty(), "{file}");
        let told = lines(&read.malformed).join("\n");
        let because = if file.contains("booking_date") {
            because
        } else {
            ""
        };
        assert_eq!(told, format!("{rule}{because}"), "{file}");
        assert!(!read_transactions(file.as_bytes(), false).is_swapped, "{file}");
    }
    let rule = "line 1: the file looks like payments, not bank transactions; were the two files swapped?";
    for (file, other) in [
        (
            r#"{"id":"p-1","status":"started","fiat":{"amount":"1","currency":"EUR"},"created_at":"2026-06-20T10:00:00Z"}"#,
            "created_at",
        ),
        (
            "id,concept,amount,currency,payer_name\np-1,120037,150.50,EUR,Ana\np-2,120038,150.50,EUR,\n",
            "payer_name",
        ),
        ("id,amount,date,status\nt-1,1 EUR,2026-06-26,booked\n", "status"),
    ] {
        let read = read_transactions(file.as_bytes(), false);
        assert!(read.is_swapped && read.records.is_empty(), "{file}");
        let because = "and no row has `booking_date`; if they are transactions, name the booking day so";
        let told = format!("{rule} It has `{other}`, {because}");
        assert_eq!(lines(&read.malformed), [told], "{file}");
        assert!(!read_payments(file.as_bytes(), false).is_swapped, "{file}");
    }
    assert!(
        read_transactions(
            &zip(&[("p.csv", b"id,amount,status\np-1,1 EUR,started\n")]),
            false
        )
        .is_swapped
    );
}

#[test]
fn file_that_may_be_either_is_read_as_asked() {
    let both = "id,amount,booking_date,status\nt-1,1 EUR,2026-06-26,booked\n";
    assert_eq!(read_transactions(both.as_bytes(), false).records.len(), 1);
    assert_eq!(read_payments(both.as_bytes(), false).records.len(), 1);
    let neither = "id,amount,concept\np-1,1 EUR,120037\n";
    assert_eq!(read_payments(neither.as_bytes(), false).records.len(), 1);
    assert_eq!(
        lines(&read_transactions(neither.as_bytes(), false).malformed),
        ["line 2: booking_date: missing"]
    );
}

#[test]
fn empty_columns_show_the_kind_of_a_file() {
    let file =
        "id,amount,concept,payer_name,booking_date\np-1,1 EUR,120037,,2026-06-26\np-2,2 EUR,120038,,\n";
    assert_eq!(read_payments(file.as_bytes(), false).records.len(), 2);
    let file = r#"{"id":"p-1","amount":"1 EUR","status":null,"booking_date":"2026-06-26"}"#;
    assert_eq!(read_payments(file.as_bytes(), false).records.len(), 1);
    // An empty column of the other kind shows nothing.
    let file = "id,amount,concept,booking_date\np-1,1 EUR,120037,\n";
    assert_eq!(read_payments(file.as_bytes(), false).records.len(), 1);
    let file = "id,amount,booking_date,status\nt-1,1 EUR,,booked\n";
    assert_eq!(
        lines(&read_transactions(file.as_bytes(), false).malformed),
        ["line 2: booking_date: missing"]
    );
}

#[test]
fn markup_that_is_no_statement_is_not_swapped() {
    for file in ["<html><body>Sign in</body></html>", "<Document/>", "<a"] {
        let read = read_payments(file.as_bytes(), false);
        assert!(!read.is_swapped, "{file}");
        let rule = "line 1: the heading has no column `id`; is it CSV with a heading?";
        assert_eq!(lines(&read.malformed), [rule], "{file}");
    }
}

#[test]
fn truth_values_and_arrays_are_no_text() {
    for field in ["id", "concept", "payer_name", "external_id"] {
        let file = format!(r#"{{"amount":"1 EUR","{field}":true}}"#);
        let file = if field == "id" {
            file
        } else {
            file.replacen('{', r#"{"id":"p-1","#, 1)
        };
        assert_eq!(
            lines(&read_payments(file.as_bytes(), false).malformed),
            [format!("line 1: {field}: not a text or a number")]
        );
    }
    let file = r#"{"id":"p-1","amount":["1","EUR"]}"#;
    assert_eq!(
        lines(&read_payments(file.as_bytes(), false).malformed),
        ["line 1: amount: not a text or a number"]
    );
    for (flag, reconciled) in [("true", true), ("false", false), ("\"yes\"", true), ("0", false)] {
        let file =
            format!(r#"{{"id":"t-1","amount":"1 EUR","booking_date":"2026-06-26","reconciled":{flag}}}"#);
        assert_eq!(
            read_transactions(file.as_bytes(), false).records[0].reconciled,
            reconciled
        );
    }
}

#[test]
fn reasons_hold_no_value() {
    let file = r#"{"id":"t-1","amount":"SECRETNAME EUR","booking_date":"SECRETNAME"}"#;
    let read = read_transactions(file.as_bytes(), false);
    assert!(!lines(&read.malformed)[0].contains("SECRETNAME"));
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), start in "[\\[{<i:]?") {
        let mut file = start.into_bytes();
        file.extend(bytes);
        read_transactions(&file, false);
        read_payments(&file, false);
    }
}

/// A zip of these files.
pub(super) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut zip, content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn every_file_of_a_zip_is_read() {
    let csv = |id: &str| format!("id,amount,booking_date\n{id},1 EUR,2026-06-26\nbad\n");
    let inner = zip(&[("x.csv", csv("t-3").as_bytes())]);
    let files = zip(&[
        ("a.csv", csv("t-1").as_bytes()),
        ("b/c.csv", csv("t-2").as_bytes()),
        ("d.zip", &inner),
    ]);
    let read = read_transactions(&files, false);
    let ids: Vec<_> = read.records.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(ids, ["t-1", "t-2"]);
    assert_eq!(
        lines(&read.malformed),
        [
            "a.csv, line 3: 1 columns, but the heading has 3",
            "b/c.csv, line 3: 1 columns, but the heading has 3",
            "d.zip, line 1: a zip inside of a zip, which is not read",
        ]
    );
    let payments = zip(&[("p.json", br#"{"id":"p-1","amount":"1 EUR"}"#)]);
    assert_eq!(read_payments(&payments, false).records.len(), 1);
}

#[test]
fn zip_of_too_many_files_and_broken_one_are_told() {
    let names: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), &b"[]"[..])).collect();
    assert_eq!(
        lines(&read_transactions(&zip(&many), false).malformed),
        ["line 1: a zip of more than 1000 files; the rest was not read"]
    );
    assert_eq!(
        lines(&read_transactions(b"PK\x03\x04x", false).malformed),
        ["line 1: a broken zip; nothing was read"]
    );
}
