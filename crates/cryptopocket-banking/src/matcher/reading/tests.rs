use proptest::prelude::*;

use super::super::text::fold;
use super::*;

fn read(text: &str) -> Vec<Reference> {
    let mut folded = String::new();
    fold(text, 4096, &mut folded);
    Reader::default().read(&folded, 64).0.to_vec()
}

fn reading(text: &str, number: u64) -> Option<ReferenceFound> {
    read(text)
        .iter()
        .find(|reference| reference.key == Key(number))
        .map(|r| r.reading)
}

#[test]
fn whole_token_is_read_through_mangling() {
    for text in [
        "120037",
        "pago 120037 gracias",
        "00120037",
        "REF120037",
        "Ref.:120037",
        "CONCEPTO 120037",
        "concepto120037.",
        "(120037)",
        "/INV/120037/",
        "pago\n120037",
        "Nº 120037",
        "Überweisung 120037, Müller",
        "120037 15/06/2026",
        "120037 150,50 EUR",
    ] {
        assert_eq!(reading(text, 120_037), Some(ReferenceFound::WholeWord), "{text}");
    }
}

#[test]
fn grouped_number_is_joined_whole() {
    for text in [
        "4821 3907",
        "48 213 907",
        "48.213.907",
        "4821-3907",
        "pago 4821\n3907 ana",
        "4 8213907",
    ] {
        assert_eq!(reading(text, 48_213_907), Some(ReferenceFound::Group), "{text}");
    }
}

#[test]
fn run_inside_longer_number_is_never_read() {
    for text in [
        "1120037",
        "1200371",
        "120037.50",
        "1,120037",
        "120 0371",
        "1200 3700 0001",
    ] {
        assert_eq!(reading(text, 120_037), None, "{text}");
    }
    assert_eq!(reading("factura 1814", 14), None);
}

#[test]
fn groups_of_one_reference_do_not_count_alone() {
    let text = "45 RE34Y U0000 00000 02019 00014";
    assert_eq!(reading(text, 2019), None);
    assert_eq!(reading(text, 14), None);
    let whole = Key::of("45RE34YU0000000000201900014").unwrap();
    assert_eq!(read(text).iter().map(|r| r.key).collect::<Vec<_>>(), [whole]);
    assert_ne!(
        reading("45 RE34Y U0000 4821 48213907", 48_213_907),
        Some(ReferenceFound::WholeWord)
    );
    assert_eq!(reading("ES91 2100 0418 4502 0005 1332", 2100), None);
    let after_account = "ES91 2100 0418 4502 0005 1332 48213907";
    assert_eq!(
        reading(after_account, 48_213_907),
        Some(ReferenceFound::WholeWord)
    );
}

#[test]
fn letters_around_number_make_it_weak() {
    assert_eq!(reading("X120037", 120_037), Some(ReferenceFound::Inside));
    assert_eq!(reading("120037GRACIAS", 120_037), Some(ReferenceFound::Inside));
    assert_eq!(reading("120037-1200371", 120_037), Some(ReferenceFound::Inside));
}

#[test]
fn letter_for_digit_is_a_typo() {
    assert_eq!(reading("12O037", 120_037), Some(ReferenceFound::OneMistake));
    assert_eq!(reading("12OO37", 120_037), None);
}

#[test]
fn creditor_reference_needs_right_check_digits() {
    for text in [
        "RF18539007547034",
        "RF18 5390 0754 7034",
        "ref RF18 5390 0754 7034 Ana",
    ] {
        assert_eq!(
            reading(text, 539_007_547_034),
            Some(ReferenceFound::CreditorReference),
            "{text}"
        );
    }
    assert_ne!(
        reading("RF19539007547034", 539_007_547_034),
        Some(ReferenceFound::CreditorReference)
    );
}

#[test]
fn amounts_and_dates_are_no_references() {
    for text in ["1.234,56", "150.50", "12/06/2026", "12 06 2026"] {
        assert!(
            read(text).iter().all(|r| r.key.significant_digits() < 6),
            "{text}: {:?}",
            read(text)
        );
    }
}

#[test]
fn labels_and_lone_numbers_are_marked() {
    let one = |text: &str| read(text)[0];
    assert!(one("ref 120037").labelled && one("ref 120037").only);
    assert!(one("factura n 120037").foreign);
    assert!(one("ref num 120037").labelled);
    assert!(!one("120037 y 483920").only);
}

#[test]
fn external_ids_are_read_with_their_separators() {
    let key = Key::of("ORDER1234").unwrap();
    for text in ["order-1234", "pago order-1234 gracias", "ORDER1234"] {
        assert!(read(text).iter().any(|r| r.key == key), "{text}");
    }
}

#[test]
fn end_to_end_id_is_a_key_unless_not_provided() {
    let mut reader = Reader::default();
    assert_eq!(reader.end_to_end("00120037").unwrap().key, Key(120_037));
    assert_eq!(reader.end_to_end("NOTPROVIDED"), None);
}

#[test]
fn many_numbers_are_cut_and_told() {
    let text: Vec<String> = (100_000..100_500)
        .map(|number: u64| format!("a {number}"))
        .collect();
    let mut folded = String::new();
    fold(&text.join(" "), 4096, &mut folded);
    let mut reader = Reader::default();
    let (found, cut) = reader.read(&folded, 64);
    assert!(cut);
    assert_eq!(found.len(), 64);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,60}") {
        read(&text);
    }

    #[test]
    fn digits_beside_it_hide_a_number(number in 100_000_u64..999_999_999, before in 1_u64..9, after in 0_u64..9) {
        for text in [format!("{before}{number}"), format!("{number}{after}"), format!("pago {before}{number}{after}")] {
            prop_assert_eq!(reading(&text, number), None, "{}", text);
        }
    }

    #[test]
    fn number_among_words_is_whole(number in 100_000_u64..1_000_000_000_000_000_000, before in "[a-zñ]{1,8}", after in "[a-zñ]{1,8}") {
        let text = format!("{before} {number} {after}");
        prop_assert_eq!(reading(&text, number), Some(ReferenceFound::WholeWord), "{}", text);
    }
}
