//! Texts of the provider as `Debug` may show them. What looks like a word can be a name, an IBAN or a wallet that came in
//! the wrong place.

use crate::Iban;

/// The name of a field, if it looks like one.
pub(crate) fn name(name: &str) -> &str {
    if is_name(name) { name } else { "[name]" }
}

/// Whether a name in a reply looks like that of a field, for `Debug` and errors: a key can be data too.
pub fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let looks_right =
        name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(is_plain);
    looks_right && is_free_of_data(name)
}

/// A value that this version does not know, if it looks like a word of the provider.
pub fn word(word: &str) -> &str {
    if is_word(word) { word } else { "[unknown]" }
}

/// Whether a text looks like a word of the provider: small letters joined by underscores. One word, or capitals, may be the
/// name of a person.
pub fn is_word(text: &str) -> bool {
    let is_small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_joined = text.contains('_') && text.split('_').all(|part| !part.is_empty());
    let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
    begins && is_joined && text.bytes().all(is_small) && is_free_of_data(text)
}

/// An id, a coin or a chain, unless it has the form of personal data that came in its place.
///
/// Those that the provider makes name no person, so they are shown: they are what a log is searched for.
pub fn id(text: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
    if text.len() <= 80 && text.bytes().all(is_plain) && !is_wallet(text) && !is_account(text) {
        text
    } else {
        "[hidden]"
    }
}

/// An address of Bitcoin, of Tron, or of a chain of the Ethereum family, by its form alone.
fn is_wallet(text: &str) -> bool {
    let starts_with = |start: &str| {
        text.get(..start.len())
            .is_some_and(|at| at.eq_ignore_ascii_case(start))
    };
    let is_base58 = |byte: u8| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l');
    starts_with("bc1")
        || text.len() == 42 && starts_with("0x")
        || (26..=35).contains(&text.len()) && text.starts_with(['1', '3', 'T']) && text.bytes().all(is_base58)
}

/// An account, in groups or not.
fn is_account(text: &str) -> bool {
    let joined: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    joined.parse::<Iban>().is_ok()
}

/// Text of the integrator's own, which may be anything.
pub(crate) fn hidden(_: &str) -> &'static str {
    "[hidden]"
}

/// Whether a text can be no account, wallet or id: those have long numbers or long words.
fn is_free_of_data(text: &str) -> bool {
    let has_number = text
        .as_bytes()
        .windows(4)
        .any(|window| window.iter().all(u8::is_ascii_digit));
    text.len() <= 64 && !has_number && text.split('_').all(|part| part.len() <= 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_in_place_of_an_id_is_hidden() {
        for data in [
            "ES9121000418450200051332",
            "Ana Gil",
            "ana@example.com",
            "Ñ",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0X52908400098527886E0F7030069857D2E4169EE7",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC",
            "ES91-2100-0418-4502-0005-1332",
            &"7".repeat(81),
        ] {
            assert_eq!(id(data), "[hidden]", "{data}");
        }
        for shown in [
            "pay7Q2mX9tB4vLk8ZrN3cWd1s",
            "100067",
            "USDC",
            "polygon",
            &format!("0x{}", "a".repeat(64)),
        ] {
            assert_eq!(id(shown), shown);
        }
    }

    #[test]
    fn data_in_place_of_a_name_is_hidden() {
        for data in [
            "ES9121000418450200051332",
            "es9121000418450200051332",
            "Ana Gil",
            "ana@example.com",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "pay7Q2mX9tB4vLk8ZrN3cWd1s",
            "passport_12345678",
            "mariaDelCarmenGarciaLopezDeLaFuente",
            "_ana_garcia",
            "",
        ] {
            assert_eq!(name(data), "[name]", "{data}");
            assert_eq!(word(data), "[unknown]", "{data}");
        }
        for data in ["Ana", "ana", "ANA", "Ana_Gil", "GARCIA_LOPEZ", "_"] {
            assert_eq!(word(data), "[unknown]", "{data}");
        }
        for shown in [
            "fee",
            "companyName",
            "address2",
            "fiat_symbol",
            "userIBAN",
            "accountIBAN",
            "address_123",
            "verificationdocument",
        ] {
            assert_eq!(name(shown), shown);
        }
        for shown in ["on_hold", "v2_state"] {
            assert_eq!(word(shown), shown);
        }
    }
}
