//! Which names a recorded shape may hold.

/// Whether `name` looks like the name a programmer gives a field, and not like data.
///
/// `fiat_amount`, `createdAt` and `address2` do. Names of people and currencies, e-mail addresses, account numbers, ids,
/// wallets and tokens do not: they begin with a capital or a digit, hold other characters, or many digits. A single
/// lower-case word passes, since nothing tells it from a field.
///
/// `shown::is_name` is another rule, for names in `Debug` and errors: there `_links` is hidden, and `userIBAN` is shown.
pub(crate) fn is_field_name(name: &str) -> bool {
    const LONGEST: usize = 40;
    const LONGEST_WORD: usize = 18;
    const DIGITS: usize = 2;
    let bytes = name.as_bytes();
    let is_of_letters = bytes
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let begins = bytes
        .first()
        .is_some_and(|byte| byte.is_ascii_lowercase() || *byte == b'_');
    begins && is_of_letters && bytes.len() <= LONGEST && digits <= DIGITS && {
        // A random token has capitals everywhere; in a name they begin words.
        let humps = bytes
            .windows(2)
            .filter(|pair| pair[1].is_ascii_uppercase())
            .count();
        let words = name.split(|letter: char| letter == '_' || letter.is_ascii_uppercase());
        humps <= bytes.len() / 3 && words.map(str::len).max().unwrap_or(0) <= LONGEST_WORD
    }
}

#[cfg(test)]
mod tests {
    use super::is_field_name;

    #[test]
    fn names_of_fields_pass() {
        for name in [
            "id",
            "fiat_amount",
            "createdAt",
            "address2",
            "_links",
            "end_to_end_id",
            "next_page_url",
            "coinSymbol",
            "_ana_garcia",
            "mariaDelCarmenGarciaLopezDeLaFuente",
        ] {
            assert!(is_field_name(name), "{name}");
        }
    }

    #[test]
    fn names_that_could_be_data_do_not_pass() {
        for name in [
            "",
            "Lucía",
            "Canaria",
            "jane.roe@example.com",
            "jane roe",
            "ES9121000418450200051332",
            "es9121000418450200051332",
            "0xCa9A29dEAdBEEfcAfEf00d0123456789cA9a29dE",
            "pay7Q2mX9tB4vLk8ZrN3cWd1s",
            "tok_9c41e7a2",
            "canary-token",
            "28987",
            "+34600111222",
            "5c1e8a5e-7a7d-4c58-8e0a-94d1f7d2b6c3",
            "eyJhbGciOiJIUzI",
            "abcdefghijklmnopqrstuvw",
            "USDC",
            "userIBAN",
            "accountIBAN",
            "address_123",
            "verificationdocument",
        ] {
            assert!(!is_field_name(name), "{name}");
        }
    }
}
