//! Readers for the control plane, whose errors give the field, the rule and the cure.

use std::ops::RangeInclusive;

use super::{Fields, invalid};
use crate::suggest::{shortened, use_one_of};
use crate::wire::Failure;

/// A refusal for one field: the rule that it breaks and what to write instead.
pub fn refusal(field: &str, rule: &str, cure: &str) -> Failure {
    invalid(field, &message(field, rule, cure))
}

fn message(name: &str, rule: &str, cure: &str) -> String {
    format!("{name}: {rule}; {cure}.")
}

impl Fields<'_> {
    /// Refuses unknown fields, which are most often misspelt ones, and suggests known ones.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Failure> {
        let unknown = self.values.keys().map(AsRef::as_ref);
        let Some(name) = unknown.into_iter().find(|name| !known.contains(name)) else {
            return Ok(());
        };
        let name = shortened(name);
        let (rule, cure) = if known.is_empty() {
            ("this call takes no fields", "leave it out".to_owned())
        } else {
            ("this call has no such field", use_one_of(&name, known))
        };
        Err(refusal(&name, rule, &cure))
    }

    /// Records an error of a field with its cure.
    pub(crate) fn refuse(&mut self, name: &str, rule: &str, cure: &str) {
        self.error(name, message(name, rule, cure));
    }

    /// One of the words known for a `what`, exactly.
    pub(crate) fn word<'k>(&mut self, name: &str, what: &str, known: &[&'k str]) -> Option<&'k str> {
        let text = self.text(name, 255)?;
        let found = known.iter().find(|word| **word == text).copied();
        if found.is_none() {
            let rule = format!("`{}` is no {what}", shortened(&text));
            self.refuse(name, &rule, &use_one_of(&text, known));
        }
        found
    }

    /// A JSON number without a sign or a fraction.
    pub(crate) fn within(&mut self, name: &str, span: RangeInclusive<u64>) -> Option<u64> {
        let digits = self.get(name)?.number();
        let number = digits
            .and_then(|digits| digits.parse().ok())
            .filter(|number| span.contains(number));
        if number.is_none() {
            let (least, most) = span.into_inner();
            let rule = format!("it must be a whole number from {least} to {most}");
            self.refuse(name, &rule, "write a JSON number, without quotes, sign or point");
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fields;
    use crate::request::Request;
    use crate::wire::Failure;

    #[test]
    fn unknown_field_is_named_with_known_ones() {
        let told = |body, known: &[&str]| match Fields::json(&Request::post("/", body)).unwrap().only(known) {
            Err(Failure::Invalid(errors)) => errors.into_values().flatten().collect(),
            other => format!("{other:?}"),
        };
        assert_eq!(told(r#"{"fault":1,"skip":null}"#, &["skip", "fault"]), "Ok(())");
        assert_eq!(
            told(r#"{"fautl":null}"#, &["times", "fault"]),
            "fautl: this call has no such field; use one of fault, times."
        );
        assert_eq!(
            told(r#"{"a":1}"#, &[]),
            "a: this call takes no fields; leave it out."
        );
    }

    #[test]
    fn counts_are_whole_and_in_range() {
        for body in ["-1", "1.5", "1e3", "\"2\"", "0", "11", "true"] {
            let text = format!("{{\"times\":{body}}}");
            let request = Request::post("/", text);
            let mut fields = Fields::json(&request).unwrap();
            assert_eq!(fields.within("times", 1..=10), None, "{body}");
            assert!(fields.check().is_err(), "{body}");
        }
        let request = Request::post("/", r#"{"times":10}"#);
        let mut fields = Fields::json(&request).unwrap();
        assert_eq!(
            (fields.within("times", 1..=10), fields.within("skip", 0..=1)),
            (Some(10), None)
        );
        assert!(fields.check().is_ok());
    }
}
