use std::sync::Arc;
use std::time::Duration;

use super::{SANDBOX_BASE_URL, Session, SessionBuilder};
use crate::error::Error;
use crate::{Items, Pages, Wait, Waiter};

fn from(variables: &[(&str, &str)]) -> Result<Session, Error> {
    let lookup = |name: &str| {
        variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    };
    SessionBuilder::from_lookup(lookup)?.build()
}

const KEY: (&str, &str) = ("CRYPTOPOCKET_API_KEY", "k");
const SECRET: (&str, &str) = ("CRYPTOPOCKET_API_SECRET", "s");

#[test]
fn the_environment_gives_credentials_and_base_url() {
    assert_eq!(from(&[KEY, SECRET]).unwrap().base_url(), SANDBOX_BASE_URL);
    let session = from(&[KEY, SECRET, ("CRYPTOPOCKET_BASE_URL", "https://api.example/v1/")]).unwrap();
    assert_eq!(session.base_url(), "https://api.example/v1");
    assert_eq!(
        (
            session.credentials().key().expose(),
            session.credentials().secret().expose()
        ),
        ("k", "s")
    );
}

#[test]
fn a_variable_that_is_missing_or_empty_is_named() {
    for (variables, name) in [
        (vec![SECRET], KEY.0),
        (vec![KEY], SECRET.0),
        (vec![(KEY.0, ""), SECRET], KEY.0),
        (vec![], KEY.0),
    ] {
        let error = from(&variables).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the environment variable {name} is not set")
        );
    }
}

#[test]
fn plain_http_in_the_environment_needs_permission() {
    let url = ("CRYPTOPOCKET_BASE_URL", "http://sandbox:8080/api");
    assert!(from(&[KEY, SECRET, url]).is_err());
    assert!(from(&[KEY, SECRET, url, ("CRYPTOPOCKET_ALLOW_HTTP", "1")]).is_ok());
}

#[test]
fn everything_can_move_between_threads() {
    fn check<T: Send>() {}
    fn check_future<F: Future + Send>(_: fn(&'static Session) -> F) {}
    check::<Session>();
    check::<Error>();
    check::<Waiter<String>>();
    check::<Wait<String>>();
    check::<Pages<String>>();
    check::<Items<String>>();
    check_future(Session::login);
}

#[test]
fn debug_of_a_builder_hides_user_and_password() {
    for url in [
        "https://ana:hunter2@api.example/v1?key=hunter2",
        "https://hunter2@api.example",
        "hunter2:hunter2",
    ] {
        let builder = Session::builder().base_url(url);
        let shown = format!("{builder:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(
            !url.contains("://") || shown.contains("https://api.example\""),
            "{shown}"
        );
        let error = builder.build().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[test]
fn debug_of_a_builder_shows_settings_but_no_secret() {
    let mut choices = crate::Choices::new();
    choices.of_mut("get_payment").path = Some("/pay/{payment_id}".to_owned());
    let builder = Session::builder()
        .credentials(crate::Credentials::new("hunter2", "hunter2"))
        .allow_http(true)
        .grace_period(Duration::from_secs(77))
        .runtime(Arc::new(crate::runtime::TokioRuntime))
        .record_shapes("shapes-of-may")
        .choices(choices);
    let shown = format!("{builder:?}");
    for setting in [
        "allow_http: true",
        "grace_period: Some(77s)",
        "runtime: Some(TokioRuntime",
        "record_shapes: Some(\"shapes-of-may\")",
        "/pay/{payment_id}",
    ] {
        assert!(shown.contains(setting), "{setting} in {shown}");
    }
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn only_sandbox_and_own_machine_are_for_tests() {
    let is_for_tests = |url: &str| {
        let credentials = crate::Credentials::new("key", "secret");
        let session = Session::builder().base_url(url).credentials(credentials);
        session.build().unwrap().is_for_tests()
    };
    for url in [
        SANDBOX_BASE_URL,
        "http://127.0.0.1:8080/api",
        "http://[::1]:1/api",
        "http://localhost:1/api",
    ] {
        assert!(is_for_tests(url), "{url}");
    }
    for url in [
        "https://api.cryptopocket.example/api",
        "https://sandbox.cryptopocket.io.evil.example/api",
        "https://localhost.example.com/api",
        "https://127.0.0.1.example.com/api",
        "https://10.0.0.1/api",
    ] {
        assert!(!is_for_tests(url), "{url}");
    }
}
