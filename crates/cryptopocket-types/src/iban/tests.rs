use super::*;

/// One specimen for every length of the registry.
const VALID: &[&str] = &[
    "NO9386011117947",
    "BE68539007547034",
    "NL91ABNA0417164300",
    "DK5000400440116243",
    "SI56263300012039086",
    "AT611904300234573201",
    "CH9300762011623852957",
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "AE070331234567890123456",
    "ES9121000418450200051332",
    "PT50000201231234567890154",
    "TR330006100519786457841326",
    "FR1420041010050500013M02606",
    "IT60X0542811101000000123456",
    "PL61109010140000071219812874",
    "BR1800360305000010009795493C1",
    "KW81CBKU0000000000001234560101",
    "MT84MALT011000012345MTLCAST001S",
    "LC55HEMM000100010012001200023015",
];

#[test]
fn valid_numbers_are_read_with_and_without_spaces() {
    for text in VALID {
        let iban: Iban = text.parse().unwrap();
        assert_eq!(iban.reveal(), *text);
        let spaced: String = text
            .char_indices()
            .flat_map(|(i, c)| [" ", ""][usize::from(i % 4 != 0)].chars().chain([c]))
            .collect();
        assert_eq!(spaced.to_lowercase().parse::<Iban>().unwrap(), iban);
    }
}

#[test]
fn every_wrong_digit_and_every_swap_is_refused() {
    for text in VALID {
        let bytes = text.as_bytes();
        for place in 2..bytes.len() {
            for digit in b'0'..=b'9' {
                let mut wrong = bytes.to_vec();
                wrong[place] = digit;
                if wrong != bytes && bytes[place].is_ascii_digit() {
                    assert!(
                        core::str::from_utf8(&wrong).unwrap().parse::<Iban>().is_err(),
                        "{text} {place}"
                    );
                }
            }
            let mut swapped = bytes.to_vec();
            swapped.swap(place - 1, place);
            if swapped != bytes {
                assert!(
                    core::str::from_utf8(&swapped).unwrap().parse::<Iban>().is_err(),
                    "{text} {place}"
                );
            }
        }
    }
}

#[test]
fn each_refusal_names_its_rule() {
    for (text, rule) in [
        ("", "too short"),
        ("ES91", "too short"),
        ("ES91 2100 0418 4502 0005 133", "check digits do not match"),
        (
            "ES98 2100 0418 4502 0005 133",
            "not the length or structure of its country",
        ),
        ("ES92 2100 0418 4502 0005 1332", "check digits do not match"),
        (
            "ES91-2100-0418-4502-0005-1332",
            "not letters and digits of a usual length",
        ),
        (
            "ЕS9121000418450200051332",
            "not letters and digits of a usual length",
        ),
        (
            "9121000418450200051332",
            "not two letters, two digits and an account number",
        ),
        (
            "ES9121000418450200051332000000000000",
            "not letters and digits of a usual length",
        ),
    ] {
        assert_eq!(text.parse::<Iban>().unwrap_err().rule(), rule, "{text}");
    }
}

#[test]
fn unknown_country_is_checked_by_its_digits() {
    let text = "ZZ80000012345678901";
    let valid = (2..99)
        .filter(|check| format!("ZZ{check:02}{}", &text[4..]).parse::<Iban>().is_ok())
        .count();
    assert_eq!(valid, 1);
}

#[test]
fn equal_numbers_are_one_in_a_set() {
    let numbers = [
        "ES91 2100 0418 4502 0005 1332",
        "es9121000418450200051332",
        VALID[0],
    ];
    let numbers = numbers.map(|text| text.parse::<Iban>().unwrap());
    assert_eq!(std::collections::HashSet::from(numbers.clone()).len(), 2);
    let sorted = std::collections::BTreeSet::from(numbers);
    assert_eq!(sorted.first().unwrap().country(), "ES");
}
