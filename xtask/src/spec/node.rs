//! Accessors for JSON values.

use serde_json::{Map, Value};

/// Reads a part of an object. A part that is absent or of another type reads as empty.
pub(crate) trait Node {
    fn part(&self, key: &str) -> Option<&Value>;

    /// A text.
    fn word(&self, key: &str) -> &str {
        self.part(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The members of an object.
    fn fields(&self, key: &str) -> impl Iterator<Item = (&str, &Value)> + use<'_, Self> {
        let fields = self.part(key).and_then(Value::as_object).into_iter().flatten();
        fields.map(|(name, value)| (name.as_str(), value))
    }

    /// The members of an array.
    fn list(&self, key: &str) -> impl Iterator<Item = &Value> + use<'_, Self> {
        self.part(key).and_then(Value::as_array).into_iter().flatten()
    }

    /// The texts of an array.
    fn words(&self, key: &str) -> impl Iterator<Item = &str> + use<'_, Self> {
        self.list(key).filter_map(Value::as_str)
    }

    fn has(&self, key: &str) -> bool {
        self.part(key).is_some()
    }

    /// Whether a flag is set.
    fn flag(&self, key: &str) -> bool {
        self.part(key) == Some(&Value::Bool(true))
    }
}

impl Node for Value {
    fn part(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

impl Node for Map<String, Value> {
    fn part(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}
