//! What an answer proves about the call, and what of it is shown.

use super::{DATA, answer, refusal, reply};
use crate::error::{Effect, Error, ErrorKind};
use crate::operation::{Idempotency, Operation};

static UNSAFE: Operation = Operation {
    idempotency: Idempotency::Unsafe,
    refusals: &[
        "authorization_incorrect",
        "limit_exceded",
        "require_kyc",
        "already_reconciled",
    ],
    ..DATA
};

fn of_unsafe(status: u16, body: &str) -> Error {
    reply(&UNSAFE, status, body).unwrap_err().conclude(&UNSAFE)
}

const PAID: &str = r#""data":{"payment_id":"p1"}"#;

#[test]
fn only_what_proves_that_nothing_was_done_is_definite() {
    for (status, body) in [
        (200, r#"{"status":"error","message":"Timeout"}"#),
        (200, r#"{"status":"error","error":"QueryException"}"#),
        (200, r#"{"status":"error","error":"timeout"}"#),
        (200, r#"{"status":"error","message":"word_of_tomorrow"}"#),
        (
            200,
            r#"{"status":"error","message":"authorization_incorrect: card gateway"}"#,
        ),
        (
            200,
            r#"{"status":"sucess","message":"payment_created","error":"none"}"#,
        ),
        (
            200,
            r#"{"status":"sucess","message":"payment_created","error":{"code":0}}"#,
        ),
        (
            200,
            r#"{"status":"fail","message":"Something broke","data":null}"#,
        ),
        (200, r#"{"errors":{"a":["b"]},"data":{"payment_id":"p1"}}"#),
        (
            500,
            r#"{"message":"Deadlock after commit","errors":{"db":["deadlock"]}}"#,
        ),
        (504, r#"{"message":"x","errors":{"gateway":["timeout"]}}"#),
        (500, r#"{"status":"error","error":"authorization_incorrect"}"#),
        (422, r#"{"status":"error","error":"authorization_incorrect"}"#),
        (
            200,
            r#"{"error":"authorization_incorrect","errors":{"card":["declined"]}}"#,
        ),
        (200, r#"{"status":"ok","error":"limit_exceded","data":"p1"}"#),
        (200, r#"{"status":"ok","error":"limit_exceded","data":[7]}"#),
        (409, r#"{"message":"still being processed"}"#),
        (409, r#"{"status":"error","error":"word_of_tomorrow"}"#),
        (200, r#"{"status":"error","error":"word_of_tomorrow"}"#),
        (429, r#"{"status":"error","error":"word_of_tomorrow"}"#),
        (400, r#"{"status":"error","error":"duplicate_payment"}"#),
        (
            200,
            &format!(r#"{{"status":"error","error":"limit_exceded",{PAID}}}"#),
        ),
        (400, &format!(r#"{{"message":"no",{PAID}}}"#)),
        (403, &format!(r#"{{"message":"no",{PAID}}}"#)),
        (422, r#"{"message":"x","errors":{"a":["b"]},"payment_id":"p1"}"#),
        (429, r#"{"message":"slow","payment":{"id":7}}"#),
        (
            200,
            &format!(r#"{{"status":"error","error":"authorization_incorrect",{PAID}}}"#),
        ),
        (409, r#"{"message":"x","errors":{"a":["b"]}}"#),
        (425, "{}"),
        (460, "<html>client closed</html>"),
        (499, "<html>client closed</html>"),
        (400, r#"{"status":"error","error":"unexpected_error"}"#),
        (400, &format!(r#"{{"status":"success",{PAID}}}"#)),
        (
            200,
            &format!(r#"{{"status":"sucess","error":"limit_exceded",{PAID}}}"#),
        ),
        (
            200,
            &format!(r#"{{"status":"error","error":"word_of_tomorrow",{PAID}}}"#),
        ),
    ] {
        assert!(
            of_unsafe(status, body).effect() == Effect::Unknown,
            "{status} {body}"
        );
    }
    for (status, body) in [
        (200, r#"{"status":"error","error":"limit_exceded"}"#),
        (200, r#"{"status":"error","message":"limit_exceded: 3000 EUR"}"#),
        (200, r#"{"status":"ok","error":"limit_exceded"}"#),
        (
            200,
            r#"{"status":"error","error":"require_kyc","data":{"verification_url":"https://kyc/1"}}"#,
        ),
        (409, r#"{"status":"error","error":"already_reconciled"}"#),
        (429, r#"{"status":"error","error":"limit_exceded"}"#),
        (403, r#"{"status":"error","error":"authorization_incorrect"}"#),
        (
            422,
            r#"{"message":"x","errors":{"a":["b"],"address.0.street":["c","d"]}}"#,
        ),
    ] {
        assert!(
            of_unsafe(status, body).effect() != Effect::Unknown,
            "{status} {body}"
        );
    }
}

#[test]
fn names_that_stand_twice_prove_nothing() {
    for body in [
        r#"{"status":"ok","error":"limit_exceded","data":null,"data":{"x":1}}"#,
        r#"{"status":"ok","status":"error","error":"limit_exceded"}"#,
        r#"{"status":"error","error":"limit_exceded","payment_id":"p1","payment_id":null}"#,
        r#"{"status":"error","error":"limit_exceded","data":{"id":null,"id":{}}}"#,
    ] {
        assert_eq!(of_unsafe(200, body).effect(), Effect::Unknown, "{body}");
    }
}

#[test]
fn status_and_other_field_errors_prove_nothing() {
    for (status, body) in [
        (200, r#"{"message":"x","errors":{"a":["b"]}}"#),
        (400, r#"{"message":"x","errors":{"a":["b"]}}"#),
        (
            422,
            r#"{"status":"error","error":"duplicate_payment","errors":{"a":["b"]}}"#,
        ),
        (
            422,
            r#"{"message":"x","errors":{"a":["b"]},"data":"{\"payment_id\":\"p1\"}"}"#,
        ),
        (422, r#"{"message":"x","errors":{"card":"declined"}}"#),
        (422, r#"{"message":"x","errors":{"card":[]}}"#),
        (422, r#"{"message":"x","errors":["declined"]}"#),
        (422, r#"{"message":"x","errors":{}}"#),
        (422, r#"{"status":"ok","errors":{"a":["b"]}}"#),
        (422, "{}"),
        (422, "<html>"),
        (400, r#"{"message":"Timeout"}"#),
        (400, "{}"),
        (400, "<p>payment_id: p1</p>"),
        (401, ""),
        (401, r#"{"message":"Unauthenticated."}"#),
        (403, "<html>"),
        (403, r#"{"message":"Forbidden"}"#),
        (404, "<html>"),
        (404, "{}"),
        (405, ""),
        (413, ""),
        (415, "{}"),
        (429, "{}"),
        (429, "<html>"),
    ] {
        assert!(
            of_unsafe(status, body).effect() == Effect::Unknown,
            "{status} {body}"
        );
    }
}

#[test]
fn a_flat_answer_to_a_call_that_does_something_names_what_it_did() {
    for body in [
        r#"{"status":"fail","message":"x","code":7}"#,
        r#"{"status":"failed","trace":[]}"#,
    ] {
        let error = of_unsafe(200, body);
        assert!(
            error.kind() == ErrorKind::Refused && error.effect() == Effect::Unknown,
            "{body}"
        );
        assert!(
            reply(&DATA, 200, body).is_ok(),
            "a reading call may meet any state"
        );
    }
    for body in [
        r#"{"status":"started","id":7}"#,
        r#"{"status":"new","payment_id":"p1"}"#,
    ] {
        assert_eq!(reply(&UNSAFE, 200, body).unwrap(), body);
    }
}

#[test]
fn an_answer_of_the_server_that_names_fields_is_no_validation() {
    let error = of_unsafe(500, r#"{"message":"x","errors":{"db":["deadlock"]}}"#);
    assert_eq!(error.kind(), ErrorKind::ServerError);
}

#[test]
fn a_word_beside_success_is_no_code() {
    let body = format!(r#"{{"status":"sucess","message":"authorization_incorrect",{PAID}}}"#);
    assert_eq!(
        answer(&body),
        r#"{"payment_id":"p1","message":"authorization_incorrect"}"#
    );
    let body = format!(r#"{{"status":"sucess","message":"payment_created","error":{{"code":0}},{PAID}}}"#);
    assert_eq!(refusal(&body).code(), None);
}

/// Whether the token was refused, and whether that is proven: what lets the attempt loop send a call again.
const AFTER_LOGIN: (bool, bool) = (true, true);
const AFTER_LOGIN_IF_HARMLESS: (bool, bool) = (true, false);
const NEVER: (bool, bool) = (false, false);

#[test]
fn a_refused_token_is_believed_only_of_the_bare_code() {
    for (status, body, expected) in [
        (
            200,
            r#"{"status":"error","error":"authorization_incorrect"}"#,
            AFTER_LOGIN,
        ),
        (403, r#"{"error":"authorization_incorrect"}"#, AFTER_LOGIN),
        (401, r#"{"message":"authorization_incorrect"}"#, AFTER_LOGIN),
        (401, r#"{"message":"Unauthenticated."}"#, AFTER_LOGIN_IF_HARMLESS),
        (401, "", AFTER_LOGIN_IF_HARMLESS),
        (
            500,
            r#"{"error":"authorization_incorrect"}"#,
            AFTER_LOGIN_IF_HARMLESS,
        ),
        (
            200,
            r#"{"status":"ok","error":"authorization_incorrect"}"#,
            AFTER_LOGIN_IF_HARMLESS,
        ),
        (
            200,
            r#"{"status":"error","error":"authorization_incorrect","data":{"payment_id":"p1"}}"#,
            AFTER_LOGIN_IF_HARMLESS,
        ),
        (
            200,
            r#"{"status":"error","message":"authorization_incorrect: card"}"#,
            NEVER,
        ),
    ] {
        let error = reply(&UNSAFE, status, body).unwrap_err();
        let found = (error.is_authorization(), error.is_proof());
        assert_eq!(found, expected, "{status} {body}");
        assert!(!error.is_transient(), "{status} {body}");
    }
}

#[test]
fn a_request_to_slow_down_keeps_its_code() {
    let error = of_unsafe(
        429,
        r#"{"status":"error","error":"limit_exceded","message":"Wait a bit"}"#,
    );
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.has_code("limit_exceded"));
    assert_eq!(error.provider_message(), Some("Wait a bit"));
}

#[test]
fn what_could_be_personal_data_is_no_code_to_show() {
    for (body, code) in [
        (
            r#"{"status":"error","message":"ES9121000418450200051332"}"#,
            "ES9121000418450200051332",
        ),
        (r#"{"status":"error","error":"Garcia"}"#, "Garcia"),
        (r#"{"status":"error","message":"garcia_lopez"}"#, "garcia_lopez"),
    ] {
        let error = refusal(body);
        assert_eq!(error.code().map(ToString::to_string).as_deref(), Some(code));
        let shown = format!("{error} {error:#} {error:?}");
        assert!(
            !shown.contains(code) && shown.contains("[unknown code]"),
            "{shown}"
        );
    }
    let error = refusal(
        r#"{"errors":{"ES9121000418450200051332":["no"],"Garcia":["no"],"address.0.street":["no"]}}"#,
    );
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("ES91") && !shown.contains("Garcia") && shown.contains("address.0.street"),
        "{shown}"
    );
}
