//! Readers of a command's fields, whose errors give the field, the rule and the cure.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::catalogue::Outage;
use crate::error::{CommandError, Misfit, shortened, use_one_of, wrong};
use crate::faults::Times;
use crate::fields::Fields;
use crate::fields::value::Value;
use crate::records::BankCredit;
use crate::scenario::parsed;
use crate::wire::Failure;

/// Reads a fault by its name and its detail.
type ReadFault<F> = fn(&str, Option<&str>) -> Result<F, Misfit>;

/// The id in a path that names a `what`.
pub(crate) fn id<T: FromStr>(what: &str, text: &str) -> Result<T, CommandError> {
    let rule = || format!("`{}` is no id of {what}", shortened(text));
    let number = text.parse();
    number.or_else(|_| wrong("path", rule(), "write the number that the emulator gave it"))
}

impl Fields<'_> {
    /// Refuses if an error was recorded; before that, fields that no reader asked for, as most are misspelt ones.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        let mut names = self.values.keys().map(AsRef::as_ref);
        let Some(name) = names.find(|name| !self.read.contains(name)) else {
            return self.check();
        };
        let name = shortened(name);
        let (rule, cure) = if self.read.is_empty() {
            ("this call takes no fields", "leave it out".to_owned())
        } else {
            ("this call has no such field", use_one_of(&name, &self.read))
        };
        wrong(&name, rule, cure)
    }

    /// Records an error of a field with its cure.
    pub(crate) fn refuse(&mut self, misfit: &Misfit) {
        self.error(&misfit.place, format!("{misfit}."));
    }

    /// The target of a fault; by default `*`, any.
    pub(crate) fn target(&mut self, name: &'static str) -> String {
        self.text(name, 255).unwrap_or_else(|| "*".to_owned())
    }

    pub(crate) fn trimmed_text(&mut self, name: &'static str) -> String {
        self.required_text(name, 255).trim().to_owned()
    }

    /// A JSON number without a sign or a fraction.
    fn within<T>(&mut self, name: &'static str, span: RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        let parse = |value: &Value<'_>| {
            let number = value.number().and_then(|digits| digits.parse().ok());
            Some(number.filter(|number| span.contains(number)))
        };
        let number = self.parse(name, parse, "")?;
        if number.is_none() {
            let (least, most) = span.into_inner();
            let rule = format!("it must be a whole number from {least} to {most}");
            let cure = "write a JSON number, without quotes, sign or point";
            self.refuse(&Misfit::new(name, rule, cure));
        }
        number
    }

    pub(crate) fn required_count(&mut self, name: &'static str, span: RangeInclusive<u64>) -> u64 {
        self.require(name);
        self.within(name, span).unwrap_or(0)
    }

    pub(crate) fn times(&mut self) -> Times {
        let strike = self.within("times", 1..=u32::MAX).unwrap_or(1);
        let skip = self.within("skip", 0..=u32::MAX).unwrap_or(0);
        Times { skip, strike }
    }

    /// The value, or `placeholder` for one that does not fit. That one is missing is recorded already.
    fn or_refuse<T>(&mut self, value: Result<T, Misfit>, text: &str, placeholder: T) -> T {
        value.unwrap_or_else(|misfit| {
            if !text.is_empty() {
                self.refuse(&misfit);
            }
            placeholder
        })
    }

    pub(crate) fn fault<F>(&mut self, read: ReadFault<F>, placeholder: F) -> F {
        let (name, detail) = (self.required_text("fault", 64), self.id("detail"));
        self.or_refuse(read(&name, detail.as_deref()), &name, placeholder)
    }

    pub(crate) fn outage(&mut self, name: &'static str) -> Outage {
        let part = self.required_text(name, 64);
        self.or_refuse(parsed(name, &part), &part, Outage::Gateway)
    }

    pub(crate) fn credit(&mut self) -> BankCredit {
        self.require("amount");
        let amount = self.signed("amount").unwrap_or_default();
        BankCredit {
            amount,
            iban: self.text("iban", 42),
            concept: self.id("concept"),
            payer_name: self.text("payer_name", 255),
            payer_iban: self.text("payer_iban", 42),
            end_to_end_id: self.text("end_to_end_id", 64),
            meant_for: self.id("meant_for"),
            booked_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fields::Fields;
    use crate::request::Request;
    use crate::wire::Failure;

    #[test]
    fn unknown_field_is_named_with_known_ones() {
        let told = |body, known: &[&'static str]| {
            let request = Request::post("/", body);
            let mut fields = Fields::json(&request).unwrap();
            for name in known {
                fields.id(name);
            }
            match fields.finish() {
                Err(Failure::Invalid(errors)) => errors.into_values().flatten().collect(),
                other => format!("{other:?}"),
            }
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
