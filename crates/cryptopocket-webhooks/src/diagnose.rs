//! Finds the reason of a refusal by trying the usual mistakes.

use crate::encoding::{self, TAG_LEN};
use crate::error::{VerifyError, VerifyErrorKind};
use crate::mac::Key;
use crate::restyle;
use crate::verify::Verifier;

/// Limit of the search, which hashes the body up to 27 times per secret: anyone can send a body.
const MAX_DIAGNOSED: usize = 8 * 1024;

// White space around the body that was added or removed in transit.
const SPACE_ADDED: &str = "the signature matches the body without the white space around it; a receiving component added it, often \
     a newline at the end (`echo`, an editor, a heredoc)";
const MARK_ADDED: &str = "the signature matches the body without its byte order mark; do not add one";
const NEWLINE_REMOVED: &str =
    "the signature matches the body with a newline at its end; a receiving component removed it";
// Signed otherwise than the provider documents.
const TIMESTAMP_FIRST: &str =
    "the sender signed the timestamp before the body; the provider documents body, then timestamp";
const DOTTED: &str = "the sender put a dot between body and timestamp; the provider documents none";
const NO_TIMESTAMP: &str =
    "the sender signed the body without the timestamp; the provider documents body, then timestamp";
const PRINTED_AGAIN: &str = "the signature matches the same JSON printed in another style: the body was parsed and printed again \
     before verification; pass the received bytes";
const OTHER_SECRET: &str = "most often the secret is not the API secret of this integration and environment, or the body was parsed and \
     printed again before verification; pass the received bytes";

/// A key that the sender may have used by mistake, and the hint for that case.
pub(crate) type Suspect = (Key, &'static str);

/// The usual mistakes in copying a secret.
pub(crate) fn miscopied(secret: &str) -> impl Iterator<Item = Suspect> {
    let trimmed = secret.trim();
    let bare = trimmed.trim_matches(['"', '\'', '`']).trim();
    let spaced = "the signature matches the secret without the white space around it; trim the secret (a file or \
         variable often ends with a newline)";
    let quoted = "the signature matches the secret without the quotation marks around it; remove them";
    [
        (trimmed != secret).then(|| (Key::new(trimmed.as_bytes()), spaced)),
        (bare != trimmed && !bare.is_empty()).then(|| (Key::new(bare.as_bytes()), quoted)),
    ]
    .into_iter()
    .flatten()
}

pub(crate) fn api_key_as_secret(key: &str) -> Suspect {
    let hint = "the sender signed with the API key instead of the API secret";
    (Key::new(key.as_bytes()), hint)
}

/// A delivery to be refused.
pub(crate) struct Attempt<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) timestamp: &'a [u8],
    pub(crate) signature: &'a [u8],
    pub(crate) verifier: &'a Verifier,
}

impl Attempt<'_> {
    /// The error for a timestamp outside the tolerance.
    pub(crate) fn out_of_time(&self, sent_at: u64, now: i64) -> VerifyError {
        let skew = i128::from(now) - i128::from(sent_at);
        let (kind, side) = if skew > 0 {
            (VerifyErrorKind::TooOld, "in the past")
        } else {
            (VerifyErrorKind::TooNew, "in the future")
        };
        let (seconds, limit) = (skew.unsigned_abs(), self.verifier.tolerance.as_secs());
        let message = format!("the timestamp is {seconds} s {side}; the limit is {limit} s");
        let mut error = VerifyError::new(kind, message, self.time_hint(sent_at, now, skew));
        let extreme = if skew < 0 { i64::MIN } else { i64::MAX };
        error.skew_seconds = Some(i64::try_from(skew).unwrap_or(extreme));
        error
    }

    fn time_hint(&self, sent_at: u64, now: i64, skew: i128) -> String {
        let tolerance = u128::from(self.verifier.tolerance.as_secs());
        for (unit, factor) in [("milliseconds", 1_000), ("microseconds", 1_000_000)] {
            if (i128::from(now) - i128::from(sent_at / factor)).unsigned_abs() <= tolerance {
                return format!("the timestamp looks like {unit}; the provider documents seconds");
            }
        }
        if !self.is_searched() {
            return format!(
                "an old delivery was sent again, or a clock is wrong (skew {skew:+} s); compare this machine's clock \
                 with a time server"
            );
        }
        let authentic =
            encoding::decode(self.signature).is_ok_and(|tag| self.made(&[self.body, self.timestamp], &tag));
        match (authentic, skew > 0) {
            (true, true) => format!(
                "the signature itself is right: an old delivery was sent again, or this machine's clock is fast \
                 (skew {skew:+} s); compare it with a time server"
            ),
            (true, false) => format!(
                "the signature itself is right: this machine's clock is slow, or the sender's is fast \
                 (skew {skew:+} s); compare it with a time server"
            ),
            (false, _) => "the signature does not match either, so clocks are not the only cause".to_owned(),
        }
    }

    /// The error for a tag that matches no secret.
    pub(crate) fn mismatch(&self, tag: &[u8; TAG_LEN]) -> VerifyError {
        let reason = self.is_searched().then(|| self.reason(tag)).flatten();
        let hint = reason.unwrap_or(OTHER_SECRET);
        VerifyError::new(
            VerifyErrorKind::SignatureMismatch,
            "the signature does not match body, timestamp and secret",
            hint,
        )
    }

    /// Whether the reason may be searched for. A refused body of any size must not cost its sender less than us.
    fn is_searched(&self) -> bool {
        self.verifier.diagnose && self.body.len() <= MAX_DIAGNOSED
    }

    fn reason(&self, tag: &[u8; TAG_LEN]) -> Option<&'static str> {
        let (body, timestamp) = (self.body, self.timestamp);
        let mut suspects = self.verifier.suspects.iter();
        if let Some((_, hint)) = suspects.find(|(key, _)| key.matches(&[body, timestamp], tag)) {
            return Some(hint);
        }
        let unmarked = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let signed: [(&[&[u8]], &'static str); 8] = [
            (&[body.trim_ascii(), timestamp], SPACE_ADDED),
            (&[unmarked, timestamp], MARK_ADDED),
            (&[body, b"\n", timestamp], NEWLINE_REMOVED),
            (&[body, b"\r\n", timestamp], NEWLINE_REMOVED),
            (&[timestamp, body], TIMESTAMP_FIRST),
            (&[timestamp, b".", body], TIMESTAMP_FIRST),
            (&[body, b".", timestamp], DOTTED),
            (&[body], NO_TIMESTAMP),
        ];
        if let Some((_, hint)) = signed.iter().find(|(parts, _)| self.made(parts, tag)) {
            return Some(hint);
        }
        restyle::renderings(body)
            .flatten()
            .any(|text| self.made(&[text.as_bytes(), timestamp], tag))
            .then_some(PRINTED_AGAIN)
    }

    fn made(&self, parts: &[&[u8]], tag: &[u8; TAG_LEN]) -> bool {
        self.verifier.matching(parts, tag).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::SignatureHeaders;

    #[test]
    fn other_signing_schemes_are_recognised() {
        let (body, now) = (b"{\"a\":1}".as_slice(), b"1764000000".as_slice());
        let schemes: [(&[&[u8]], &str); 4] = [
            (&[now, body], "timestamp before the body"),
            (&[now, b".", body], "timestamp before the body"),
            (&[body, b".", now], "dot between"),
            (&[body], "without the timestamp"),
        ];
        let verifier = Verifier::new("s").unwrap().tolerance(std::time::Duration::MAX);
        for (parts, hint) in schemes {
            let tag = crate::encoding::hex_lower(&Key::new(b"s").tag(parts));
            let error = verifier
                .verify(&SignatureHeaders::new("1764000000", tag), body)
                .unwrap_err();
            assert!(error.hint().contains(hint), "{}", error.hint());
        }
    }

    fn hint(signed: &[u8], came: &[u8]) -> String {
        let verifier = Verifier::new("old").unwrap().and_secret("s").unwrap();
        let headers = crate::Signer::new("s").unwrap().sign(signed);
        verifier.verify(&headers, came).unwrap_err().hint().to_owned()
    }

    #[test]
    fn reprinted_body_is_recognised_down_to_a_depth() {
        let nested = |depth: usize, comma: &str| {
            format!("{}1{comma}2{}", "[".repeat(depth), "]".repeat(depth)).into_bytes()
        };
        assert!(hint(&nested(16, ", "), &nested(16, ",")).contains("printed again"));
        assert_eq!(hint(&nested(17, ", "), &nested(17, ",")), OTHER_SECRET);
        assert_eq!(hint(b"{}", &nested(4090, ",")), OTHER_SECRET);
    }

    #[test]
    fn oversized_bodies_are_not_hashed_for_a_hint() {
        let body = vec![b' '; MAX_DIAGNOSED + 1];
        let verifier = Verifier::new("s ").unwrap().tolerance(std::time::Duration::MAX);
        let signer = crate::Signer::new("s").unwrap();
        assert_eq!(
            verifier.verify(&signer.sign(&body), &body).unwrap_err().hint(),
            OTHER_SECRET
        );
        let late = Verifier::new("s").unwrap();
        let hint = |body: &[u8]| {
            late.verify(&signer.sign_at(body, 0), body)
                .unwrap_err()
                .hint()
                .to_owned()
        };
        assert!(hint(&body).starts_with("an old delivery was sent again"));
        assert!(hint(&body[1..]).starts_with("the signature itself is right"));
        let smaller = &body[1..];
        assert!(
            verifier
                .verify(&signer.sign(smaller), smaller)
                .unwrap_err()
                .hint()
                .contains("trim the secret")
        );
    }
}
