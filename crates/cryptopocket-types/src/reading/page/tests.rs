use super::*;
use crate::Field;
use crate::reading::{Fields, FromJson, ObjectReader, Surprises};

/// The numbers of a page.
#[derive(Debug, Default, PartialEq, Clone, Copy)]
struct Place {
    current: Option<u32>,
    last: Option<u32>,
    total: Option<u64>,
}

impl<T> From<&Page<T>> for Place {
    fn from(page: &Page<T>) -> Self {
        Self {
            current: page.current,
            last: page.last,
            total: page.total,
        }
    }
}

fn read(json: &str) -> Option<(usize, Place)> {
    let page = Page::<String>::from_json(json, &mut Surprises::new()).ok()?;
    Some((page.rows.len(), Place::from(&page)))
}

#[test]
fn rows_are_found_in_each_shape() {
    let numbers = Place {
        current: Some(2),
        last: Some(5),
        total: Some(99),
    };
    let counts = r#""current_page":2,"last_page":5,"total":99"#;
    for (json, place) in [
        (r#"["a","b"]"#.to_owned(), Place::default()),
        (r#"{"status":"ok","data":["a","b"]}"#.to_owned(), Place::default()),
        (
            format!(r#"{{"status":"ok","data":["a","b"],"pagination":{{{counts}}}}}"#),
            numbers,
        ),
        (format!(r#"{{{counts},"data":["a","b"]}}"#), numbers),
        (
            format!(r#"{{"status":"ok","data":{{{counts},"data":["a","b"]}}}}"#),
            numbers,
        ),
        (
            format!(r#"{{"data":["a","b"],"links":{{"next":null}},"meta":{{{counts}}}}}"#),
            numbers,
        ),
        (
            format!(r#"{{"data":["a","b"],"meta":{{"pagination":{{{counts}}}}}}}"#),
            numbers,
        ),
        (
            r#"{"status":"ok","payments":["a","b"]}"#.to_owned(),
            Place::default(),
        ),
        (r#"{"data":{"0":"a","3":"b"}}"#.to_owned(), Place::default()),
    ] {
        assert_eq!(read(&json), Some((2, place)), "{json}");
    }
}

#[test]
fn deeply_nested_numbers_of_pages_are_ignored() {
    let deep = format!(
        r#"{{"data":["a"],"meta":{}{{"total":7}}{}}}"#,
        r#"{"meta":"#.repeat(50_000),
        "}".repeat(50_000)
    );
    assert_eq!(read(&deep), Some((1, Place::default())));
}

#[test]
fn null_and_empty_object_are_empty_lists() {
    for json in [
        "[]",
        "null",
        "{}",
        r#"{"data":null}"#,
        r#"{"data":{}}"#,
        r#"{"data":[]}"#,
    ] {
        assert_eq!(read(json).map(|(rows, _)| rows), Some(0), "{json}");
    }
}

#[test]
fn reply_without_rows_is_no_empty_list() {
    for json in [
        r#"{"status":"ok"}"#,
        r#"{"data":7}"#,
        r#""none""#,
        r#"{"a":[],"b":[]}"#,
        r#"{"errors":[]}"#,
    ] {
        assert_eq!(read(json), None, "{json}");
    }
}

#[test]
fn missing_next_page_ends_the_list() {
    let page = |next: &str| format!(r#"{{"current_page":3,"data":["a"],"next_page_url":{next}}}"#);
    assert_eq!(read(&page("null")).unwrap().1.last, Some(3));
    assert_eq!(read(&page(r#""https://x/?page=4""#)).unwrap().1.last, None);
}

#[derive(Debug, PartialEq)]
struct Thing(u32, Field<bool>, Extra);

impl FromJson for Thing {
    const EXPECTED: &'static str = "a thing";

    fn from_fields(fields: Fields<'_>, surprises: &mut Surprises) -> Result<Self, Surprise> {
        let mut object = ObjectReader::of(fields, surprises);
        Ok(Self(object.key("id")?, object.field("open"), object.extra()))
    }
}

#[test]
fn documented_page_reads_as_paginated() {
    let odd = |count| vec![r#"{"id":1,"open":"?"}"#; count].join(",");
    for rows in [
        "",
        r#"{"id":1,"open":true,"new":1.10}"#,
        r#"{"id":1},{"id":2,"open":"?"},{"id":3}"#,
        r#"{"id":1,"open":"?"},{"id":"x"},{"id":3}"#,
        r#"{"id":1},7,null,[],{"id":2,"id":3}"#,
        &format!(r#"{},{{"id":""}}"#, odd(40)),
    ] {
        let read = |page: String| {
            let mut surprises = Surprises::new();
            let list = Page::<Thing>::from_json(&page, &mut surprises).unwrap();
            let place = Place::from(&list);
            (list.rows, place, list.extra, surprises)
        };
        let counts = r#""total":7,"message":"hello""#;
        let documented = read(format!(r#"{{"status":"ok","data":[{rows}],{counts}}}"#));
        assert_eq!(
            documented,
            read(format!(r#"{{"data":{{"data":[{rows}],{counts}}}}}"#)),
            "{rows}"
        );
        assert_eq!(documented.1.total, Some(7));
        assert_eq!(documented.2.get("message").unwrap().get(), r#""hello""#);
    }
    let twice = r#"{"data":[{"id":1}],"data":[{"id":2}]}"#;
    let list = Page::<Thing>::from_json(twice, &mut Surprises::new()).unwrap();
    assert_eq!(list.rows.len(), 1);
    assert_eq!(list.extra.get("data").map(RawJson::get), Some(r#"[{"id":2}]"#));
}

#[test]
fn unknown_field_that_stands_twice_is_kept_twice() {
    let thing = Thing::from_json(
        r#"{"id":1,"fee":1,"fee":2,"fee":1,"open":true}"#,
        &mut Surprises::new(),
    );
    let kept = thing.unwrap().2;
    let texts: Vec<_> = kept.iter().map(|(name, raw)| (name, raw.get())).collect();
    assert_eq!(texts, [("fee", "1"), ("fee[1]", "2")]);
    assert!(
        kept.read::<u64>("fee").is_unreadable(),
        "neither is the one that was meant"
    );
    let page = r#"{"data":[],"fee":1,"fee":2}"#;
    let list = Page::<Thing>::from_json(page, &mut Surprises::new()).unwrap();
    assert_eq!(list.extra.get("fee[1]").map(RawJson::get), Some("2"));
}

#[test]
fn values_kept_of_one_name_are_bounded() {
    let fees = (0..50_000).fold(String::new(), |fees, fee| fees + r#","fee":"# + &fee.to_string());
    let list = Page::<Thing>::from_json(&format!(r#"{{"data":[]{fees}}}"#), &mut Surprises::new());
    assert_eq!(list.unwrap().extra.len(), 9);
}

#[test]
fn surprises_beyond_the_most_are_counted_once() {
    let rows = vec![r#"{"id":1,"open":"?"}"#; 40].join(",");
    let mut surprises = Surprises::new();
    Page::<Thing>::from_json(&format!(r#"{{"data":[{rows},{{}}]}}"#), &mut surprises).unwrap();
    assert!(surprises.to_string().ends_with("; and 9 more"), "{surprises}");
}

#[test]
fn odd_row_costs_only_itself() {
    let mut surprises = Surprises::new();
    let list = Page::<u32>::from_json(r#"[1, "two", 3]"#, &mut surprises).unwrap();
    assert_eq!((list.rows[0].as_ref(), list.rows[2].as_ref()), (Ok(&1), Ok(&3)));
    let odd = list.rows[1].as_ref().unwrap_err();
    assert_eq!(odd.raw.get(), r#""two""#);
    assert!(!format!("{odd:?}").contains("two"));
    assert_eq!(surprises.to_string(), "[1]: expected a whole number, found text");
}
