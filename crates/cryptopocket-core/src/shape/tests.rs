use std::fs;
use std::sync::Arc;

use super::{Kind, Shape, ShapeRecord};
use crate::testing::{Answer, ScriptedTransport, TestRuntime};
use crate::{Credentials, Method, Session};

fn shape(json: &str) -> String {
    serde_json::to_string(&Shape::of_json(json)).unwrap()
}

fn recording(folder: &std::path::Path) -> (Arc<ScriptedTransport>, Session) {
    let transport = Arc::new(ScriptedTransport::new());
    let session = Session::builder()
        .credentials(Credentials::new("key", "secret"))
        .transport(transport.clone())
        .runtime(Arc::new(TestRuntime::new(3)))
        .record_shapes(folder)
        .build()
        .unwrap();
    (transport, session)
}

fn files(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn kinds_of_texts_are_told_apart() {
    for (text, kind) in [
        (" ", Kind::EmptyText),
        ("-15050", Kind::IntegerText),
        ("4800.24", Kind::DecimalText),
        ("2026-06-20T10:15:30.123456Z", Kind::TimeText),
        ("2026-06-20 10:15:30", Kind::LocalTimeText),
        ("2026-06-20", Kind::DateText),
        ("5c1e8a5e-7a7d-4c58-8e0a-94d1f7d2b6c3", Kind::UuidText),
        ("https://hosted.example.net/x", Kind::UrlText),
        ("data:image/png;base64,AA", Kind::DataUriText),
        ("jane@example.com", Kind::EmailText),
        ("ES9121000418450200051332", Kind::IbanText),
        ("0x5f0a", Kind::HexText),
        ("coins_sent", Kind::WordText),
        ("EUR", Kind::UpperWordText),
        ("Jane Roe", Kind::Text),
    ] {
        assert_eq!(Kind::of_text(text), kind, "{text}");
        assert_eq!(Kind::try_from(kind.as_str().to_owned()), Ok(kind));
    }
}

#[test]
fn shape_lists_every_place_with_its_kinds() {
    assert_eq!(
        shape(r#"{"a":[{"b":1},{"b":"x","c":2.5}],"d":{},"e":true,"f":[]}"#),
        r#"{"":["object"],"a":["list-2-20"],"a[]":["object"],"a[].b":["integer","word-text"],"a[].c":["absent","decimal"],"d":["empty-object"],"e":["boolean"],"f":["list-0"]}"#
    );
    assert_eq!(shape("<html>"), r#"{"":["html"]}"#);
    assert_eq!(shape("oops"), r#"{"":["not-json"]}"#);
    assert_eq!(shape(""), r#"{"":["no-body"]}"#);
}

#[test]
fn map_keyed_by_data_becomes_placeholders() {
    assert_eq!(
        shape(r#"{"jane@example.com":1,"ok":2}"#),
        r#"{"":["object"],"ok":["integer"],"{key}":["integer"]}"#
    );
    // Lower-case names pass for fields, but several objects of one shape are a map.
    assert_eq!(
        shape(r#"{"jane":{"age":1},"john":{"age":2}}"#),
        r#"{"":["object"],"{key}":["object"],"{key}.age":["integer"]}"#
    );
}

#[test]
fn deep_and_wide_documents_stay_small() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    assert!(shape(&deep).contains("deeper"));
    let wide: Vec<String> = ('a'..='z')
        .flat_map(|a| ('a'..='z').flat_map(move |b| ('a'..='c').map(move |c| format!("\"{a}{b}{c}\":1"))))
        .collect();
    assert_eq!(wide.len(), 2028);
    assert_eq!(
        Shape::of_json(&format!("{{{}}}", wide.join(","))).iter().count(),
        600
    );
}

#[test]
fn merge_is_the_same_in_any_order() {
    let [a, b, c] = [r#"{"x":1}"#, r#"{"x":null,"y":[1]}"#, r#"{"y":[]}"#].map(Shape::of_json);
    let merged = |shapes: [&Shape; 3]| {
        let mut merged = Shape::new();
        for shape in shapes {
            merged.merge(shape);
        }
        merged
    };
    assert_eq!(merged([&a, &b, &c]), merged([&c, &b, &a]));
    let mut all = merged([&a, &b, &c]);
    assert!(!all.merge(&b), "nothing new");
}

#[tokio::test]
async fn calls_are_recorded_by_operation_and_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let (transport, session) = recording(&folder.path().join("deep/shapes"));
    transport.next("raw", Answer::json(r#"{"status":"ok","data":{"level":"gold"}}"#));
    transport.next("raw", Answer::error_code("user_not_found"));
    transport.next("raw", Answer::reply(404, "<html>nothing</html>"));
    for _ in 0..3 {
        let call = session
            .raw(Method::GET, "/customers/{user_id}/loyalty/8Xk2")
            .path(&100_067);
        let _ = call.query("card", &"4111111111111111").send().await;
    }
    let folder = folder.path().join("deep/shapes");
    assert_eq!(
        files(&folder),
        [
            "authenticate.2xx.json",
            "raw-GET-customers-id-loyalty-id.2xx-refused.json",
            "raw-GET-customers-id-loyalty-id.2xx.json",
            "raw-GET-customers-id-loyalty-id.4xx.json",
        ]
    );
    let text = fs::read_to_string(folder.join("raw-GET-customers-id-loyalty-id.2xx.json")).unwrap();
    let record = ShapeRecord::parse(&text).unwrap();
    assert_eq!(record.path, "/customers/{id}/loyalty/{id}");
    assert!(record.reply.has("data.level", Kind::WordText));
    assert!(record.query.has("card", Kind::IntegerText));
    assert!(!text.contains("gold") && !text.contains("4111"), "{text}");
}

#[tokio::test]
async fn known_shape_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let (transport, session) = recording(folder.path());
    transport.always("raw", Answer::json(r#"{"status":"ok","data":1}"#));
    let file = folder.path().join("raw-GET-x.2xx.json");
    session.raw(Method::GET, "/x").send().await.unwrap();
    fs::remove_file(&file).unwrap();
    session.raw(Method::GET, "/x").send().await.unwrap();
    assert!(!file.exists());
    transport.always("raw", Answer::json(r#"{"status":"ok","data":"1"}"#));
    session.raw(Method::GET, "/x").send().await.unwrap();
    let record = ShapeRecord::parse(&fs::read_to_string(&file).unwrap()).unwrap();
    assert!(record.reply.has("data", Kind::Integer) && record.reply.has("data", Kind::IntegerText));
}

#[tokio::test]
async fn folder_that_cannot_be_written_costs_no_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let (transport, session) = recording(&file);
    transport.always("raw", Answer::json(r#"{"status":"ok","data":1}"#));
    for _ in 0..2 {
        session.raw(Method::GET, "/x").send().await.unwrap();
    }
}

#[test]
fn writers_at_once_lose_nothing() {
    const WRITERS: u64 = 6;
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = folder.path().to_owned();
            scope.spawn(move || {
                let folder = super::Recorder::new(path, writer);
                for letter in ['a', 'b', 'c', 'd', 'e'] {
                    let mut record = ShapeRecord::new("get_x", "GET", "/x", "2xx");
                    let name = format!(
                        "{}{letter}",
                        ["p", "q", "r", "s", "t", "u"][usize::try_from(writer).unwrap()]
                    );
                    record.reply = Shape::of_json(&format!("{{\"{name}\":1}}"));
                    folder.merge(&record).unwrap();
                }
            });
        }
    });
    assert_eq!(files(folder.path()), ["get_x.2xx.json"], "no draft is left");
    let text = fs::read_to_string(folder.path().join("get_x.2xx.json")).unwrap();
    let record = ShapeRecord::parse(&text).unwrap();
    assert_eq!(record.reply.iter().count(), 1 + 30);
}

#[test]
fn file_of_another_kind_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let record = ShapeRecord::new("get_x", "GET", "/x", "2xx");
    fs::write(folder.path().join("get_x.2xx.json"), "no record").unwrap();
    super::Recorder::new(folder.path().to_owned(), 1)
        .merge(&record)
        .unwrap();
    let text = fs::read_to_string(folder.path().join("get_x.2xx.json")).unwrap();
    assert_eq!(ShapeRecord::parse(&text), Some(record));
}
