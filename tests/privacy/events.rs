//! Events with personal data in every text.

use cryptopocket_tests::canary;
use cryptopocket_webhooks::{EVENTS, Event};
use serde_json::Value;

/// Replaces every text of `value`.
fn fill(value: &mut Value, with: &str) {
    match value {
        Value::String(text) => with.clone_into(text),
        Value::Object(fields) => fields.values_mut().for_each(|value| fill(value, with)),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, with)),
        _ => {}
    }
}

#[test]
fn no_event_shows_personal_data_in_any_place() {
    // An id that the provider makes is shown, so a plain word in its place is too.
    let planted = [
        canary::EMAIL,
        canary::IBAN,
        canary::WALLET,
        canary::PHONE,
        canary::ADDRESS,
        canary::LINK,
        canary::FREE_TEXT,
    ];
    for canary in planted {
        for info in EVENTS {
            for name in [info.name, canary] {
                let mut body: Value = serde_json::from_str(info.sample).unwrap();
                fill(&mut body, canary);
                body["type"] = name.into();
                let event = Event::parse(body.to_string().as_bytes()).unwrap();
                let (key, surprises) = (event.key(), event.surprises());
                let printed = format!("{event:?} {event:#?} {key:?} {key:#?} {surprises:?}");
                let seen = canary::seen_in(&printed);
                assert!(seen.is_empty(), "{name} shows {seen:?}: {printed}");
            }
        }
    }
}
