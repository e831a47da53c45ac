//! Reading the fields of a command.

use std::ops::RangeInclusive;

use cryptopocket_types::Decimal;

use crate::error::CommandError;
use crate::faults::{Misfit, Times};
use crate::fields::Fields;
use crate::outage::Outage;
use crate::records::BankCredit;
use crate::suggest::shortened;
use crate::wire::Failure;

/// Why a control call is refused.
pub(crate) enum Refusal {
    /// A field is not valid.
    Input(Failure),
    Command(CommandError),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Input(failure)
    }
}

impl From<CommandError> for Refusal {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

/// The fields of a command and the id in its path.
///
/// A reader that finds an error records it and returns a placeholder, so that one answer can name all errors.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    fields: Fields<'a>,
    /// The names that were read, in the order in which messages list them.
    known: Vec<&'static str>,
    id: String,
    id_error: Option<CommandError>,
    /// The API key of every integration.
    keys: Vec<String>,
}

impl<'a> Input<'a> {
    pub(crate) fn new(fields: Fields<'a>, keys: Vec<String>) -> Self {
        Self {
            fields,
            known: Vec::new(),
            id: String::new(),
            id_error: None,
            keys,
        }
    }

    /// Refuses unknown fields first: most of them are misspelt ones, which are missing then.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        self.fields.only(&self.known)?;
        self.fields.check()?;
        self.id_error.map_or(Ok(()), |error| Err(error.into()))
    }

    pub(crate) fn set_id(&mut self, id: &str) {
        id.clone_into(&mut self.id);
    }

    fn read(&mut self, name: &'static str) -> &mut Fields<'a> {
        self.known.push(name);
        &mut self.fields
    }

    /// The id in the path, of a `what` that has texts.
    pub(crate) fn id(&self, _what: &str) -> String {
        self.id.clone()
    }

    /// The id in the path, of a `what` that has numbers.
    pub(crate) fn number(&mut self, what: &str) -> u64 {
        number(what, &self.id).unwrap_or_else(|error| {
            self.id_error = Some(error);
            0
        })
    }

    pub(crate) fn text(&mut self, name: &'static str, longest: usize) -> Option<String> {
        self.read(name).text(name, longest)
    }

    pub(crate) fn required_text(&mut self, name: &'static str, longest: usize) -> String {
        self.read(name).required_text(name, longest)
    }

    pub(crate) fn trimmed_text(&mut self, name: &'static str) -> String {
        self.required_text(name, 255).trim().to_owned()
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        self.read(name).flag(name)
    }

    pub(crate) fn optional_flag(&mut self, name: &'static str) -> bool {
        self.read(name).has(name) && self.fields.flag(name)
    }

    pub(crate) fn amount(&mut self, name: &'static str) -> Option<Decimal> {
        self.read(name).signed(name)
    }

    pub(crate) fn required_count(&mut self, name: &'static str, span: RangeInclusive<u64>) -> u64 {
        self.read(name).require(name);
        self.fields.within(name, span).unwrap_or(0)
    }

    fn count(&mut self, name: &'static str, least: u32) -> Option<u32> {
        let number = self
            .read(name)
            .within(name, u64::from(least)..=u64::from(u32::MAX))?;
        u32::try_from(number).ok()
    }

    /// One of the words known for a `what`.
    pub(crate) fn required_word(&mut self, name: &'static str, what: &str, known: &[&str]) -> String {
        self.read(name).require(name);
        self.fields.word(name, what, known).unwrap_or_default().to_owned()
    }

    /// What a fault strikes: one of the known words, by default `*`.
    pub(crate) fn target(&mut self, name: &'static str, known: &[&str]) -> String {
        self.read(name).word(name, name, known).unwrap_or("*").to_owned()
    }

    pub(crate) fn times(&mut self) -> Times {
        let strike = self.count("times", 1).unwrap_or(1);
        Times {
            strike,
            skip: self.count("skip", 0).unwrap_or(0),
        }
    }

    pub(crate) fn fault<F>(
        &mut self,
        read: fn(&str, Option<&str>) -> Result<F, Misfit>,
        placeholder: F,
    ) -> F {
        let name = self.required_text("fault", 64);
        let detail = self.read("detail").id("detail");
        match read(&name, detail.as_deref()) {
            Ok(fault) => return fault,
            Err(_) if name.is_empty() => {}
            Err(Misfit { field, rule, cure }) => self.fields.refuse(field, &rule, &cure),
        }
        placeholder
    }

    pub(crate) fn outage(&mut self, name: &'static str) -> Outage {
        let part = self.required_text(name, 64);
        match part.parse() {
            Ok(outage) => return outage,
            Err(_) if part.is_empty() => {}
            Err(error) => {
                let (rule, cure) = (format!("`{}` is not known", shortened(&part)), error.to_string());
                self.fields.refuse(name, &rule, &cure);
            }
        }
        Outage::Gateway
    }

    pub(crate) fn credit(&mut self) -> BankCredit {
        self.read("amount").require("amount");
        let mut credit = BankCredit::new(self.fields.signed("amount").unwrap_or_default());
        credit.iban = self.text("iban", 42);
        credit.concept = self.read("concept").id("concept");
        credit.payer_name = self.text("payer_name", 255);
        credit.payer_iban = self.text("payer_iban", 42);
        credit.end_to_end_id = self.text("end_to_end_id", 64);
        credit.meant_for = self.read("meant_for").id("meant_for");
        credit
    }

    pub(crate) fn api_key(&mut self) -> Option<String> {
        let key = self.text("api_key", 255)?;
        if !self.keys.contains(&key) {
            let rule = format!("`{}` is the key of no integration", shortened(&key));
            let cure = "use one that `GET state` lists, or leave it out for the first";
            self.fields.refuse("api_key", &rule, cure);
        }
        Some(key)
    }
}

/// The number in a path that names a `what`.
pub(crate) fn number(what: &str, text: &str) -> Result<u64, CommandError> {
    text.parse().map_err(|_| {
        let text = shortened(text);
        CommandError::Invalid(format!(
            "path: `{text}` is no id of {what}; write the number that the emulator gave it"
        ))
    })
}
