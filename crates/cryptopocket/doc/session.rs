// What the examples run against: a session whose `operation` always gets the answer `json`.
fn session(operation: &str, json: &str) -> cryptopocket_core::Session {
    use cryptopocket_core::testing::{Answer, ScriptedTransport, TestRuntime};
    use std::sync::Arc;

    let transport = ScriptedTransport::new();
    transport.always(operation, Answer::json(json));
    cryptopocket_core::Session::builder()
        .credentials(cryptopocket_core::Credentials::new("key", "secret"))
        .transport(Arc::new(transport))
        .runtime(Arc::new(TestRuntime::new(1)))
        .build()
        .expect("a session of tests")
}
