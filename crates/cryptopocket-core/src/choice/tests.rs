use super::{Choices, renamed, translated};
use crate::testing::{Answer, ScriptedTransport, TestRuntime};
use crate::{Credentials, Effect, Envelope, ErrorKind, Idempotency, Operation, Session, WireNames};
use cryptopocket_types::evidence::Evidence;
use cryptopocket_types::reading::{FromJson, ObjectReader, Page, Surprise, Surprises};
use std::sync::Arc;

static GET_THING: Operation = Operation {
    id: "get_thing",
    page: "",
    method: "GET",
    path: "/thing/{id}",
    tag: "x",
    idempotency: Idempotency::Safe,
    envelope: Envelope::Data,
    evidence: Evidence::Assumed,
    source: "",
    auth: true,
    refusals: &[],
};

/// An object with one field, `name`.
struct Title(String);

impl FromJson for Title {
    const EXPECTED: &'static str = "an object";

    fn from_json(json: &str, surprises: &mut Surprises) -> Result<Self, Surprise> {
        ObjectReader::open(json, surprises)?.key("name").map(Self)
    }
}

fn session(choices: &str) -> (Arc<ScriptedTransport>, Session) {
    let transport = Arc::new(ScriptedTransport::new());
    let session = Session::builder()
        .credentials(Credentials::new("key", "secret"))
        .transport(transport.clone())
        .runtime(Arc::new(TestRuntime::new(3)))
        .choices(Choices::parse(choices).unwrap())
        .build()
        .unwrap();
    (transport, session)
}

fn reply(json: &str, names: &[(&str, &str)]) -> String {
    translated(json, names, &[], None).unwrap_or_default()
}

#[test]
fn field_under_another_name_is_renamed() {
    let names = &[("price", "rate")];
    assert_eq!(
        reply(r#"{"rate":0.9213,"x":{"rate":1}}"#, names),
        r#"{"price":0.9213,"x":{"price":1}}"#
    );
    assert_eq!(
        reply(r#"{"status":"ok","data":[{"rate":1.10},{"price":2}]}"#, names),
        r#"{"status":"ok","data":[{"price":1.10},{"price":2}]}"#
    );
    assert_eq!(reply(r#"{"price":null,"rate":1}"#, names), r#"{"price":1}"#);
}

#[test]
fn own_name_wins_over_the_chosen_one() {
    assert_eq!(reply(r#"{"price":1,"rate":2}"#, &[("price", "rate")]), "");
    assert_eq!(reply(r#"{"other":1}"#, &[("price", "rate")]), "");
}

#[test]
fn field_inside_of_an_object_is_taken_out() {
    assert_eq!(
        reply(
            r#"{"holder":{"full_name":"J","x":1}}"#,
            &[("holder", "holder.full_name")]
        ),
        r#"{"holder[object]":{"full_name":"J","x":1},"holder":"J"}"#
    );
    assert_eq!(
        reply(r#"{"coin":{"symbol":"USDC"}}"#, &[("coin_symbol", "coin.symbol")]),
        r#"{"coin":{"symbol":"USDC"},"coin_symbol":"USDC"}"#
    );
    assert_eq!(reply(r#"{"holder":"J"}"#, &[("holder", "holder.full_name")]), "");
}

#[test]
fn request_takes_the_chosen_names() {
    let text = renamed(br#"{"a":1.10,"b":"x"}"#, &[("a", "z")]).unwrap();
    assert_eq!(text, br#"{"z":1.10,"b":"x"}"#);
    assert_eq!(renamed(br#"{"a":1}"#, &[("b", "z")]), None);
}

#[test]
fn page_numbers_from_zero_are_counted_from_one() {
    let shifted = |json: &str, page| translated(json, &[], &[], Some(page)).unwrap_or_default();
    assert_eq!(
        shifted(r#"{"data":[],"pagination":{"current_page":0,"last_page":2}}"#, 0),
        r#"{"data":[],"pagination":{"current_page":1,"last_page":3}}"#
    );
    // The count of pages is no number of a page.
    assert_eq!(
        shifted(
            r#"{"current_page":"1","last_page":3,"total":5,"per_page":2,"data":[]}"#,
            1
        ),
        r#"{"current_page":2,"last_page":3,"total":5,"per_page":2,"data":[]}"#
    );
    // The reply counts from 1 already.
    assert_eq!(shifted(r#"{"current_page":1,"last_page":3}"#, 0), "");
}

#[tokio::test]
async fn call_uses_the_chosen_path_and_names() {
    let (transport, session) = session(
        r#"{"version":1,"operations":{"get_thing":{"path":"/things/{id}","parameters":{"per_page":"limit"},
            "request":{"note":"memo"},"reply":{"name":"title"},"first_page":0}}}"#,
    );
    let page = r#"{"status":"ok","data":{"rows":[{"title":"a"}],"page":0}}"#;
    transport.next("get_thing", Answer::json(page));
    let call = session
        .request(&GET_THING)
        .path(&"a b")
        .query("page", &1)
        .query("per_page", &2);
    let list: Page<Title> = call.json(&serde_json::json!({"note": "n"})).send().await.unwrap();
    assert_eq!(list.rows[0].as_ref().unwrap().0, "a");
    assert_eq!(list.current, Some(1));
    assert!(transport.urls("get_thing")[0].ends_with("/things/a%20b?page=0&limit=2"));
    assert_eq!(transport.bodies("get_thing"), [r#"{"memo":"n"}"#]);
}

#[tokio::test]
async fn id_under_a_chosen_name_is_no_proof_of_a_refusal() {
    static CREATE_THING: Operation = Operation {
        id: "create_thing",
        method: "POST",
        path: "/thing",
        idempotency: Idempotency::Unsafe,
        refusals: &["limit_exceded"],
        ..GET_THING
    };
    let refusal = r#"{"status":"error","error":"limit_exceded","data":{"reference":"p1"}}"#;
    let chosen = r#"{"version":1,"operations":{"create_thing":{"reply":{"thing_id":"reference"}}}}"#;
    let none = r#"{"version":1,"operations":{}}"#;
    let wire = WireNames {
        reply: &[("thing_id", "reference")],
        ..WireNames::NONE
    };
    for (choices, names, effect) in [
        (none, WireNames::NONE, Effect::NotDone),
        (chosen, WireNames::NONE, Effect::Unknown),
        (none, wire, Effect::Unknown),
    ] {
        let (transport, session) = session(choices);
        transport.always("create_thing", Answer::json(refusal));
        let call = session
            .request(&CREATE_THING)
            .names(names)
            .json(&serde_json::json!({}));
        let error = call.send::<Title>().await.err().unwrap();
        assert_eq!(error.effect(), effect, "{choices}");
    }
}

#[tokio::test]
async fn login_takes_the_chosen_names() {
    let (transport, session) = session(
        r#"{"version":1,"operations":{"authenticate":{"reply":{"token":"jwt","expires_in":"ttl"}}}}"#,
    );
    transport.always(
        "authenticate",
        Answer::json(r#"{"status":"ok","data":{"jwt":"J","ttl":60}}"#),
    );
    session.login().await.unwrap();
    let (transport, session) = self::session(r#"{"version":1,"operations":{}}"#);
    transport.always(
        "authenticate",
        Answer::json(r#"{"status":"ok","data":{"jwt":"J","ttl":60}}"#),
    );
    let error = session.login().await.unwrap_err();
    assert!(error.raw_body().is_some(), "a probe tells its shape");
}

#[tokio::test]
async fn names_of_the_document_give_way_to_the_choice() {
    const NAMES: WireNames = WireNames {
        parameters: &[("per_page", "size"), ("q", "search")],
        request: &[],
        reply: &[],
        units: &[],
        first_page: 1,
    };
    let (transport, session) =
        session(r#"{"version":1,"operations":{"get_thing":{"parameters":{"per_page":"limit"}}}}"#);
    let call = session.request(&GET_THING).names(NAMES).path(&1);
    let _ = call
        .query("per_page", &2)
        .query("q", &"x")
        .query("page", &3)
        .send::<String>()
        .await;
    assert!(transport.urls("get_thing")[0].ends_with("/thing/1?limit=2&search=x&page=3"));
}

#[tokio::test]
async fn path_with_other_parameters_is_refused() {
    let (transport, session) =
        session(r#"{"version":1,"operations":{"get_thing":{"path":"/things/{thing}"}}}"#);
    let error = session
        .request(&GET_THING)
        .path(&1)
        .send::<String>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert_eq!(transport.calls("get_thing"), 0);
}

#[test]
fn wrong_choices_are_refused() {
    for text in [
        "oops",
        r#"{"version":2,"operations":{}}"#,
        r#"{"version":1,"operations":{"a":{"pth":"/x"}}}"#,
        r#"{"version":1,"operations":{"a":{"path":"x"}}}"#,
        r#"{"version":1,"operations":{"a":{"path":"/x/../y"}}}"#,
        r#"{"version":1,"operations":{"a":{"path":"/x?y"}}}"#,
        r#"{"version":1,"operations":{"a":{"reply":{"b":"c..d"}}}}"#,
        r#"{"version":1,"operations":{"a":{"first_page":2}}}"#,
    ] {
        let error = Choices::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
    }
    let text = r#"{"version":1,"operations":{"a":{"first_page":0}}}"#;
    let choices = Choices::parse(text).unwrap();
    assert_eq!(Choices::parse(&choices.to_text()).unwrap(), choices);
}

#[test]
fn amounts_in_another_unit_are_shifted_exactly() {
    let shifted = |json: &str, unit| {
        translated(json, &[("amount", "total")], &[("amount", unit)], None).unwrap_or_default()
    };
    for (json, unit, own) in [
        (r#"{"amount":10000}"#, "cent", r#"{"amount":100.00}"#),
        (
            r#"{"data":[{"total":"5"}]}"#,
            "cent",
            r#"{"data":[{"amount":0.05}]}"#,
        ),
        (r#"{"amount":"100.50"}"#, "currency-unit", r#"{"amount":10050}"#),
        (
            r#"{"data":{"amount":200,"fee":{"amount":7}}}"#,
            "cent",
            r#"{"data":{"amount":2.00,"fee":{"amount":7}}}"#,
        ),
        // What may be the other unit after all stays unreadable, and keeps its text.
        (r#"{"amount":100.00}"#, "cent", r#"{"amount":"100.00 cent"}"#),
        (
            r#"{"amount":1.005}"#,
            "currency-unit",
            r#"{"amount":"1.005 currency-unit"}"#,
        ),
    ] {
        assert_eq!(shifted(json, unit), own, "{json}");
    }
    for json in [
        r#"{"amount":"1,50"}"#,
        r#"{"amount":null}"#,
        r#"{"amount":{"amount":5}}"#,
    ] {
        assert_eq!(shifted(json, "cent"), "", "{json}");
    }
    let wrong = r#"{"version":1,"operations":{"get_thing":{"units":{"amount":"euros"}}}}"#;
    assert_eq!(
        Choices::parse(wrong).unwrap_err().kind(),
        ErrorKind::Configuration
    );
}
