//! The schema of scenario files follows from the structs that read them.

/// Types that replace, in the schema, those that the code reads.
pub(super) mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use crate::catalogue::PAYMENT_TYPES;
    use crate::outage::Outage;

    /// An exact amount.
    pub(in crate::scenario) struct Amount;

    impl JsonSchema for Amount {
        fn schema_name() -> Cow<'static, str> {
            "Amount".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "An exact amount, as text or as a number.",
                "type": ["string", "number"],
                "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
            })
        }
    }

    /// Text, or a number that stands for its digits.
    pub(in crate::scenario) struct Text;

    impl JsonSchema for Text {
        fn schema_name() -> Cow<'static, str> {
            "Text".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "Text, or a number that stands for its digits.",
                "type": ["string", "number"],
            })
        }
    }

    /// A payment method.
    #[derive(JsonSchema)]
    #[schemars(transparent, inline, extend("enum" = PAYMENT_TYPES))]
    pub(in crate::scenario) struct Method(#[expect(dead_code, reason = "only its schema is used")] String);

    /// A part that can be down.
    #[derive(JsonSchema)]
    #[schemars(transparent, inline, extend("enum" = Outage::ALL.iter().map(|one| one.name()).collect::<Vec<_>>()))]
    pub(in crate::scenario) struct Part(#[expect(dead_code, reason = "only its schema is used")] String);
}

#[test]
fn shipped_schema_follows_from_the_code() {
    let schema = schemars::schema_for!(super::file::File);
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../cryptopocket-sandbox/scenario.schema.json"
    );
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    // A published crate has no workspace around it.
    let Ok(shipped) = std::fs::read_to_string(path) else {
        return;
    };
    assert!(
        shipped == text,
        "scenario.schema.json is out of date; UPDATE_SCHEMA=1 cargo test -p cryptopocket-emulator schema"
    );
}
