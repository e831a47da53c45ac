//! Text forms of a signature.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::error::{VerifyError, VerifyErrorKind};

/// Length of an HMAC-SHA256 tag.
pub(crate) const TAG_LEN: usize = 32;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// How a [`Signer`](crate::Signer) writes a signature. A [`Verifier`](crate::Verifier) reads more forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SignatureEncoding {
    /// 64 hex digits in lower case.
    #[default]
    Hex,
    /// Base64 with `+` and `/`, padded.
    Base64,
}

impl SignatureEncoding {
    pub(crate) fn encode(self, tag: &[u8]) -> String {
        match self {
            Self::Hex => hex_lower(tag),
            Self::Base64 => STANDARD.encode(tag),
        }
    }
}

/// Lower-case hex.
pub(crate) fn hex_lower(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    nibbles
        .filter_map(|nibble| char::from_digit(nibble.into(), 16))
        .collect()
}

/// Reads 64 hex digits of one case, or 43 base64 characters of one alphabet with or without padding.
///
/// No text has two readings, so a signature cannot be varied at will.
pub(crate) fn decode(text: &[u8]) -> Result<[u8; TAG_LEN], VerifyError> {
    let tag = match text.len() {
        64 => unhex(text),
        43 | 44 => unbase64(text),
        _ => None,
    };
    tag.ok_or_else(|| refusal(text))
}

fn unhex(text: &[u8]) -> Option<[u8; TAG_LEN]> {
    if text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut tag = [0; TAG_LEN];
    for (byte, pair) in tag.iter_mut().zip(text.chunks_exact(2)) {
        *byte = (nibble(pair[0])? << 4) | nibble(pair[1])?;
    }
    Some(tag)
}

fn nibble(digit: u8) -> Option<u8> {
    // From a table, since no processor can guess the branches of a signature's digits.
    let value = NIBBLES[usize::from(digit)];
    (value < 16).then_some(value)
}

const NIBBLES: [u8; 256] = {
    let mut table = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        table[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

fn unbase64(text: &[u8]) -> Option<[u8; TAG_LEN]> {
    let url_safe = text.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let alphabet = if url_safe {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    let bytes = GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()?;
    bytes.try_into().ok()
}

fn refusal(text: &[u8]) -> VerifyError {
    let hint = if text.is_empty() {
        "the header is present but empty"
    } else if text.iter().any(u8::is_ascii_whitespace) {
        "there is white space in or around the value; pass the header's value trimmed"
    } else if text.iter().any(|byte| matches!(byte, b'=' | b',')) && text.len() > 44 {
        "there is a prefix such as `sha256=` or `v1,` before the value, or several values; this provider is not known to \
         send either"
    } else if text.len() == 64 && unhex(&text.to_ascii_lowercase()).is_some() {
        "hex digits of both cases are mixed, which no encoder does; a component in between rewrites headers"
    } else if matches!(text.len(), 40 | 128) {
        "the length is that of hex SHA-1 or SHA-512; the provider documents HMAC-SHA256"
    } else {
        "the value may have been cut off or rewritten in transit"
    };
    VerifyError::new(
        VerifyErrorKind::BadSignatureEncoding,
        format!(
            "the signature of {} bytes is neither hex (64 digits) nor base64 (43 or 44 characters)",
            text.len()
        ),
        hint,
    )
}
