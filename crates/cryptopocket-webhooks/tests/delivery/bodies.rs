//! Bodies of any form, which often hold what an event is told by.

use cryptopocket_webhooks::EVENTS;
use proptest::prelude::*;

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::vec(member(inner), 0..8)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

const FIELDS: [&str; 7] = [
    "id",
    "payment_id",
    "rampoff_id",
    "status",
    "type",
    "event",
    "data",
];

/// A member that may name the event, or be a field that its identity is read from.
fn member(
    value: impl Strategy<Value = serde_json::Value> + Clone + 'static,
) -> impl Strategy<Value = (String, serde_json::Value)> {
    let spellings = EVENTS
        .iter()
        .flat_map(|info| info.aliases.iter().copied().chain([info.name]));
    let event = (
        proptest::sample::select(&["type", "event"]),
        proptest::sample::select(spellings.collect::<Vec<_>>()),
    );
    prop_oneof![
        (".*", value.clone()),
        (proptest::sample::select(&FIELDS).prop_map(str::to_owned), value),
        event.prop_map(|(key, name)| (key.to_owned(), name.into())),
    ]
}

pub(crate) fn printed() -> impl Strategy<Value = Vec<u8>> {
    (json(), any::<bool>()).prop_map(|(value, pretty)| {
        if pretty {
            serde_json::to_vec_pretty(&value)
        } else {
            serde_json::to_vec(&value)
        }
        .expect("JSON")
    })
}
