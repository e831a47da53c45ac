use super::*;
use crate::input::read_transactions;

const HEAD: &str = ":20:STARTUMS\n:25:DE89370400440532013000\n:28C:12/1\n:60F:C251230EUR1000,00\n";

fn read(body: &str) -> Records<Transaction> {
    read_transactions(
        format!("{HEAD}{body}:62F:C260102EUR1150,50\n-\n").as_bytes(),
        false,
    )
}

#[test]
fn sub_fields_are_joined_and_the_year_turns() {
    let found = read(
        ":61:2512310102C150,50NTRFNONREF//BANKREF\n:86:166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+PAGO REF 1200?2237 GRACIAS\n?30BIC?31ES9121000418450200051332\n?32GARCIA LOP?33EZ ANA\n",
    );
    let credit = &found.records[0];
    assert_eq!(credit.amount.to_string(), "150.50 EUR");
    assert_eq!(
        credit.concept.value().unwrap().reveal(),
        "PAGO REF 120037 GRACIAS"
    );
    assert_eq!(
        credit.counterparty_name.value().unwrap().reveal(),
        "GARCIA LOPEZ ANA"
    );
    assert_eq!(
        credit.counterparty_iban.value().unwrap().reveal(),
        "ES9121000418450200051332"
    );
    assert_eq!(credit.end_to_end_id.value().unwrap().reveal(), "E-1");
    assert_eq!(credit.value_date.to_string(), "2025-12-31");
    assert_eq!(credit.booking_date.to_string(), "2026-01-02");
    assert_eq!(credit.id, "DE89370400440532013000/12/1/1");
}

#[test]
fn free_text_is_joined_over_full_lines_only() {
    let full = format!("{}1200", "X".repeat(WRAP - 5)) + " ";
    let wrapped = format!("{}1200", "X".repeat(WRAP - 4));
    assert_eq!((full.len(), wrapped.len()), (WRAP, WRAP));
    let found = read(&format!(":61:260102C1,NTRFE-2\n:86:{wrapped}\n37 ANA\nGARCIA\n"));
    let text = found.records[0].concept.value().unwrap().reveal();
    assert!(text.ends_with("120037 ANA\nGARCIA"), "{text}");
    assert_eq!(found.records[0].end_to_end_id.value().unwrap().reveal(), "E-2");
}

#[test]
fn reversals_have_the_sign_of_the_money() {
    let found =
        read(":61:260102RC10,00NTRFNONREF\n:61:260102RDR0011,5NTRFNONREF\n:61:260102D12,NTRFNONREF\n");
    let amounts: Vec<_> = found.records.iter().map(|t| t.amount.to_string()).collect();
    assert_eq!(amounts, ["-10.00 EUR", "11.50 EUR", "-12.00 EUR"]);
}

#[test]
fn bad_lines_are_told_and_the_rest_is_read() {
    let found = read(":61:261302C1,NTRF\n:61:260102C1.50NTRF\n:61:260102X1,NTRF\n:61:260102C2,NTRFNONREF\n");
    assert_eq!(found.records.len(), 1);
    let lines: Vec<_> = found.malformed.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [5, 6, 7]);
}

#[test]
fn swift_blocks_and_latin_1_are_read() {
    let mut bytes = b"{1:F01BANKDEFF}{2:I940}{4:\n".to_vec();
    bytes.extend(HEAD.bytes());
    bytes.extend(b":61:260102C1,NTRFNONREF\n:86:MU\xD1OZ 120037\n-}");
    let found = read_transactions(&bytes, false);
    assert_eq!(found.records[0].concept.value().unwrap().reveal(), "MUÑOZ 120037");
}

#[test]
fn balances_of_each_statement_are_checked() {
    let second = ":20:2\n:25:DE89370400440532013000\n:28C:13/1\n:60F:D260102EUR10,\n:61:260102C5,NTRFNONREF\n:62F:D260102EUR4,\n";
    let file = format!("{HEAD}:61:260102C150,50NTRFNONREF\n:62F:C260102EUR1150,50\n-\n{second}");
    let found = read_transactions(file.as_bytes(), false);
    let differences: Vec<_> = found
        .statements
        .iter()
        .map(|s| s.difference().unwrap().to_string())
        .collect();
    assert_eq!(differences, ["0.00 EUR", "-1.00 EUR"]);
    assert_eq!(found.statements[1].id, "DE89370400440532013000/13/1");
}

#[test]
fn signed_balances_are_read_and_told() {
    let of = |opening: &str, closing: &str| {
        let file =
            format!(":20:A\n:25:DE89\n:28C:1\n:60F:{opening}\n:61:260102C5,NTRFNONREF\n:62F:{closing}\n");
        let read = read_transactions(file.as_bytes(), false);
        let difference = read.statements[0].difference().map(|sum| sum.to_string());
        let told: Vec<_> = read.notes.iter().map(|note| note.line).collect();
        (difference.unwrap_or_default(), told, read.malformed.len())
    };
    let zero = "0.00 EUR".to_owned();
    for (opening, closing, told) in [
        ("C260102EUR-10,00", "C260102EUR-5,", vec![4, 6]),
        ("D260102EUR-10,00", "D260102EUR5,", vec![4]),
        ("260102EUR-10,00", "260102EUR5,00-", vec![4, 6]),
        ("C260102EUR+10,00", "C260102EUR15,", vec![4]),
        ("260102EUR10,00", "C260102EUR15,", vec![4]),
    ] {
        assert_eq!(of(opening, closing), (zero.clone(), told, 0), "{opening}");
    }
    assert_eq!(of("C260102EUR10", "C260102EUR15,00"), (zero, vec![4], 0));
    let (difference, _, malformed) = of("C260102EUR10,00", "C260102EUR1x,00");
    assert_eq!(
        (difference.as_str(), malformed),
        ("", 1),
        "an unreadable balance is told"
    );
}

#[test]
fn statement_of_zero_without_movements_is_whole() {
    let file = ":20:A\n:25:DE89\n:28C:1\n:60F:C260102EUR0\n:62F:C260102EUR0\n";
    let read = read_transactions(file.as_bytes(), false);
    assert!(read.records.is_empty() && read.malformed.is_empty());
    assert!(read.statements[0].difference().unwrap().is_zero());
}

#[test]
fn currency_is_read_behind_an_odd_mark() {
    let file = ":20:A\n:25:DE89\n:28C:1\n:60F:X251230EUR10,00\n:61:260102C5,NTRFNONREF\n";
    let read = read_transactions(file.as_bytes(), false);
    assert_eq!(read.records[0].amount.to_string(), "5.00 EUR");
    assert_eq!(read.malformed.len(), 1, "the balance is told");
}
