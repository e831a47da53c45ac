//! Results as JSON, and the parts of that JSON that people read.

use std::collections::BTreeMap;

use cryptopocket::{CoinAmount, Field, RawJson};
use serde::{Serialize, Serializer, ser};
use serde_json::Value;

/// A JSON object whose fields keep their order, for [`object!`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Object(Vec<(&'static str, Option<RawJson>)>);

impl Object {
    pub(crate) fn with(mut self, name: &'static str, value: &impl Serialize) -> Self {
        self.0.push((name, RawJson::encode(value).ok()));
        self
    }

    /// Adds a field that is left out without a value.
    pub(crate) fn maybe(self, name: &'static str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(name, &value),
            None => self,
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some((name, _)) = self.0.iter().find(|(_, value)| value.is_none()) {
            return Err(ser::Error::custom(format!("{name} has no JSON form")));
        }
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Writes an [`Object`] as JSON is written: `object! { "id": id, "final": true }`.
macro_rules! object {
    ($($name:literal: $value:expr),* $(,)?) => {
        $crate::output::Object::default()$(.with($name, &$value))*
    };
}

pub(crate) use object;

/// A coin amount with its chain, which is `null` if it is not known. The SDK's form leaves it out then.
pub(crate) fn coin(coin: &CoinAmount) -> Object {
    object! { "amount": coin.amount(), "symbol": coin.symbol(), "chain": coin.chain() }
}

pub(crate) fn coin_field(field: &Field<CoinAmount>) -> Field<Object> {
    field.borrowed().map(coin)
}

/// What people read of a result: headings with their parts of its JSON form.
///
/// The column of a heading that begins with `>` is aligned to the right. One that begins with `-` is in no table.
pub(crate) type View = &'static [(&'static str, Part)];

#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// The value at a path such as `next/iban`.
    At(&'static str),
    /// A text with the value at a path in place of `{}`; nothing if that is false or not there.
    Says(&'static str, &'static str),
    /// The value of `status`, marked if `final` says that no other follows.
    Status,
    Text(&'static str),
}

/// The heading and the text of each part. An absent value has no text.
pub(super) fn parts(
    value: &impl Serialize,
    view: View,
) -> serde_json::Result<Vec<(&'static str, Option<String>)>> {
    let json = RawJson::encode(value)?;
    let part = |part| match part {
        Part::At(path) => at(&json, path),
        Part::Says(path, text) => {
            let value = at(&json, path).filter(|value| value != "no")?;
            Some(text.replace("{}", &value))
        }
        Part::Status => {
            let is_final = at(&json, "final").is_some_and(|text| text == "yes");
            let end = if is_final { " (final)" } else { "" };
            Some(format!("{}{end}", at(&json, "status")?))
        }
        Part::Text(text) => Some(text.to_owned()),
    };
    Ok(view.iter().map(|(name, of)| (*name, part(*of))).collect())
}

/// The text of the value at a path. Only the values on the path are read: others may be beyond the range of numbers.
fn at(json: &RawJson, path: &str) -> Option<String> {
    let mut value = json.clone();
    for name in path.split('/') {
        value = value.decode::<BTreeMap<String, RawJson>>().ok()?.remove(name)?;
    }
    text(&value.decode().ok()?)
}

fn text(value: &Value) -> Option<String> {
    let word = match value {
        Value::Null => return None,
        Value::String(text) => return Some(text.clone()),
        Value::Bool(true) => "yes",
        Value::Bool(false) => "no",
        // It must not pass for an absent one.
        Value::Object(mark) if mark.contains_key("unreadable") => "unreadable",
        Value::Object(money) => {
            let parts = ["amount", "symbol", "currency"].map(|name| money.get(name).and_then(text));
            return Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "));
        }
        other => return Some(other.to_string()),
    };
    Some(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_the_values_of_the_json_form() {
        let coins = CoinAmount::new("1.5".parse().unwrap(), "USDC", None);
        let value = object! {
            "status": "sent", "final": true, "fiat": "9 EUR".parse::<cryptopocket::Money>().unwrap(), "coin": coin(&coins),
            "gone": None::<u8>, "lost": Field::<u8>::Unreadable, "far": RawJson::encode(&[1]).unwrap(),
        };
        let view: View = &[
            ("s", Part::Status),
            ("f", Part::At("fiat")),
            ("c", Part::At("coin")),
            ("chain", Part::At("coin/chain")),
            ("g", Part::At("gone")),
            ("l", Part::At("lost")),
            ("n", Part::Text("note")),
            ("y", Part::Says("status", "was {}.")),
            ("y", Part::Says("gone", "was {}.")),
        ];
        let texts: Vec<_> = parts(&value, view)
            .unwrap()
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
        let wanted = [
            Some("sent (final)"),
            Some("9.00 EUR"),
            Some("1.5 USDC"),
            None,
            None,
            Some("unreadable"),
            Some("note"),
            Some("was sent."),
            None,
        ];
        assert_eq!(texts, wanted);
        let json = serde_json::to_string(&value).unwrap();
        assert!(
            json.starts_with(r#"{"status":"sent","final":true,"fiat":{"#),
            "{json}"
        );
    }

    #[test]
    fn number_beyond_range_spoils_no_other_part() {
        let json: RawJson = serde_json::from_str(r#"{"id":"7","extra":{"big":1e999}}"#).unwrap();
        let parts = parts(&json, &[("id", Part::At("id"))]).unwrap();
        assert_eq!(parts, [("id", Some("7".to_owned()))]);
    }

    #[test]
    fn value_without_a_json_form_is_an_error() {
        let value = object! { "id": "7", "odd": BTreeMap::from([([1], 2)]) };
        let error = parts(&value, &[("id", Part::At("id"))]).unwrap_err();
        assert_eq!(error.to_string(), "odd has no JSON form");
    }
}
