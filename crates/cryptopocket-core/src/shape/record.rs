use serde::{Deserialize, Serialize};

use super::Shape;

/// The version of the form that this SDK writes.
const VERSION: u32 = 1;

/// What one shape file holds: the shapes of one call's requests and replies, merged over all calls.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::shape::{Kind, Shape, ShapeRecord};
///
/// let mut record = ShapeRecord::new("get_payment", "GET", "/payment/{payment_id}", "2xx");
/// record.reply = Shape::of_json(r#"{"data":{"holder":"Jane Roe"}}"#);
/// assert_eq!(record.file_name(), "get_payment.2xx.json");
/// assert!(!record.to_text().contains("Jane"));
///
/// // Two files of one call, such as those of two machines, become one.
/// let mut other = ShapeRecord::parse(&record.to_text()).unwrap();
/// other.reply = Shape::of_json(r#"{"data":null}"#);
/// assert!(record.merge(&other), "something new was seen");
/// assert!(record.reply.kinds("data").eq([Kind::Null, Kind::Object]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShapeRecord {
    version: u32,
    /// Id of the operation; `raw` for a call that the SDK does not know.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Path with its parameters in braces.
    pub path: String,
    /// Class of the HTTP status, such as `2xx`; with `-refused` when the body refuses the call.
    pub outcome: String,
    /// Parameters of the query.
    pub query: Shape,
    /// Body of the request.
    pub request: Shape,
    /// Body of the reply.
    pub reply: Shape,
}

impl ShapeRecord {
    /// A record of one call without any shape.
    pub fn new(operation: &str, method: &str, path: &str, outcome: &str) -> Self {
        Self {
            version: VERSION,
            operation: operation.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            outcome: outcome.to_owned(),
            query: Shape::new(),
            request: Shape::new(),
            reply: Shape::new(),
        }
    }

    /// Reads the text of a shape file. `None` for text that is none, or one of another version.
    pub fn parse(text: &str) -> Option<Self> {
        let record: Self = serde_json::from_str(text).ok()?;
        (record.version == VERSION).then_some(record)
    }

    /// The text of a shape file. Equal records have equal texts.
    pub fn to_text(&self) -> String {
        // Writing texts into memory cannot fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Adds the shapes of another record of the same call, and tells whether that was new.
    pub fn merge(&mut self, other: &Self) -> bool {
        let query = self.query.merge(&other.query);
        let request = self.request.merge(&other.request);
        self.reply.merge(&other.reply) || request || query
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        const LONGEST: usize = 120;
        let mut name = self.operation.clone();
        if name == "raw" {
            name = format!("{name}-{}{}", self.method, self.path.replace('/', "-"));
        }
        name.retain(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
        name.truncate(LONGEST);
        format!("{name}.{}.json", self.outcome)
    }
}
