//! What a probe found.

use std::collections::BTreeSet;
use std::fmt;

use cryptopocket_core::shape::{Kind, ShapeRecord};
use cryptopocket_core::{Choice, Choices};
use cryptopocket_types::words;
use serde::Serialize;

use crate::outline::Field;

words! {
    /// What a finding says.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum Verdict {
        /// As expected.
        Confirmed = "confirmed",
        /// A required field that did not come.
        Missing = "missing",
        /// Another kind of value.
        OtherType = "other_type",
        /// An amount that fits another unit better.
        OtherUnit = "other_unit",
        /// A field under another name.
        OtherName = "other_name",
        /// Another path.
        OtherPath = "other_path",
        /// Neither the path nor one of its candidates exists.
        NoPath = "no_path",
        /// A parameter under another name.
        OtherParameter = "other_parameter",
        /// A parameter without effect.
        IgnoredParameter = "ignored_parameter",
        /// The object or the rows stand elsewhere in the reply.
        Envelope = "envelope",
        /// Pages count from another number.
        FirstPage = "first_page",
        /// The numbers of a page stand elsewhere.
        Paging = "paging",
        /// A field that the specification does not know.
        Extra = "extra",
        /// A word that the specification's list of values does not have.
        OtherWord = "other_word",
        /// Nothing showed it.
        Unseen = "unseen",
        /// The provider refused the call.
        Refused = "refused",
        /// No usable answer.
        Failed = "failed",
        /// There was nothing to ask with, or the call writes.
        NotTried = "not_tried",
    }
}

impl Verdict {
    /// Whether the provider differs from the specification.
    pub fn is_difference(self) -> bool {
        self != Self::Confirmed && !self.is_addition() && !self.is_open()
    }

    /// Whether the provider sends more than the specification says. Nothing breaks: the SDK keeps it.
    pub fn is_addition(self) -> bool {
        matches!(self, Self::Extra | Self::OtherWord)
    }

    /// Whether the question is left open.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unseen | Self::Refused | Self::Failed | Self::NotTried)
    }
}

/// What is to be done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Cure {
    /// Nothing: it is as expected, or the SDK reads it all the same.
    None,
    /// The session follows it with the choices of the report.
    Choice,
    /// A person has to decide.
    Person,
}

/// One finding. It holds no value of a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Id of the operation.
    pub operation: String,
    /// `path`, a parameter, or a place in the reply.
    pub place: String,
    /// What was found.
    pub verdict: Verdict,
    /// More, in words.
    pub detail: String,
    /// What is to be done.
    pub cure: Cure,
    /// The field that it is about.
    #[serde(skip)]
    pub(crate) field: Option<&'static Field>,
    /// What a session has to choose. With [`Cure::Person`] it is an estimate, which none follows.
    #[serde(skip)]
    pub(crate) choice: Choice,
    /// Kinds of values that came besides the expected ones, and that the SDK reads.
    #[serde(skip)]
    pub(crate) kinds: BTreeSet<Kind>,
    /// The unit of the amount was compared.
    #[serde(skip)]
    pub(crate) tells_unit: bool,
}

impl Finding {
    pub(crate) fn new(
        operation: &str,
        place: impl Into<String>,
        verdict: Verdict,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            operation: operation.to_owned(),
            place: place.into(),
            verdict,
            detail: detail.into(),
            // The SDK looks for the object and for the numbers of a page in each known place.
            cure: if verdict.is_difference() && !matches!(verdict, Verdict::Envelope | Verdict::Paging) {
                Cure::Person
            } else {
                Cure::None
            },
            field: None,
            choice: Choice::default(),
            kinds: BTreeSet::new(),
            tells_unit: false,
        }
    }

    pub(crate) fn of(mut self, field: &'static Field) -> Self {
        self.field = Some(field);
        self
    }

    pub(crate) fn choosing(mut self, choose: impl FnOnce(&mut Choice)) -> Self {
        choose(&mut self.choice);
        self.cure = Cure::Choice;
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.operation, self.place, self.verdict)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

/// Everything that a probe found.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) findings: Vec<Finding>,
    pub(crate) records: Vec<ShapeRecord>,
    pub(crate) choices: Choices,
}

impl Report {
    /// All findings, in the order in which they were made.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Where the provider differs from the specification.
    pub fn differences(&self) -> impl Iterator<Item = &Finding> {
        self.that(Verdict::is_difference)
    }

    /// Fields and words that the specification does not know.
    pub fn additions(&self) -> impl Iterator<Item = &Finding> {
        self.that(Verdict::is_addition)
    }

    /// What was left open.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.that(Verdict::is_open)
    }

    /// How many paths, parameters and fields are as expected.
    pub fn confirmed(&self) -> usize {
        self.that(|verdict| verdict == Verdict::Confirmed).count()
    }

    fn that(&self, is: fn(Verdict) -> bool) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| is(finding.verdict))
    }

    /// The choices that make a session call and read the API as it was found, as far as choices can.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }

    pub(crate) fn note(
        &mut self,
        operation: &str,
        place: impl Into<String>,
        verdict: Verdict,
        detail: impl Into<String>,
    ) {
        self.add(Finding::new(operation, place, verdict, detail));
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            if finding.cure == Cure::Choice {
                let (choice, more) = (self.choices.of_mut(&finding.operation), finding.choice.clone());
                choice.path = more.path.or(choice.path.take());
                choice.first_page = more.first_page.or(choice.first_page);
                choice.parameters.extend(more.parameters);
                choice.request.extend(more.request);
                choice.reply.extend(more.reply);
                choice.units.extend(more.units);
            }
            self.findings.push(finding);
        }
    }

    pub(crate) fn keep(&mut self, record: ShapeRecord) {
        let name = record.file_name();
        match self.records.iter_mut().find(|known| known.file_name() == name) {
            Some(known) => drop(known.merge(&record)),
            None => self.records.push(record),
        }
    }
}
