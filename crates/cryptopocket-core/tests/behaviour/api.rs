//! A small API, called as the generated functions call theirs.

use std::sync::Arc;

use cryptopocket_core::testing::{ScriptedTransport, TestRuntime};
use cryptopocket_core::{Credentials, Envelope, Error, Idempotency, Operation, Session, SessionBuilder};
use cryptopocket_types::Evidence;
use cryptopocket_types::reading::{FromJson, ObjectReader, Surprise, Surprises};

/// Codes that the test operations list as refusals.
const REFUSALS: &[&str] = &[
    "authorization_incorrect",
    "limit_exceded",
    "user_not_found",
    "require_kyc",
    "min_purchase",
];

pub(crate) const fn operation(id: &'static str, idempotency: Idempotency) -> Operation {
    Operation {
        id,
        page: "Test",
        method: "POST",
        path: "/thing",
        tag: "test",
        idempotency,
        envelope: Envelope::Data,
        evidence: Evidence::Assumed,
        source: "Test",
        auth: true,
        refusals: REFUSALS,
    }
}

pub(crate) static SAFE: Operation = operation("safe", Idempotency::Safe);
pub(crate) static KEYED: Operation = operation("keyed", Idempotency::Keyed);
pub(crate) static UNSAFE: Operation = operation("unsafe", Idempotency::Unsafe);
pub(crate) static CLASSES: [&Operation; 3] = [&SAFE, &KEYED, &UNSAFE];

pub(crate) const GOOD: &str = r#"{"status":"ok","data":{"id":"p1"}}"#;
/// Stands in every request, so that it can be looked for where it must not appear.
pub(crate) const CANARY: &str = "canary-iban-ES9121000418450200051332";

pub(crate) fn builder() -> SessionBuilder {
    Session::builder()
        .credentials(Credentials::new("canary-key", "canary-secret"))
        .runtime(Arc::new(TestRuntime::new(1)))
}

pub(crate) fn scripted() -> (Session, Arc<ScriptedTransport>) {
    let (session, transport, _) = timed();
    (session, transport)
}

/// With the runtime whose time the test lets pass.
pub(crate) fn timed() -> (Session, Arc<ScriptedTransport>, TestRuntime) {
    let (transport, time) = (Arc::new(ScriptedTransport::new()), TestRuntime::new(1));
    let session = builder()
        .transport(transport.clone())
        .runtime(Arc::new(time.clone()))
        .build()
        .expect("the test's settings are right");
    (session, transport, time)
}

#[derive(Debug, PartialEq)]
pub(crate) struct Thing {
    pub(crate) id: String,
}

impl FromJson for Thing {
    const EXPECTED: &'static str = "an object";

    fn from_json(json: &str, surprises: &mut Surprises) -> Result<Self, Surprise> {
        let id = ObjectReader::open(json, surprises)?.key("id")?;
        Ok(Self { id })
    }
}

impl cryptopocket_core::Progress for Thing {
    type State = String;

    fn state(&self) -> &String {
        &self.id
    }

    fn is_final(&self) -> bool {
        true
    }
}

pub(crate) async fn thing(session: &Session, operation: &'static Operation) -> Result<Thing, Error> {
    call(session, operation).await
}

/// Makes a call as the generated functions do.
pub(crate) async fn call<T: FromJson>(session: &Session, operation: &'static Operation) -> Result<T, Error> {
    session
        .request(operation)
        .query("iban", CANARY)
        .json(&serde_json::json!({ "iban": CANARY }))
        .send()
        .await
}
