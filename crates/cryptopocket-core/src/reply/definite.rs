//! Whether an answer proves that the call was not carried out.

use cryptopocket_types::ErrorCode;

/// Statuses by which a server says that it did not take the request. Others below 500, such as 409 or 499, also come
/// while the call is being carried out, or after it was.
pub(crate) fn is_settled(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 405 | 413 | 415 | 422 | 429)
}

/// Words in codes that tell of a failure or of work under way rather than of a refusal.
const FAILURES: [&str; 14] = [
    "database",
    "error",
    "exception",
    "failure",
    "gateway",
    "internal",
    "pending",
    "processing",
    "progress",
    "server",
    "timeout",
    "unavailable",
    "unexpected",
    "unknown",
];

/// What a reply with a refusal in it shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    pub(super) status: u16,
    /// The reply says success as well.
    pub(super) succeeded: bool,
    /// `data` is an object with something in it.
    pub(super) has_data: bool,
    pub(super) code: Option<&'a ErrorCode>,
    /// The code stands where codes stand, not in prose.
    pub(super) is_in_place: bool,
}

impl Evidence<'_> {
    pub(super) fn is_definite(self) -> bool {
        let contradicts_itself = self.succeeded && self.has_data;
        if contradicts_itself || self.code == Some(&ErrorCode::UnexpectedError) {
            return false;
        }
        if self.code.is_some_and(ErrorCode::is_known) {
            return true;
        }
        if self.succeeded {
            return false;
        }
        is_settled(self.status) || self.status == 200 && !self.has_data && self.is_new_refusal()
    }

    /// A code that this SDK does not know, and that yet has the form of a refusal.
    fn is_new_refusal(self) -> bool {
        self.is_in_place
            && self.code.is_some_and(|code| {
                let code = code.as_str();
                is_snake(code) && code.split('_').all(|word| !FAILURES.contains(&word))
            })
    }
}

/// `lower_snake` of at least two words, as the provider writes its codes. The names of exceptions are not.
pub(crate) fn is_snake(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.contains('_')
        && text.split('_').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(code: Option<&ErrorCode>) -> Evidence<'_> {
        Evidence {
            status: 200,
            succeeded: false,
            has_data: false,
            code,
            is_in_place: true,
        }
    }

    #[test]
    fn known_codes_and_new_ones_in_the_form_of_a_code_are_definite() {
        for code in [
            "limit_exceded",
            "wallet_frozen",
            "wallet_frozen_v2",
            "authorization_incorrect",
        ] {
            assert!(evidence(Some(&code.into())).is_definite(), "{code}");
        }
        for code in [
            "unexpected_error",
            "Timeout",
            "timeout",
            "QueryException",
            "internal_server_error",
            "gateway_timeout",
            "payment_processing",
            "none",
            "wallet__frozen",
            "Wallet_frozen",
        ] {
            assert!(!evidence(Some(&code.into())).is_definite(), "{code}");
        }
        assert!(!evidence(None).is_definite());
    }

    #[test]
    fn what_speaks_against_a_refusal_leaves_the_outcome_open() {
        let (known, new) = (ErrorCode::LimitExceded, ErrorCode::from("wallet_frozen"));
        for (code, succeeded, has_data, definite) in [
            (&known, true, false, true),
            (&known, false, true, true),
            (&known, true, true, false),
            (&new, true, false, false),
            (&new, false, true, false),
        ] {
            let found = Evidence {
                succeeded,
                has_data,
                ..evidence(Some(code))
            };
            assert_eq!(found.is_definite(), definite, "{found:?}");
        }
        let in_prose = Evidence {
            is_in_place: false,
            ..evidence(Some(&new))
        };
        assert!(!in_prose.is_definite());
    }

    #[test]
    fn without_a_code_only_the_statuses_of_a_request_not_taken_are_definite() {
        for status in 200..600 {
            let found = Evidence {
                status,
                ..evidence(None)
            };
            let expected = [400, 401, 403, 404, 405, 413, 415, 422, 429].contains(&status);
            assert_eq!(found.is_definite(), expected, "{status}");
        }
    }
}
