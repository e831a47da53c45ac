//! A delivery from signing to event, against vectors computed elsewhere and under every mutation.

mod bodies;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use cryptopocket_types::{ManualClock, Timestamp};
use cryptopocket_webhooks::{
    Header, SignatureEncoding, SignatureHeaders, Signer, Verifier, VerifyError, VerifyErrorKind as Kind,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::bodies::printed;

const NOW: i64 = 1_764_000_000;
const NOW_SENT: u64 = 1_764_000_000;
const SECRET: &str = "api-secret";
const BODY: &[u8] = br#"{"type":"PAY_IN","data":{"id":"p1","url":"https:\/\/x.example\/\u00e9"}}"#;

fn clock(unix_seconds: i64) -> Arc<ManualClock> {
    let now = Timestamp::from_unix_seconds(unix_seconds).expect("a time of our era");
    Arc::new(ManualClock::new(now))
}

fn verifier(secret: &str) -> Verifier {
    Verifier::new(secret).expect("a secret").clock(clock(NOW))
}

fn timeless(secret: &str) -> Verifier {
    verifier(secret).tolerance(Duration::MAX)
}

fn signer(secret: &str) -> Signer {
    Signer::new(secret).expect("a secret").clock(clock(NOW))
}

fn refusal(verifier: &Verifier, headers: impl IntoIterator<Item = impl Header>, body: &[u8]) -> VerifyError {
    verifier.verify(headers, body).expect_err("must be refused")
}

#[derive(serde::Deserialize)]
struct Vector {
    secret: String,
    body_base64: String,
    timestamp: String,
    #[serde(flatten)]
    signatures: BTreeMap<String, String>,
}

fn vectors() -> Vec<(Vector, Vec<u8>)> {
    use base64::Engine as _;
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../vectors.json")).expect("vectors");
    vectors
        .into_iter()
        .map(|vector| {
            let body = base64::engine::general_purpose::STANDARD
                .decode(&vector.body_base64)
                .expect("base64");
            (vector, body)
        })
        .collect()
}

#[test]
fn foreign_signatures_are_accepted_in_every_encoding() {
    for (vector, body) in vectors() {
        assert_eq!(vector.signatures.len(), FORMS.len());
        for (encoding, signature) in &vector.signatures {
            let headers = SignatureHeaders::new(&vector.timestamp, signature);
            let verified = timeless(&vector.secret).verify(&headers, &body);
            assert!(
                verified.is_ok(),
                "{encoding} of {}: {verified:?}",
                vector.body_base64
            );
        }
    }
}

#[test]
fn signer_agrees_with_another_program() {
    let names = [
        (SignatureEncoding::Hex, "hex"),
        (SignatureEncoding::Base64, "base64"),
    ];
    for (vector, body) in vectors() {
        for (encoding, name) in names {
            let headers = signer(&vector.secret)
                .encoding(encoding)
                .sign_at(&body, vector.timestamp.parse().expect("digits"));
            assert_eq!(headers.signature(), vector.signatures[name]);
            assert_eq!(headers.timestamp(), vector.timestamp);
        }
    }
}

#[test]
fn header_names_match_in_any_case_and_map() {
    let signed = signer(SECRET).sign(BODY);
    let (time, tag) = (signed.timestamp().to_owned(), signed.signature().to_owned());
    let verifier = verifier(SECRET);

    let array = [("x-timestamp", &time), ("x-signature", &tag)];
    assert!(verifier.verify(array, BODY).is_ok());
    let list = vec![
        ("X-TIMESTAMP".to_owned(), time.clone()),
        ("X-SIGNATURE".to_owned(), tag.clone()),
    ];
    assert!(verifier.verify(&list, BODY).is_ok());
    let bytes = [("X-Timestamp", time.as_bytes()), ("X-Signature", tag.as_bytes())];
    assert!(verifier.verify(bytes.as_slice(), BODY).is_ok());
    let map = HashMap::from([("X-Timestamp", &time), ("x-Signature", &tag)]);
    assert!(verifier.verify(&map, BODY).is_ok());
    let map = BTreeMap::from([
        ("x-timestamp".to_owned(), &time),
        ("X-Signature".to_owned(), &tag),
    ]);
    assert!(verifier.verify(&map, BODY).is_ok());
    assert!(verifier.verify(&signed, BODY).is_ok());
}

#[test]
fn http_header_map_is_accepted_and_repeats_are_refused() {
    let mut headers = http::HeaderMap::new();
    for (name, value) in &signer(SECRET).sign(BODY) {
        headers.insert(http::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
    }
    assert!(verifier(SECRET).verify(&headers, BODY).is_ok());
    headers.append("x-timestamp", "1".parse().unwrap());
    assert_eq!(
        refusal(&verifier(SECRET), &headers, BODY).kind(),
        Kind::ConflictingHeader
    );
}

#[test]
fn missing_header_is_named() {
    let verifier = verifier(SECRET).require_api_key("pk_1");
    let all = [
        ("X-API-Key", "pk_1"),
        ("X-Timestamp", "1764000000"),
        ("X-Signature", "00"),
    ];
    for missing in ["X-API-Key", "X-Timestamp", "X-Signature"] {
        let rest: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        let error = refusal(&verifier, rest, BODY);
        assert_eq!(error.kind(), Kind::MissingHeader);
        assert!(error.to_string().contains(missing), "{error}");
    }
}

#[test]
fn repeated_header_must_be_equal() {
    let signed = signer(SECRET).sign(BODY);
    let with = |name: &'static str, value: &str| {
        let mut pairs: Vec<(String, String)> = signed
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        pairs.push((name.to_owned(), value.to_owned()));
        pairs
    };
    assert!(
        verifier(SECRET)
            .verify(with("x-timestamp", signed.timestamp()), BODY)
            .is_ok()
    );
    assert!(
        verifier(SECRET)
            .verify(with("x-signature", signed.signature()), BODY)
            .is_ok()
    );
    for (name, value) in [("x-timestamp", "1764000001"), ("x-signature", "00")] {
        let error = refusal(&verifier(SECRET), with(name, value), BODY);
        assert_eq!(error.kind(), Kind::ConflictingHeader);
    }
}

#[test]
fn api_key_is_compared_only_if_required() {
    let headers = signer(SECRET).api_key("pk_other").sign(BODY);
    assert!(verifier(SECRET).verify(&headers, BODY).is_ok());
    let error = refusal(&verifier(SECRET).require_api_key("pk_1"), &headers, BODY);
    assert_eq!(error.kind(), Kind::ApiKeyMismatch);
    assert!(
        verifier(SECRET)
            .require_api_key("pk_other")
            .verify(&headers, BODY)
            .is_ok()
    );
}

#[test]
fn both_api_keys_pass_while_they_change() {
    let rotating = verifier(SECRET)
        .require_api_key("pk_new")
        .require_api_key("pk_old");
    for (key, is_accepted) in [("pk_new", true), ("pk_old", true), ("pk_other", false)] {
        let headers = signer(SECRET).api_key(key).sign(BODY);
        assert_eq!(rotating.verify(&headers, BODY).is_ok(), is_accepted, "{key}");
    }
    assert!(!format!("{rotating:?}").contains("pk_"), "Debug hides the keys");
}

#[test]
fn timestamp_must_be_digits_even_when_signed() {
    for text in [
        "",
        " ",
        "1764000000 ",
        " 1764000000",
        "+1764000000",
        "-1764000000",
        "1764000000.0",
        "1.764e9",
        "0x69",
        "١٧٦٤",
        "1764000000\0",
        "2025-11-24T16:00:00Z",
        "18446744073709551616",
        "99999999999999999999999999",
    ] {
        let forged = [BODY, text.as_bytes()].concat();
        let tag = signer(SECRET).sign_at(&forged, 0).signature().to_owned();
        let error = refusal(&timeless(SECRET), &SignatureHeaders::new(text, tag), BODY);
        assert_eq!(error.kind(), Kind::BadTimestamp, "{text:?}");
    }
}

#[test]
fn tolerance_is_five_minutes_both_ways() {
    for (sent, expected) in [
        (NOW_SENT - 300, Ok(300)),
        (NOW_SENT - 301, Err((Kind::TooOld, 301))),
        (NOW_SENT + 300, Ok(-300)),
        (NOW_SENT + 301, Err((Kind::TooNew, -301))),
        (0, Err((Kind::TooOld, NOW))),
        (u64::MAX, Err((Kind::TooNew, i64::MIN))),
    ] {
        let headers = signer(SECRET).sign_at(BODY, sent);
        let outcome = match verifier(SECRET).verify(&headers, BODY) {
            Ok(verified) => Ok(verified.age_seconds),
            Err(error) => Err((error.kind(), error.skew_seconds().expect("a skew"))),
        };
        assert_eq!(outcome, expected, "sent at {sent}");
    }
}

#[test]
fn malformed_signature_is_refused_with_a_hint() {
    let hex = signer(SECRET).sign(BODY).signature().to_owned();
    let mixed = hex.replacen(|c: char| c.is_ascii_lowercase(), "F", 1);
    for (signature, hint) in [
        (String::new(), "empty"),
        (format!("sha256={hex}"), "prefix"),
        (format!("v1,{hex}"), "prefix"),
        (format!(" {hex}"), "white space"),
        (hex[..63].to_owned(), "cut off"),
        (hex[..40].to_owned(), "SHA-1"),
        (format!("{hex}{hex}"), "SHA-512"),
        (mixed, "mixed"),
        ("é".repeat(32), "cut off"),
    ] {
        let headers = SignatureHeaders::new(NOW.to_string(), signature.as_str());
        let error = refusal(&verifier(SECRET), &headers, BODY);
        assert_eq!(error.kind(), Kind::BadSignatureEncoding, "{signature}");
        assert!(error.hint().contains(hint), "{signature}: {}", error.hint());
    }
}

#[test]
fn ambiguous_base64_is_refused() {
    let tag = [0xfb; 32];
    let headers = |text: &str| SignatureHeaders::new(NOW.to_string(), text.to_owned());
    let good = STANDARD.encode(tag);
    assert_eq!(
        refusal(&verifier(SECRET), &headers(&good), BODY).kind(),
        Kind::SignatureMismatch
    );
    let mixed = good.replacen('+', "-", 1);
    let unused_bits = good.replace("s=", "t=");
    assert!(mixed != good && unused_bits != good);
    for text in [mixed, unused_bits, good.replace('=', "A")] {
        assert_eq!(
            refusal(&verifier(SECRET), &headers(&text), BODY).kind(),
            Kind::BadSignatureEncoding,
            "{text}"
        );
    }
}

#[test]
fn both_secrets_are_accepted_during_rotation() {
    let both = verifier("new").and_secret("old").unwrap();
    for (secret, index) in [("new", 0), ("old", 1)] {
        let headers = signer(secret).sign(BODY);
        assert_eq!(both.verify(&headers, BODY).unwrap().secret_index, index);
    }
    assert_eq!(
        refusal(&both, &signer("older").sign(BODY), BODY).kind(),
        Kind::SignatureMismatch
    );
}

#[test]
fn empty_secret_is_refused() {
    for secret in ["", " ", "\n"] {
        assert_eq!(Verifier::new(secret).unwrap_err().kind(), Kind::EmptySecret);
        assert_eq!(
            verifier(SECRET).and_secret(secret).unwrap_err().kind(),
            Kind::EmptySecret
        );
        assert_eq!(Signer::new(secret).unwrap_err().kind(), Kind::EmptySecret);
    }
}

#[test]
fn authentic_body_must_be_one_json_value() {
    for body in [
        "",
        "{}{}",
        "{}1",
        "{\"type\":\"PAY_IN\"",
        "12",
        "{\"a\":1,\"a\":1}",
        "\u{feff}{}",
    ] {
        let error = refusal(
            &verifier(SECRET),
            &signer(SECRET).sign(body.as_bytes()),
            body.as_bytes(),
        );
        assert_eq!(error.kind(), Kind::MalformedBody, "{body}");
    }
}

#[test]
fn unverified_body_does_not_affect_the_refusal() {
    let headers = signer("other").sign(b"not json");
    assert_eq!(
        refusal(&verifier(SECRET), &headers, b"not json").kind(),
        Kind::SignatureMismatch
    );
}

#[test]
fn hint_names_the_mistake() {
    let spaced = br#"{"type": "PAY_IN", "data": {"id": "p1", "url": "https://x.example/\u00e9"}}"#;
    let parsed = r#"{"type":"PAY_IN","data":{"id":"p1","url":"https://x.example/é"}}"#.as_bytes();
    let newline = [BODY, b"\n"].concat();
    let cases: [(&str, &str, [&[u8]; 2], &str); 8] = [
        ("api-secret\n", SECRET, [BODY, BODY], "white space around"),
        ("\"api-secret\"", SECRET, [BODY, BODY], "quotation marks"),
        (SECRET, "pk_1", [BODY, BODY], "API key instead"),
        (SECRET, SECRET, [BODY, &newline], "added it"),
        (SECRET, SECRET, [&newline, BODY], "removed it"),
        (SECRET, SECRET, [BODY, parsed], "printed again"),
        (SECRET, SECRET, [BODY, spaced], "printed again"),
        (SECRET, "unrelated", [BODY, BODY], "most often"),
    ];
    for (held, used, [signed, came], hint) in cases {
        let verifier = verifier(held).require_api_key("pk_1");
        let headers = signer(used).api_key("pk_1").sign(signed);
        let error = refusal(&verifier, &headers, came);
        assert_eq!(error.kind(), Kind::SignatureMismatch);
        assert!(
            error.hint().contains(hint),
            "expected {hint:?}, found {:?}",
            error.hint()
        );
        let silent = verifier.diagnose(false);
        assert!(refusal(&silent, &headers, came).hint().contains("most often"));
    }
}

#[test]
fn hint_for_wrong_time_names_signature_and_skew() {
    let old = signer(SECRET).sign_at(BODY, NOW_SENT - 1000);
    assert!(
        refusal(&verifier(SECRET), &old, BODY)
            .hint()
            .contains("skew +1000 s")
    );
    let new = signer(SECRET).sign_at(BODY, NOW_SENT + 1000);
    assert!(
        refusal(&verifier(SECRET), &new, BODY)
            .hint()
            .contains("skew -1000 s")
    );
    let forged = signer("other").sign_at(BODY, NOW_SENT - 1000);
    assert!(
        refusal(&verifier(SECRET), &forged, BODY)
            .hint()
            .contains("does not match either")
    );
    let milliseconds = signer(SECRET).sign_at(BODY, NOW_SENT * 1000);
    assert!(
        refusal(&verifier(SECRET), &milliseconds, BODY)
            .hint()
            .contains("milliseconds")
    );
}

#[test]
fn output_never_contains_secret_signature_or_body() {
    let canary = "canary-f00d";
    let body =
        format!(r#"{{"type":"PAY_IN","data":{{"holder":"{canary}","note":"{canary}"}},"x":"{canary}"}}"#);
    let signer = signer(canary).api_key(format!("pk_{canary}"));
    let headers = signer.sign(body.as_bytes());
    let verifier = verifier(canary).require_api_key(format!("pk_{canary}"));
    let passed = verifier.verify(&headers, body.as_bytes()).unwrap();
    let event = passed.event().unwrap();
    let error = refusal(&verifier, &headers, canary.as_bytes());
    let broken = refusal(&verifier, &signer.sign(canary.as_bytes()), canary.as_bytes());
    let printed = format!(
        "{signer:?} {headers:?} {verifier:?} {passed:?} {event:?} {:#?} {error:?} {error} {} {broken:?} {broken}",
        event.payload(),
        error.hint()
    );
    assert!(!printed.contains(canary), "{printed}");
    assert!(!printed.contains(headers.signature()), "{printed}");
    assert!(event.raw().contains(canary));
}

fn secret() -> impl Strategy<Value = String> {
    "\\PC{0,80}[!-~]".prop_map(|text| text)
}

type Form = fn(&str) -> String;

/// The forms of a signature in lower-case hex that a verifier reads.
const FORMS: [Form; 6] = [
    |hex| hex.to_owned(),
    |hex| hex.to_ascii_uppercase(),
    |hex| STANDARD.encode(bytes(hex)),
    |hex| STANDARD_NO_PAD.encode(bytes(hex)),
    |hex| URL_SAFE.encode(bytes(hex)),
    |hex| URL_SAFE_NO_PAD.encode(bytes(hex)),
];

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex
        .chars()
        .map(|digit| digit.to_digit(16).expect("hex"))
        .collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("a byte"))
        .collect()
}

fn in_form(headers: &SignatureHeaders<'_>, form: Form) -> SignatureHeaders<'static> {
    SignatureHeaders::new(headers.timestamp().to_owned(), form(headers.signature()))
}

fn form() -> impl Strategy<Value = Form> {
    proptest::sample::select(&FORMS)
}

fn flip(bytes: &mut [u8], at: Index) {
    let bit = at.index(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
}

proptest! {
    #[test]
    fn signed_bodies_are_verified(body in printed(), secret in secret(), form in form(), age in -300i64..=300) {
        let sent = NOW_SENT.checked_add_signed(-age).expect("in range");
        let headers = in_form(&signer(&secret).sign_at(&body, sent), form);
        let verified = verifier(&secret).verify(&headers, &body);
        // A bare number is the only JSON value that nothing separates from the timestamp.
        if body[0] == b'-' || body[0].is_ascii_digit() {
            prop_assert_eq!(verified.unwrap_err().kind(), Kind::MalformedBody);
        } else {
            let verified = verified.unwrap();
            prop_assert_eq!(verified.body(), body.as_slice());
            prop_assert_eq!(verified.age_seconds, age);
            if body[0] == b'{' {
                match verified.event() {
                    Ok(event) => {
                        let identity = verified.identity().unwrap();
                        prop_assert_eq!(identity.key, event.key());
                        prop_assert_eq!(identity.name, event.info().map_or(event.name(), |info| info.name));
                        prop_assert_eq!(identity.object_id, event.object_id().map(Cow::into_owned));
                        prop_assert_eq!(identity.fingerprint, event.fingerprint());
                    }
                    Err(error) => prop_assert!(error.to_string().contains("two different events")),
                }
            }
        }
    }

    #[test]
    fn flipped_bits_are_refused(
        body in printed(), form in form(), part in 0usize..3, at in any::<Index>(),
    ) {
        let headers = in_form(&signer(SECRET).sign(&body), form);
        let mut parts = [body, headers.timestamp().into(), headers.signature().into()];
        flip(&mut parts[part], at);
        let [body, timestamp, signature] = parts;
        let headers = [("X-Timestamp", timestamp), ("X-Signature", signature)];
        prop_assert!(timeless(SECRET).verify(&headers, &body).is_err());
    }

    #[test]
    fn signed_bytes_have_one_reading(digits in "[0-9]{0,12}", body in printed()) {
        let body = [body, digits.into_bytes()].concat();
        let headers = signer(SECRET).sign(&body);
        let signed = [body.as_slice(), headers.timestamp().as_bytes()].concat();
        let readings = (0..signed.len()).filter(|split| {
            let (body, timestamp) = signed.split_at(*split);
            let headers = [("X-Timestamp", timestamp), ("X-Signature", headers.signature().as_bytes())];
            timeless(SECRET).verify(headers, body).is_ok()
        });
        prop_assert!(readings.count() <= 1);
    }

    #[test]
    fn no_bytes_panic(
        body: Vec<u8>, key: Vec<u8>,
        timestamp in prop_oneof![Just(NOW.to_string().into_bytes()), any::<Vec<u8>>()],
        signature in prop_oneof![
            "[0-9a-fA-F]{64}".prop_map(String::into_bytes),
            "[A-Za-z0-9+/_=-]{42,45}".prop_map(String::into_bytes),
            proptest::collection::vec(any::<u8>(), 40..70),
            any::<Vec<u8>>(),
        ],
    ) {
        let headers = [("X-API-Key", key), ("X-Timestamp", timestamp), ("X-Signature", signature)];
        prop_assert!(verifier(SECRET).verify(&headers, &body).is_err());
        let _ = verifier(SECRET).require_api_key("k").event(headers, &body);
        let _ = verifier(SECRET).event(&signer(SECRET).sign(&body), &body);
    }

    #[test]
    fn tolerance_is_exact_at_any_time(
        now in 0i64..253_000_000_000, tolerance in 0u64..=10_000_000_000, beyond in -2i64..=2, past: bool,
    ) {
        let skew = i128::from(tolerance) + i128::from(beyond);
        let sent = i128::from(now) + if past { -skew } else { skew };
        prop_assume!(skew >= 0);
        let Ok(sent) = u64::try_from(sent) else { return Ok(()) };
        let verifier = Verifier::new(SECRET).unwrap().clock(clock(now)).tolerance(Duration::from_secs(tolerance));
        let outcome = verifier.verify(&signer(SECRET).sign_at(b"{}", sent), b"{}");
        prop_assert_eq!(outcome.is_ok(), beyond <= 0);
        if let Err(error) = outcome {
            prop_assert_eq!(error.kind(), if past { Kind::TooOld } else { Kind::TooNew });
        }
    }
}
