//! Results as JSON, and the parts of that JSON that people read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cryptopocket::{CoinAmount, Extra, Field, RawJson};
use serde::{Serialize, Serializer, ser};
use serde_json::Value;

/// A JSON object whose fields keep their order, for [`object!`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Object(Vec<(Cow<'static, str>, Option<RawJson>)>);

impl Object {
    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, value: &impl Serialize) -> Self {
        self.0.push((name.into(), RawJson::encode(value).ok()));
        self
    }

    /// Adds the unknown fields of a reply, if it has any.
    pub(crate) fn extra(self, extra: &Extra) -> Self {
        self.maybe("extra", Some(extra).filter(|extra| !extra.is_empty()))
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

/// Writes an [`Object`] as JSON is written: `object! { "id": id, "final": true }`. Of the fields of a value, those that have
/// their own name and value are only named: `object! { payment => id, status, final: payment.is_final() }`.
macro_rules! object {
    (@ $of:ident $field:tt) => { $of.$field };
    (@ $of:ident $field:tt $value:expr) => { $value };
    ($($name:literal: $value:expr),* $(,)?) => {
        $crate::output::Object::default()$(.with($name, &$value))*
    };
    ($of:ident => $($field:tt $(: $value:expr)?),* $(,)?) => {
        $crate::output::Object::default()$(.with(stringify!($field), &object!(@ $of $field $($value)?)))*
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

/// The marks before a heading.
pub(super) const MARKS: [char; 2] = ['>', '-'];

fn columns(view: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    view.split(" | ").map(|column| {
        let alone = (column, column.trim_start_matches(MARKS));
        column.split_once(": ").unwrap_or(alone)
    })
}

pub(super) fn headings(view: &'static str) -> impl Iterator<Item = &'static str> {
    columns(view).map(|(heading, _)| heading)
}

/// The heading and the text of each column. An absent value has no text.
pub(super) fn parts(
    value: &impl Serialize,
    view: &'static str,
) -> serde_json::Result<Vec<(&'static str, Option<String>)>> {
    let fields = RawJson::encode(value)?.decode()?;
    Ok(columns(view)
        .map(|(heading, of)| (heading, part(&fields, of)))
        .collect())
}

fn part(fields: &Fields, of: &str) -> Option<String> {
    if let Some((path, words)) = of.split_once('\'') {
        let words = words.trim_end_matches('\'');
        if path.is_empty() {
            return Some(words.to_owned());
        }
        let value = at(fields, path.trim_end()).filter(|value| value != "no")?;
        return Some(words.replace("{}", &value));
    }
    let Some((path, mark)) = of.split_once(' ') else {
        return at(fields, of);
    };
    let value = at(fields, path)?;
    let flag = at(fields, mark.trim_matches(['(', ')']));
    Some(match flag.as_deref() {
        Some("yes") => format!("{value} {mark}"),
        _ => value,
    })
}

/// Only the values on a path are read: others may be beyond the range of numbers.
type Fields = BTreeMap<String, RawJson>;

fn at(fields: &Fields, path: &str) -> Option<String> {
    match path.split_once('/') {
        Some((name, rest)) => at(&fields.get(name)?.decode().ok()?, rest),
        None => text(&fields.get(path)?.decode().ok()?),
    }
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
        let view = "status (final) | f: fiat | c: coin | chain: coin/chain | g: gone | l: lost | n: 'note: this' | \
             y: status 'was {}.' | y: gone 'was {}.'";
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
            Some("note: this"),
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
        let parts = parts(&json, "id").unwrap();
        assert_eq!(parts, [("id", Some("7".to_owned()))]);
    }

    #[test]
    fn value_without_a_json_form_is_an_error() {
        let value = object! { "id": "7", "odd": BTreeMap::from([([1], 2)]) };
        let error = parts(&value, "id").unwrap_err();
        assert_eq!(error.to_string(), "odd has no JSON form");
    }
}
