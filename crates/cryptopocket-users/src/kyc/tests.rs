use std::future::IntoFuture as _;

use cryptopocket_core::testing::Answer;

use super::*;
use crate::tests::{block_on, scripted};

fn status(word: &str) -> Answer {
    Answer::json(format!(r#"{{"status":"ok","data":{{"kyc_status":"{word}"}}}}"#))
}

#[test]
fn status_is_read_inside_and_outside_data() {
    for reply in [
        r#"{"status":"ok","data":{"kyc_status":"valid"}}"#,
        r#"{"status":"ok","kyc_status":"valid"}"#,
    ] {
        let (users, transport) = scripted("check_kyc", &[Answer::json(reply)]);
        let check = block_on(users.kyc(&UserId::from(100_067))).unwrap();
        assert_eq!(check.decision(), KycDecision::Approved);
        assert_eq!(transport.query("check_kyc"), "user_id=100067");
    }
}

#[test]
fn unknown_statuses_do_not_end_wait() {
    let words = ["unused", "unused", "in_review", "processing", "fail"].map(status);
    let (users, _) = scripted("check_kyc", &words);
    let seen = block_on(async {
        let mut wait = users
            .wait_kyc(&UserId::from(1))
            .max_wait(Duration::from_secs(3600));
        let mut seen = Vec::new();
        while let Some(check) = wait.next().await {
            seen.push(check.unwrap().kyc_status.to_string());
        }
        seen
    });
    assert_eq!(seen, ["unused", "in_review", "processing", "fail"]);
}

#[test]
fn timed_out_wait_keeps_last_status() {
    let (users, transport) = scripted("check_kyc", &[]);
    transport.always("check_kyc", status("on_hold"));
    let wait = users.wait_kyc(&UserId::from(1)).max_wait(Duration::from_secs(60));
    let error = block_on(wait.into_future()).unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.last_state(), Some("on_hold"));
    assert!(error.polls().unwrap() > 1);
}

#[test]
fn verification_link_is_hidden_in_debug() {
    let reply = r#"{"status":"ok","data":{"onboarding_link":"https://forms.example.com/CANARY","days":30}}"#;
    let operation = "create_enhanced_verification_link";
    let (users, transport) = scripted(operation, &[Answer::json(reply)]);
    let link = block_on(users.create_verification_link(&UserId::from("100067"))).unwrap();
    assert_eq!(transport.body(operation), r#"{"user_id":100067}"#);
    assert_eq!(link.extra.get("days").unwrap().get(), "30");
    assert!(link.onboarding_link.expose().ends_with("CANARY") && !format!("{link:?}").contains("CANARY"));
}

#[test]
fn approval_of_another_customer_is_refused() {
    let reply = |user: &str| {
        Answer::json(format!(
            r#"{{"status":"ok","data":{{"kyc_status":"valid","user_id":{user}}}}}"#
        ))
    };
    let (users, _) = scripted("check_kyc", &[reply("7"), reply(r#""8""#)]);
    assert!(block_on(users.kyc(&UserId::from(7))).unwrap().is_decided());
    let error = block_on(users.kyc(&UserId::from(7))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "check_kyc: the reply is about another customer than the one asked for"
    );
}
