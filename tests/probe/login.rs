//! A login whose answer has no token that can be found.

use cryptopocket::{Choices, ErrorKind};
use cryptopocket_core::testing::Answer;
use cryptopocket_probe::{Probe, Verdict};
use cryptopocket_tests::{canary, scripted};

use crate::written;

#[tokio::test]
async fn login_without_a_token_is_reported() {
    let scripted = scripted::session();
    let answer = format!(
        r#"{{"status":"ok","data":{{"jwt":"{}","valid_for":60}}}}"#,
        canary::TOKEN
    );
    scripted.transport.always("authenticate", Answer::json(answer));
    let report = Probe::new(scripted.session).run().await.expect("a report");
    let found = |place: &str| {
        let mut findings = report.findings().iter();
        let found = findings.find(|finding| finding.operation == "authenticate" && finding.place == place);
        found.map(|finding| (finding.verdict, finding.detail.as_str()))
    };
    let (verdict, detail) = found("reply").expect("what is wrong");
    assert_eq!(verdict, Verdict::Missing);
    for name in ["`token`", "`access_token`", "`auth_token`"] {
        assert!(detail.contains(name), "{detail}");
    }
    let (_, example) = detail.split_once("choices: ").expect("an example");
    Choices::parse(&example.replace("NAME", "jwt")).expect("a file of choices");
    assert_eq!(found("data.jwt"), Some((Verdict::Extra, "text")));
    assert_eq!(found("data.valid_for"), Some((Verdict::Extra, "integer")));
    assert!(report.open().any(|finding| finding.operation == "list_payments"));
    let written = written(&report);
    assert!(written.contains("shapes/authenticate.2xx.json"), "{written}");
    assert_eq!(canary::seen_in(&written), Vec::<&str>::new());
    assert_eq!(scripted.transport.calls("raw"), 0, "nothing can be asked");
}

#[tokio::test]
async fn refused_login_is_an_error() {
    let scripted = scripted::session();
    let refusal = r#"{"status":"error","error":"authorization_incorrect"}"#;
    scripted.transport.always("authenticate", Answer::json(refusal));
    let error = Probe::new(scripted.session).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authorization);
}
