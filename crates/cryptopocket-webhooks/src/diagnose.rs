//! Finds the reason of a refusal by trying the usual mistakes.

use hmac::Mac as _;

use crate::encoding::{self, TAG_LEN};
use crate::error::{VerifyError, VerifyErrorKind};
use crate::mac::Key;
use crate::restyle;
use crate::verify::Verifier;

/// Limit of the search, which hashes the body up to 27 times per secret: anyone can send a body.
const MAX_DIAGNOSED: usize = 8 * 1024;

const OTHER_SECRET: &str = "most often the secret is not the API secret of this integration and environment, or the body was parsed and \
     printed again before verification; pass the received bytes";

/// A key that the sender may have used by mistake, and the hint for that case.
#[derive(Clone)]
pub(crate) struct Suspect {
    key: Key,
    hint: &'static str,
}

impl Suspect {
    /// The usual mistakes in copying a secret.
    pub(crate) fn of_secret(text: &str) -> Vec<Self> {
        let trimmed = text.trim();
        let bare = trimmed.trim_matches(['"', '\'', '`']).trim();
        let mut suspects = Vec::new();
        if trimmed != text {
            let hint = "the signature matches the secret without the white space around it; trim the secret (a file or \
                 variable often ends with a newline)";
            suspects.push(Self {
                key: Key::new(trimmed.as_bytes()),
                hint,
            });
        }
        if bare != trimmed && !bare.is_empty() {
            let hint = "the signature matches the secret without the quotation marks around it; remove them";
            suspects.push(Self {
                key: Key::new(bare.as_bytes()),
                hint,
            });
        }
        suspects
    }

    pub(crate) fn api_key(key: &str) -> Self {
        let hint = "the sender signed with the API key instead of the API secret";
        Self {
            key: Key::new(key.as_bytes()),
            hint,
        }
    }
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
        let hint = self.time_hint(sent_at, now, skew);
        VerifyError::new(
            kind,
            format!(
                "the timestamp is {} s {side}; the limit is {} s",
                skew.unsigned_abs(),
                self.verifier.tolerance.as_secs()
            ),
            hint,
        )
        .with_skew(i64::try_from(skew).unwrap_or(if skew < 0 { i64::MIN } else { i64::MAX }))
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
        let suspect = self
            .verifier
            .suspects
            .iter()
            .find(|s| s.key.matches(&[body, timestamp], tag));
        suspect
            .map(|suspect| suspect.hint)
            .or_else(|| self.other_bytes(tag))
            .or_else(|| self.other_scheme(tag))
            .or_else(|| self.other_printing(tag))
    }

    fn made(&self, parts: &[&[u8]], tag: &[u8; TAG_LEN]) -> bool {
        self.verifier.matching(parts, tag).is_some()
    }

    /// White space around the body that was added or removed in transit.
    fn other_bytes(&self, tag: &[u8; TAG_LEN]) -> Option<&'static str> {
        let (body, timestamp) = (self.body, self.timestamp);
        let trimmed = body.trim_ascii();
        if trimmed.len() != body.len() && self.made(&[trimmed, timestamp], tag) {
            return Some(
                "the signature matches the body without the white space around it; a receiving component added it, often \
                 a newline at the end (`echo`, an editor, a heredoc)",
            );
        }
        if let Some(rest) = body.strip_prefix(b"\xef\xbb\xbf")
            && self.made(&[rest, timestamp], tag)
        {
            return Some("the signature matches the body without its byte order mark; do not add one");
        }
        [b"\n".as_slice(), b"\r\n"]
            .into_iter()
            .any(|end| self.made(&[body, end, timestamp], tag))
            .then_some(
                "the signature matches the body with a newline at its end; a receiving component removed it",
            )
    }

    /// Signed otherwise than the provider documents.
    fn other_scheme(&self, tag: &[u8; TAG_LEN]) -> Option<&'static str> {
        let (body, timestamp) = (self.body, self.timestamp);
        if self.made(&[timestamp, body], tag) || self.made(&[timestamp, b".", body], tag) {
            return Some(
                "the sender signed the timestamp before the body; the provider documents body, then timestamp",
            );
        }
        if self.made(&[body, b".", timestamp], tag) {
            return Some("the sender put a dot between body and timestamp; the provider documents none");
        }
        self.made(&[body], tag).then_some(
            "the sender signed the body without the timestamp; the provider documents body, then timestamp",
        )
    }

    /// The body printed again in the styles of the usual encoders.
    fn other_printing(&self, tag: &[u8; TAG_LEN]) -> Option<&'static str> {
        let printed_so = |style: restyle::Style<'_>| {
            let mut macs: Vec<_> = self.verifier.keys.iter().map(Key::begin).collect();
            let mut update = |piece: &[u8]| macs.iter_mut().for_each(|mac| mac.update(piece));
            if style.write(&mut update).is_none() {
                return false;
            }
            update(self.timestamp);
            macs.into_iter().any(|mac| mac.verify_slice(tag).is_ok())
        };
        restyle::styles(self.body)
            .any(printed_so)
            .then_some(
                "the signature matches the same JSON printed in another style: the body was parsed and printed again \
                 before verification; pass the received bytes",
            )
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
