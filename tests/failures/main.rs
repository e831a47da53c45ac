//! For each operation and failure: the number of requests and the effect that the error reports.

use std::fmt::Write as _;

use cryptopocket_core::testing::Answer;
use cryptopocket_core::{Effect, ErrorKind, Idempotency, Sent};
use cryptopocket_tests::catalogue::{self, Case};
use cryptopocket_tests::scripted;

struct Failure {
    name: &'static str,
    answer: fn() -> Answer,
    /// Nothing was done, so even a call that moves money may be retried.
    harmless: bool,
    sent: Sent,
    kind: ErrorKind,
}

const ATTEMPTS: usize = 3;

const FAILURES: &[Failure] = &[
    Failure {
        name: "refused connection",
        answer: Answer::refused_connection,
        harmless: true,
        sent: Sent::No,
        kind: ErrorKind::NotSent,
    },
    Failure {
        name: "timeout before sending",
        answer: Answer::timeout_before_sending,
        harmless: true,
        sent: Sent::No,
        kind: ErrorKind::Timeout,
    },
    Failure {
        name: "timeout after sending",
        answer: Answer::timeout_after_sending,
        harmless: false,
        sent: Sent::Maybe,
        kind: ErrorKind::Timeout,
    },
    Failure {
        name: "status 500",
        answer: || Answer::reply(500, "<html>oops</html>"),
        harmless: false,
        sent: Sent::Yes,
        kind: ErrorKind::ServerError,
    },
    Failure {
        name: "broken body",
        answer: Answer::broken_body,
        harmless: false,
        sent: Sent::Yes,
        kind: ErrorKind::Interrupted,
    },
];

fn class(case: &Case) -> Idempotency {
    cryptopocket_api::operation(case.id)
        .expect("a described operation")
        .idempotency
}

#[tokio::test]
async fn only_calls_without_double_effect_are_retried() {
    let mut table = String::new();
    for case in catalogue::all() {
        let class = class(&case);
        writeln!(table, "{} ({class:?})", case.id).unwrap();
        for failure in FAILURES {
            let scripted = scripted::session();
            scripted.transport.always(case.id, (failure.answer)());
            let error = (case.call)(scripted.session)
                .await
                .expect_err("every attempt fails");
            let sent = scripted.transport.calls(case.id);
            let repeatable = failure.harmless || class != Idempotency::Unsafe;
            let context = format!("{} at {}", case.id, failure.name);
            assert_eq!(sent, if repeatable { ATTEMPTS } else { 1 }, "{context}: attempts");
            assert_eq!(error.sent(), failure.sent, "{context}: sent");
            assert_eq!(error.kind(), failure.kind, "{context}: kind");
            let unknown = !failure.harmless && class != Idempotency::Safe;
            assert_eq!(error.effect() == Effect::Unknown, unknown, "{context}: outcome");
            assert!(!error.advice().is_empty(), "{context}: says what to do");
            writeln!(
                table,
                "  {:<24} attempts {} · sent {:?} · {:?}{}",
                failure.name,
                error.attempts(),
                error.sent(),
                error.kind(),
                if error.effect() == Effect::Unknown {
                    " · outcome unknown"
                } else {
                    ""
                },
            )
            .unwrap();
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("failures", table);
    });
}

#[tokio::test]
async fn refused_token_is_renewed_for_every_class() {
    for case in catalogue::all()
        .into_iter()
        .filter(|case| case.id != "authenticate")
    {
        let scripted = scripted::session();
        scripted.transport.next(case.id, Answer::refused_token());
        scripted.transport.always(case.id, Answer::json(case.reply));
        (case.call)(scripted.session)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:#}", case.id));
        assert_eq!(scripted.transport.calls(case.id), 2, "{}: repeated once", case.id);
        assert_eq!(
            scripted.transport.calls("authenticate"),
            2,
            "{}: one more login",
            case.id
        );
    }
}

#[tokio::test]
async fn token_refused_twice_names_three_causes() {
    for case in catalogue::all()
        .into_iter()
        .filter(|case| case.id != "authenticate")
    {
        let scripted = scripted::session();
        scripted.transport.always(case.id, Answer::refused_token());
        let error = (case.call)(scripted.session)
            .await
            .expect_err("the token is refused");
        assert_eq!(scripted.transport.calls(case.id), 2, "{}", case.id);
        assert!(error.is_authorization(), "{}: {error:?}", case.id);
        assert_eq!(error.sent(), Sent::Yes, "{}", case.id);
        assert!(
            error.effect() != Effect::Unknown,
            "{}: the refusal proves that nothing happened",
            case.id
        );
        let told = format!("{error:#}").to_lowercase();
        for cause in ["invalid", "expired", "whitelist"] {
            assert!(
                told.contains(cause),
                "{}: `{told}` does not name `{cause}`",
                case.id
            );
        }
    }
}

#[tokio::test]
async fn failed_login_sends_no_call() {
    for case in catalogue::all()
        .into_iter()
        .filter(|case| case.id != "authenticate")
    {
        let scripted = scripted::session();
        scripted
            .transport
            .always("authenticate", Answer::refused_connection());
        let error = (case.call)(scripted.session)
            .await
            .expect_err("no login, no call");
        assert_eq!(scripted.transport.calls(case.id), 0, "{}", case.id);
        assert_eq!(
            error.sent(),
            Sent::No,
            "{}: the call itself was not sent",
            case.id
        );
        assert!(error.is_during_login(), "{}", case.id);
    }
}
