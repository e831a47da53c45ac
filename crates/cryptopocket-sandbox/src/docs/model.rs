//! As much of the API's description as the page shows, in the order in which it was written.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use yaml_serde::Value;

#[derive(Debug, serde::Deserialize)]
pub(super) struct Spec {
    pub(super) info: Info,
    pub(super) tags: Vec<Tag>,
    pub(super) paths: Ordered<PathItem>,
    pub(super) components: Components,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Info {
    pub(super) version: String,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) description: String,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct PathItem {
    get: Option<Operation>,
    post: Option<Operation>,
}

impl PathItem {
    pub(super) fn operations(&self) -> impl Iterator<Item = (&'static str, &Operation)> {
        let both = [("GET", &self.get), ("POST", &self.post)];
        both.into_iter()
            .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
    }
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Operation {
    #[serde(rename = "operationId")]
    pub(super) id: String,
    pub(super) tags: Vec<String>,
    pub(super) summary: String,
    pub(super) description: String,
    #[serde(rename = "x-evidence")]
    pub(super) grade: String,
    #[serde(rename = "x-source")]
    pub(super) source: String,
    #[serde(rename = "x-idempotency")]
    pub(super) repeat: String,
    #[serde(default)]
    pub(super) parameters: Vec<Parameter>,
    #[serde(rename = "requestBody")]
    pub(super) body: Option<Body>,
    pub(super) responses: Ordered<Response>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    #[serde(rename = "in")]
    pub(super) place: String,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) description: String,
    pub(super) schema: Schema,
    #[serde(default)]
    pub(super) example: Option<Value>,
    #[serde(rename = "x-evidence")]
    pub(super) grade: String,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Body {
    pub(super) content: Ordered<Media>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Response {
    #[serde(default)]
    pub(super) content: Ordered<Media>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Media {
    pub(super) schema: Schema,
    #[serde(default)]
    pub(super) examples: Ordered<Sample>,
    example: Option<Value>,
}

impl Media {
    /// A sample to begin with.
    pub(super) fn sample(&self) -> Option<&Value> {
        let first = self.examples.0.first().map(|(_, sample)| &sample.value);
        first.or(self.example.as_ref())
    }
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Sample {
    #[serde(default)]
    pub(super) summary: String,
    pub(super) value: Value,
    #[serde(rename = "x-evidence")]
    pub(super) grade: Option<String>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Components {
    pub(super) schemas: Ordered<Schema>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Schema {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "allOf")]
    all_of: Vec<Schema>,
    #[serde(rename = "oneOf")]
    one_of: Vec<Schema>,
    pub(super) items: Option<Box<Schema>>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) format: Option<String>,
    pub(super) description: Option<String>,
    pub(super) required: Vec<String>,
    pub(super) properties: Ordered<Schema>,
    #[serde(rename = "enum")]
    pub(super) values: Vec<String>,
    #[serde(rename = "x-evidence")]
    pub(super) grade: Option<String>,
    #[serde(rename = "x-unit")]
    pub(super) unit: Option<String>,
}

impl Schema {
    /// What stands behind a reference, or behind the success of an answer that can be either.
    pub(super) fn resolved<'a>(&'a self, spec: &'a Spec) -> &'a Self {
        if let Some(name) = self.reference.as_deref().and_then(|path| path.rsplit('/').next()) {
            let found = spec.components.schemas.0.iter().find(|(one, _)| one == name);
            return found.map_or(self, |(_, schema)| schema.resolved(spec));
        }
        match (self.all_of.first(), self.one_of.first()) {
            (Some(first), _) | (None, Some(first)) => first.resolved(spec),
            (None, None) => self,
        }
    }
}

/// A map whose entries stay in the order in which they were written.
#[derive(Debug)]
pub(super) struct Ordered<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}
