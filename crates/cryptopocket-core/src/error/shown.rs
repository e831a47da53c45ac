//! Words of the provider as they may be shown without being asked for. What looks like a word can be a name, an IBAN or a
//! wallet that came in the wrong place.

use cryptopocket_types::shown::is_word;
use cryptopocket_types::{ErrorCode, KycStatus, OfframpStatus, PaymentStatus};

/// An unknown code is shown only where it stands as one and looks like one.
pub(crate) fn code(code: &ErrorCode, is_in_place: bool) -> &str {
    if code.is_known() || is_in_place && is_word(code.as_str()) {
        code.as_str()
    } else {
        "[unknown code]"
    }
}

/// The state of an object, for the end of a sentence.
pub(crate) fn state(state: &str) -> &str {
    let is_known = PaymentStatus::from(state).is_known()
        || OfframpStatus::from(state).is_known()
        || KycStatus::from(state).is_known();
    if is_known || is_word(state) {
        state
    } else {
        "in a state unknown to this SDK"
    }
}

#[cfg(test)]
mod tests {
    use cryptopocket_types::shown::is_name;

    use super::*;

    const DATA: [&str; 11] = [
        "ES9121000418450200051332",
        "es9121000418450200051332",
        "Garcia",
        "GARCIA_LOPEZ",
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "pay7Q2mX9tB4vLk8ZrN3cWd1s",
        "passport_12345678",
        "ana@example.com",
        "mariaDelCarmenGarciaLopezDeLaFuente",
        "_ana_garcia",
    ];

    #[test]
    fn what_could_be_data_is_not_shown() {
        for data in DATA {
            assert_eq!(code(&data.into(), true), "[unknown code]");
            assert_eq!(state(data), "in a state unknown to this SDK");
            assert!(!is_name(data), "{data}");
        }
        for name in ["maria", "Maria"] {
            assert_eq!(code(&name.into(), true), "[unknown code]");
            assert_eq!(state(name), "in a state unknown to this SDK");
        }
    }

    #[test]
    fn words_of_the_provider_are_shown() {
        assert_eq!(code(&"limit_exceded".into(), false), "limit_exceded");
        assert_eq!(code(&"wallet_frozen_v2".into(), true), "wallet_frozen_v2");
        assert_eq!(code(&"wallet_frozen_v2".into(), false), "[unknown code]");
        for known in ["started", "coins_sent", "finished", "valid", "brand_new"] {
            assert_eq!(state(known), known);
        }
        for name in ["email", "company_name", "companyName", "address_123", "userIBAN"] {
            assert!(is_name(name), "{name}");
        }
    }
}
