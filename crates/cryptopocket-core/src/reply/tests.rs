use cryptopocket_types::sensitive::Secret;
use http::HeaderMap;

use super::classify;
use crate::error::{Error, ErrorKind};
use crate::operation::{AUTHENTICATE, Envelope, Operation};
use crate::transport::WireResponse;

mod proof;

static DATA: Operation = Operation {
    envelope: Envelope::Data,
    auth: true,
    ..AUTHENTICATE
};
static WHOLE: Operation = Operation {
    envelope: Envelope::Whole,
    auth: true,
    ..AUTHENTICATE
};

fn reply(operation: &'static Operation, status: u16, body: &str) -> Result<String, Error> {
    let response = WireResponse {
        status,
        headers: HeaderMap::new(),
        body: body.to_owned().into(),
    };
    classify(operation, &[], &response).map(|answer| String::from_utf8(answer.answer.to_vec()).unwrap())
}

fn answer(body: &str) -> String {
    reply(&DATA, 200, body).unwrap()
}

fn refusal(body: &str) -> Error {
    reply(&DATA, 200, body).unwrap_err()
}

#[test]
fn all_three_success_words_open_the_envelope() {
    for word in ["ok", "success", "sucess"] {
        let body =
            format!(r#"{{"status":"{word}","message":"payment_created","data":{{"payment_id":"p1"}}}}"#);
        assert_eq!(
            answer(&body),
            r#"{"payment_id":"p1","message":"payment_created"}"#
        );
        assert_eq!(reply(&WHOLE, 200, &body).unwrap(), body);
    }
}

#[test]
fn every_value_keeps_its_exact_text() {
    let data = r#"{"coin_amount":148.3200000000000000000000001,"e":1E+2,"u":"\u00e9","n":{ "a" : [ 1.0 ] }}"#;
    assert_eq!(answer(&format!(r#"{{"status":"ok","data":{data}}}"#)), data);
}

#[test]
fn fields_beside_data_are_merged_unless_data_has_them() {
    let body = r#"{"status":"ok","message":"m","id":1,"fee":0.10,"data":{"id":2,"status":"started"}}"#;
    assert_eq!(
        answer(body),
        r#"{"id":2,"status":"started","message":"m","envelope_id":1,"fee":0.10}"#
    );
    assert_eq!(answer(r#"{"status":"ok","id":1,"data":{"id":1}}"#), r#"{"id":1}"#);
}

#[test]
fn without_data_the_object_itself_is_the_answer() {
    assert_eq!(
        answer(r#"{"status":"ok","message":"m","kyc_status":"valid"}"#),
        r#"{"message":"m","kyc_status":"valid"}"#
    );
    assert_eq!(answer(r#"{"status":"ok"}"#), "{}");
    assert_eq!(answer(r#"{"status":"ok","data":null}"#), "{}");
    assert_eq!(
        answer(r#"{"id":"p1","status":"coins_sent"}"#),
        r#"{"id":"p1","status":"coins_sent"}"#
    );
    assert_eq!(answer(r#"{"kyc_status":"valid"}"#), r#"{"kyc_status":"valid"}"#);
}

#[test]
fn data_that_is_no_object_is_handed_on_as_it_is() {
    assert_eq!(
        answer(r#"{"status":"ok","data":"subscription_created"}"#),
        r#""subscription_created""#
    );
    assert_eq!(
        answer(r#"{"status":"ok","data":[{"a":1},{"a":2}],"x":1}"#),
        r#"[{"a":1},{"a":2}]"#
    );
    assert_eq!(answer(r#"[{"symbol":"USDC"}]"#), r#"[{"symbol":"USDC"}]"#);
}

#[test]
fn fields_beside_a_text_or_only_item_are_kept() {
    assert_eq!(
        answer(r#"{"status":"ok","data":"done","message":"m","fee":0.10}"#),
        r#"{"data":"done","message":"m","fee":0.10}"#
    );
    assert_eq!(
        answer(r#"{"status":"ok","data":[{"a":1}],"x":1}"#),
        r#"[{"a":1,"x":1}]"#
    );
}

#[test]
fn a_byte_order_mark_and_white_space_do_no_harm() {
    assert_eq!(
        answer("\u{feff} {\"status\":\"ok\",\"data\":{\"a\":1}}\n"),
        r#"{"a":1}"#
    );
    assert_eq!(
        reply(&WHOLE, 200, "\u{feff}{\"status\":\"ok\"}").unwrap(),
        r#"{"status":"ok"}"#
    );
}

#[test]
fn a_code_is_found_wherever_it_stands() {
    for body in [
        r#"{"status":"error","error":"limit_exceded"}"#,
        r#"{"status":"error","message":"limit_exceded"}"#,
        r#"{"status":"error","message":"limit_exceded: 3000 EUR"}"#,
        r#"{"error":"limit_exceded"}"#,
        r#"{"message":"limit_exceded"}"#,
        r#"{"status":"fail","message":"limit_exceded"}"#,
        r#"{"status":"ok","error":"limit_exceded"}"#,
        r#"{"error":{"code":"limit_exceded","message":"No more this quarter"}}"#,
    ] {
        let error = refusal(body);
        assert!(error.has_code("limit_exceded"), "{body}: {error:?}");
        assert_eq!(error.kind(), ErrorKind::Refused, "{body}");
    }
}

#[test]
fn a_code_that_is_new_keeps_its_text() {
    let error = refusal(r#"{"status":"error","error":"wallet_frozen_v2"}"#);
    assert_eq!(
        error.code().map(|code| (code.as_str(), code.is_known())),
        Some(("wallet_frozen_v2", false))
    );
}

#[test]
fn prose_beside_a_code_is_there_on_request() {
    let error = refusal(r#"{"status":"error","error":"min_purchase","message":"The minimum is 30 EUR"}"#);
    assert!(error.has_code("min_purchase"));
    assert_eq!(error.provider_message(), Some("The minimum is 30 EUR"));
    assert!(!format!("{error:?} {error:#}").contains("30 EUR"));
}

#[test]
fn an_empty_error_field_is_no_error() {
    for nothing in ["null", "\"\"", "false", "{}", "[]"] {
        let body = format!(r#"{{"status":"ok","error":{nothing},"errors":{nothing},"data":{{"a":1}}}}"#);
        assert!(reply(&DATA, 200, &body).is_ok(), "{body}");
    }
}

#[test]
fn a_word_that_is_neither_success_nor_error_is_a_refusal_only_when_nothing_else_came() {
    assert_eq!(
        refusal(r#"{"status":"ko","message":"No way"}"#).kind(),
        ErrorKind::Refused
    );
    assert_eq!(
        answer(r#"{"status":"started","id":"p1"}"#),
        r#"{"status":"started","id":"p1"}"#
    );
}

#[test]
fn the_link_of_a_verification_is_found_wherever_it_stands() {
    for data in [
        r#""data":"https://kyc/1""#,
        r#""data":{"verification_url":"https://kyc/1"}"#,
        r#""data":{"kyc_form_url":"https://kyc/1"}"#,
        r#""data":{"onboarding_link":"https://kyc/1"}"#,
        r#""onboarding_link":"https://kyc/1","data":null"#,
    ] {
        let error = refusal(&format!(r#"{{"status":"error","error":"require_kyc",{data}}}"#));
        assert_eq!(
            error.verification_url().map(Secret::expose),
            Some("https://kyc/1"),
            "{data}"
        );
    }
    assert!(
        refusal(r#"{"status":"error","error":"require_kyc","data":"soon"}"#)
            .verification_url()
            .is_none()
    );
}

#[test]
fn validation_errors_name_their_fields() {
    let body =
        r#"{"message":"The given data was invalid.","errors":{"email":["bad","worse"],"name":"missing"}}"#;
    for status in [200, 400, 422] {
        let error = reply(&DATA, status, body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        let fields: Vec<_> = error
            .field_errors()
            .iter()
            .map(|field| (field.field(), field.messages()))
            .collect();
        assert_eq!(fields[0], ("email", &["bad".to_owned(), "worse".to_owned()][..]));
        assert_eq!(fields[1], ("name", &["missing".to_owned()][..]));
    }
}

#[test]
fn real_statuses_with_a_code_keep_both() {
    for (status, code) in [(403, "user_not_in_integration"), (404, "user_not_found")] {
        let error = reply(
            &DATA,
            status,
            &format!(r#"{{"status":"error","error":"{code}"}}"#),
        )
        .unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(status)));
        assert!(error.has_code(code));
        assert!(
            reply(&DATA, status, &format!(r#"{{"message":"{code}"}}"#))
                .unwrap_err()
                .has_code(code)
        );
    }
    let error = reply(&DATA, 422, r#"{"status":"error","error":"invalid_file"}"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert!(error.has_code("invalid_file"));
}

#[test]
fn of_a_repeated_field_the_last_one_counts() {
    assert_eq!(
        refusal(r#"{"status":"ok","status":"error","error":"user_banned"}"#).kind(),
        ErrorKind::Refused
    );
}

#[test]
fn a_word_other_than_success_in_an_envelope_is_a_refusal() {
    for body in [
        r#"{"status":"fail","message":"Database down","data":[]}"#,
        r#"{"status":"fail","message":"disk full","data":null}"#,
        r#"{"status":"ERROR","message":"Internal","data":[]}"#,
        r#"{"status":"error ","message":"x","trace":[]}"#,
        r#"{"status":"KO","data":[]}"#,
        r#"{"status":false,"message":"Internal","data":[]}"#,
        r#"{"success":false,"message":"Internal","data":[]}"#,
        r#"{"success":false,"message":"disk full"}"#,
        r#"{"success":0,"message":"Internal","data":[]}"#,
        r#"{"success":"0","message":"Internal","data":[]}"#,
        r#"{"success":"False","message":"Internal","data":[]}"#,
        r#"{"error":true,"message":"invalid"}"#,
        r#"{"message":"invalid","errors":["bad"]}"#,
        r#"{"status":"Error","message":"x","code":7}"#,
    ] {
        for operation in [&DATA, &WHOLE] {
            let error = reply(operation, 200, body).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{body}");
        }
    }
    for word in ["OK", " ok ", "Success", "SUCESS"] {
        assert_eq!(
            answer(&format!(r#"{{"status":"{word}","data":{{"a":1}}}}"#)),
            r#"{"a":1}"#
        );
    }
}

#[test]
fn a_whole_reply_needs_a_word_of_success_or_data() {
    for body in [
        "{}",
        "[]",
        "\"ok\"",
        r#"{"data":null}"#,
        r#"{"a":1}"#,
        r#"{"message":"done"}"#,
    ] {
        let error = reply(&WHOLE, 200, body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedReply, "{body}");
    }
    assert_eq!(
        refusal(r#"{"message":"done"}"#).kind(),
        ErrorKind::UnexpectedReply
    );
    for body in [r#"{"status":"ok"}"#, r#"{"data":[]}"#] {
        assert_eq!(reply(&WHOLE, 200, body).unwrap(), body);
    }
    let token = r#"{"status":"active","token":"T"}"#;
    assert_eq!(reply(&AUTHENTICATE, 200, token).unwrap(), token);
}

proptest::proptest! {
    #[test]
    fn any_number_passes_with_its_exact_digits(
        number in "-?(0|[1-9][0-9]{0,77})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?",
    ) {
        let body = format!(r#"{{"status":"ok","data":{{"amount":{number}}},"fee":{number}}}"#);
        proptest::prop_assert_eq!(answer(&body), format!(r#"{{"amount":{number},"fee":{number}}}"#));
    }

    #[test]
    fn no_answer_makes_it_panic(body in "[\\[\\]{}:,\"a-c0-9\\\\ \n<é]{0,40}", status in 100_u16..700) {
        let _ = reply(&DATA, status, &body);
    }
}
