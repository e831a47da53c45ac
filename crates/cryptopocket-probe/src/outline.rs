//! What the specification says of each call, for comparison.

use std::sync::LazyLock;

use cryptopocket_core::shape::Kind;
use serde::Deserialize;
use serde_json::Value;

/// One call of the API, as the specification describes it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Outline {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Grade of the path.
    pub(crate) evidence: String,
    pub(crate) reads: bool,
    pub(crate) form: bool,
    pub(crate) candidates: Vec<String>,
    pub(crate) parameters: Vec<Field>,
    pub(crate) request: Vec<Field>,
    pub(crate) reply: Vec<Field>,
    pub(crate) sample: Vec<Value>,
}

/// A field of a body, or a parameter of path or query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Field {
    /// Its path, such as `data[].id`; the name of a parameter.
    #[serde(alias = "name")]
    pub(crate) path: String,
    /// The schema that it belongs to.
    pub(crate) schema: String,
    /// Kind of value: a JSON type, `time`, `date`, `number-text` or `id`.
    pub(crate) form: String,
    pub(crate) evidence: String,
    pub(crate) unit: String,
    /// Its name on the wire, if that is known to differ.
    pub(crate) wire: Option<String>,
    /// Other kinds of values that are known to come.
    pub(crate) wire_form: Vec<Kind>,
    /// Its unit on the wire, if that is known to differ: `cent` or `currency-unit`.
    pub(crate) wire_unit: String,
    /// The known values of an open list.
    pub(crate) words: Vec<String>,
    pub(crate) required: bool,
    /// Whether the object is of no use without it.
    pub(crate) key: bool,
    pub(crate) nullable: bool,
    /// Other names that the guess may stand for.
    pub(crate) candidates: Vec<String>,
    /// The number of the first page, of the parameter `page`.
    pub(crate) first_page: Option<u32>,
}

impl Field {
    /// Whether it is an amount of money, which is cents or currency units.
    pub(crate) fn is_money(&self) -> bool {
        matches!(self.unit.as_str(), "currency-unit" | "cent" | "decimal-string")
    }

    /// Its own name, without that of its object.
    pub(crate) fn property(&self) -> &str {
        self.path.rsplit(['.', ']']).next().unwrap_or_default()
    }
}

impl Outline {
    /// Where the object or the rows stand that the reply is about.
    pub(crate) fn place(&self) -> &'static str {
        let is_list = self.reply.iter().any(|field| field.path.starts_with("data[]"));
        if is_list { "data[]" } else { "data" }
    }

    /// The fields of the object that the reply is about, each with its name there.
    pub(crate) fn object_fields(&self) -> impl Iterator<Item = (&str, &Field)> {
        let object = self.place();
        self.reply
            .iter()
            .filter_map(move |field| Some((field.path.strip_prefix(object)?.strip_prefix('.')?, field)))
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&Field> {
        self.parameters.iter().find(|parameter| parameter.path == name)
    }

    pub(crate) fn is_in_path(&self, parameter: &str) -> bool {
        self.path.contains(&format!("{{{parameter}}}"))
    }

    /// The parameters, then the fields of the request.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &Field> {
        self.parameters.iter().chain(&self.request)
    }
}

/// Every call that the specification describes.
pub(crate) fn outlines() -> &'static [Outline] {
    static OUTLINES: LazyLock<Vec<Outline>> = LazyLock::new(|| {
        // It is generated, and a test reads it.
        serde_json::from_str(include_str!("generated/outline.json")).unwrap_or_default()
    });
    &OUTLINES
}

pub(crate) fn outline(id: &str) -> Option<&'static Outline> {
    outlines().iter().find(|outline| outline.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_outlined() {
        assert_eq!(outlines().len(), 26);
        let list = outline("list_payments").unwrap();
        assert!(list.place() == "data[]" && list.reads && !list.candidates.is_empty());
        let names: Vec<_> = list.object_fields().map(|(name, _)| name).collect();
        assert!(
            names.contains(&"fiat_amount") && !names.contains(&"pagination"),
            "{names:?}"
        );
        assert_eq!(list.parameter("page").unwrap().first_page, Some(1));
        assert!(outline("create_payment").unwrap().sample[0]["fiat_amount"].is_number());
    }
}
