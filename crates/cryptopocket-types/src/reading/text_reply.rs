//! Replies that are one text.

use super::{Fields, FromJson, JsonKind, ObjectReader, Surprise, Surprises};
use crate::Extra;

/// A reply that is one text, such as `subscription_created`, and the fields beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextReply {
    /// The text.
    pub text: String,
    /// The fields beside it.
    pub extra: Extra,
}

impl FromJson for TextReply {
    const EXPECTED: &'static str = "text";

    fn from_json(json: &str, surprises: &mut Surprises) -> Result<Self, Surprise> {
        if JsonKind::of(json) == JsonKind::Object {
            return Self::from_fields(Fields::open(json)?, surprises);
        }
        Ok(Self {
            text: String::from_json(json, surprises)?,
            extra: Extra::new(),
        })
    }

    fn from_fields(fields: Fields<'_>, surprises: &mut Surprises) -> Result<Self, Surprise> {
        let mut object = ObjectReader::of(fields, surprises);
        Ok(Self {
            text: object.key("data")?,
            extra: object.extra(),
        })
    }
}
