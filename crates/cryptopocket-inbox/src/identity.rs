//! Identity of a verified body.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Longest key, in bytes.
const LONGEST: usize = 800;

/// The key, or a hash in place of one that no index holds: PostgreSQL refuses more than some 2,700 bytes.
pub(crate) fn bounded_key(key: String) -> String {
    if key.len() <= LONGEST {
        return key;
    }
    format!("|long:{}", hex(&Sha256::digest(key)))
}

/// Text for a column: bounded, and without the NUL that PostgreSQL refuses.
pub(crate) fn column(text: String) -> String {
    if text.len() <= LONGEST / 4 && !text.contains('\0') {
        return text;
    }
    text.replace('\0', "\u{fffd}").chars().take(LONGEST / 4).collect()
}

/// Key of the event that a [`Store`](crate::Store) makes of content released from quarantine.
pub fn released_key(key: &str, fingerprint: &[u8]) -> String {
    format!("{key}|content:{}", hex(fingerprint))
}

/// What a sealed body is bound to: the key without what a release adds, so that the body needs no new seal then. Parts
/// of a key contain no `|`.
pub(crate) fn place(key: &str) -> &str {
    let end = key.match_indices('|').nth(1).map_or(key.len(), |(at, _)| at);
    &key[..end]
}

/// A key for calls outside the database, the same each time that the event is handled.
pub(crate) fn idempotency_key(key: &str) -> String {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(b"cryptopocket-inbox\0")
        .chain_update(key)
        .finalize()
        .into();
    format!("cpi_{}", hex(&hash[..16]))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

#[cfg(test)]
mod tests {
    use cryptopocket_types::Timestamp;
    use cryptopocket_webhooks::{Signer, Verifier};

    use super::*;
    use crate::inbox::new_event;
    use crate::store::NewEvent;

    fn identity(body: &str) -> NewEvent {
        let headers = Signer::new("s").unwrap().sign(body.as_bytes());
        let verifier = Verifier::new("s").unwrap();
        let now = Timestamp::saturating_from_unix_micros(0);
        new_event(&verifier.verify(&headers, body.as_bytes()).unwrap(), now)
    }

    #[test]
    fn status_and_money_are_no_part_of_the_key() {
        let first = identity(
            r#"{"type":"PAY_IN","data":{"id":"p1","status":"payment_received","fiat_amount":15050}}"#,
        );
        let later =
            identity(r#"{"type":"PAY_IN","data":{"id":"p1","status":"coins_sent","fiat_amount":99}}"#);
        assert_eq!(first.key, later.key);
        assert_ne!(first.fingerprint, later.fingerprint);
    }

    #[test]
    fn reserialised_body_has_the_same_identity() {
        let first = identity(r#"{"type":"PAY_IN","data":{"id":"p1","status":"payment_received"}}"#);
        let again = identity(
            "{ \"data\": {\"status\": \"payment_received\", \"id\": \"p1\"}, \"type\": \"PAY_IN\" }",
        );
        assert_eq!((first.key, first.fingerprint), (again.key, again.fingerprint));
    }

    #[test]
    fn body_that_is_no_event_gets_a_key_of_its_bytes() {
        let list = identity("[1, 2]");
        assert!(list.key.starts_with("|bytes:") && list.name.is_empty());
        assert_ne!(list.key, identity("[1, 3]").key);
        let torn = identity(r#"{"type":"PAY_IN","event":"COINS_SENT","data":{"id":"p1"}}"#);
        assert!(torn.key.starts_with("|bytes:"), "{}", torn.key);
    }

    #[test]
    fn released_content_keeps_its_place() {
        let released = released_key("PAY_IN|id:p1", &[0xab; 32]);
        assert!(released.starts_with("PAY_IN|id:p1|content:abab"));
        assert_eq!(place(&released), "PAY_IN|id:p1");
        assert_eq!(place("PAY_IN|id:p1"), "PAY_IN|id:p1");
    }

    #[test]
    fn hostile_text_fits_every_database() {
        let long = "x".repeat(5000);
        let event = |id: &str| identity(&format!(r#"{{"type":"A\u0000B","data":{{"id":"{id}"}}}}"#));
        assert!(event(&long).key.starts_with("|long:"));
        assert_ne!(event(&long).key, event(&format!("{long}y")).key);
        assert_eq!(event(&long).object_id.unwrap().len(), LONGEST / 4);
        assert_eq!(event("p1").name, "A\u{fffd}B");
        assert!(!event("p\\u0000").key.contains('\0'));
    }

    #[test]
    fn idempotency_keys_differ_by_event() {
        assert_eq!(idempotency_key("a"), idempotency_key("a"));
        assert_ne!(idempotency_key("a"), idempotency_key("b"));
        assert_eq!(idempotency_key("a").len(), 36);
    }
}
