//! Reads the fields of a request and collects their errors, in the words of the provider's framework.

pub(crate) mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use cryptopocket_types::Decimal;

use value::Value;

use crate::moment::Moment;
use crate::request::Request;
use crate::shapes::{is_email, is_file, is_url};
use crate::wire::Failure;

const MAX_FIELDS: usize = 1_000;
const TOO_MANY: &str = "The request may not have more than 1000 fields.";

/// The fields of one request. A reader records an error and returns a placeholder, so that one answer can name all
/// errors; [`Fields::check`] then refuses.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    /// If a name occurs twice, the last counts.
    pub(crate) values: BTreeMap<Cow<'a, str>, Value<'a>>,
    errors: BTreeMap<String, Vec<String>>,
    /// The names that were read, in the order in which messages list them.
    pub(crate) read: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// A JSON object, as every call but the webhook subscriptions takes.
    pub(crate) fn json(request: &'a Request) -> Result<Self, Failure> {
        let media = request.media_type();
        if request.body.is_empty() && media.is_empty() {
            return Ok(Self::default());
        }
        if !(media.is_empty() || media == "application/json" || media.ends_with("+json")) {
            return Err(invalid("body", "The request body must be application/json."));
        }
        let values: BTreeMap<_, _> = serde_json::from_slice(&request.body)
            .map_err(|_| invalid("body", "The request body must be one JSON object."))?;
        if values.len() > MAX_FIELDS {
            return Err(invalid("body", TOO_MANY));
        }
        Ok(Self {
            values,
            ..Self::default()
        })
    }

    /// A form, as the webhook subscriptions take.
    pub(crate) fn form(request: &'a Request) -> Result<Self, Failure> {
        let media = "application/x-www-form-urlencoded";
        if request.media_type() != media {
            return Err(invalid("body", &format!("The request body must be {media}.")));
        }
        Ok(Self::texts(request.form_pairs()))
    }

    /// The pairs of the query.
    pub fn query(request: &'a Request) -> Self {
        Self::texts(request.query_pairs())
    }

    /// The form of a hosted page, of any media type, without its empty fields, which browsers send too.
    pub fn page_form(request: &'a Request) -> Self {
        Self::texts(request.form_pairs().filter(|(_, text)| !text.is_empty()))
    }

    fn texts(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let pairs: Vec<_> = pairs.take(MAX_FIELDS + 1).collect();
        let too_many = pairs.len() > MAX_FIELDS;
        let mut fields = Self::default();
        let values = pairs.into_iter().map(|(name, text)| (name, Value::Text(text)));
        fields.values.extend(values);
        if too_many {
            fields.error("body", TOO_MANY.to_owned());
        }
        fields
    }

    fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// Whether a field is there and not null.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn error(&mut self, name: &str, message: String) {
        self.errors.entry(name.to_owned()).or_default().push(message);
    }

    /// Records that a field breaks a rule.
    pub fn wrong(&mut self, name: &str, rule: &str) {
        self.error(name, format!("The {} {rule}.", name.replace('_', " ")));
    }

    /// Records a missing field; empty text counts as missing.
    pub(crate) fn require(&mut self, name: &str) {
        if self.raw_text(name).map_or(!self.has(name), str::is_empty) {
            self.wrong(name, "field is required");
        }
    }

    /// Refuses with HTTP 422 if an error was recorded.
    ///
    /// # Errors
    ///
    /// [`Failure::Invalid`] with the errors.
    pub fn check(&self) -> Result<(), Failure> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Failure::Invalid(self.errors.clone()))
    }

    /// A text as it was sent, without any check.
    pub fn raw_text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            Value::Other(_) => None,
        }
    }

    /// Records that the field breaks a rule, unless there is a value.
    fn judge<T>(&mut self, name: &str, value: Option<T>, rule: &str) -> Option<T> {
        if value.is_none() {
            self.wrong(name, rule);
        }
        value
    }

    /// Notes that a field was read, and parses it if it is there; records a rule if that fails.
    pub(crate) fn parse<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&Value<'a>) -> Option<T>,
        rule: &str,
    ) -> Option<T> {
        if !self.read.contains(&name) {
            self.read.push(name);
        }
        let value = parse(self.get(name)?);
        self.judge(name, value, rule)
    }

    /// A text of at most `longest` characters.
    pub fn text(&mut self, name: &'static str, longest: usize) -> Option<String> {
        let text = self.parse(name, Value::text, "must be a string")?;
        let fits = text.chars().count() <= longest;
        let rule = format!("may not be greater than {longest} characters");
        self.judge(name, fits.then_some(text), &rule)
    }

    /// A text that must be there and not empty.
    pub fn required_text(&mut self, name: &'static str, longest: usize) -> String {
        self.require(name);
        self.text(name, longest).unwrap_or_default()
    }

    pub(crate) fn required_email(&mut self, name: &'static str) -> String {
        let email = self.required_text(name, 254);
        if !email.is_empty() && !is_email(&email) {
            self.wrong(name, "must be a valid email address");
        }
        email
    }

    pub(crate) fn url(&mut self, name: &'static str) -> Option<String> {
        let url = self.text(name, 2048)?;
        self.judge(name, is_url(&url).then_some(url), "must be a valid URL")
    }

    pub(crate) fn moment(&mut self, name: &'static str) -> Option<Moment> {
        let text = self.text(name, 64)?;
        self.judge(name, Moment::parse(&text), "is not a valid date")
    }

    /// The `from` and `to` of a listing, both included: a bare date in `to` includes that day, a time its microsecond.
    pub(crate) fn period(&mut self) -> Range<Moment> {
        let (from, to) = (self.moment("from"), self.moment("to"));
        let whole_day = self.raw_text("to").is_some_and(|text| text.len() == 10);
        let included = Duration::from_micros(if whole_day { 86_400_000_000 } else { 1 });
        let always = Moment::ALWAYS;
        from.unwrap_or(always.start)..to.map_or(always.end, |to| to.plus(included))
    }

    /// One of `values`, to the letter.
    pub fn choice(&mut self, name: &'static str, values: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name, 255)?;
        let known = values.iter().find(|value| **value == text).copied();
        if known.is_none() {
            let message = format!("The selected {} is invalid.", name.replace('_', " "));
            self.error(name, message);
        }
        known
    }

    /// One of `values`, which must be there.
    pub fn required_choice(&mut self, name: &'static str, values: &[&'static str]) -> &'static str {
        self.require(name);
        self.choice(name, values).unwrap_or_default()
    }

    /// A positive amount: a JSON number in a body, digits in a query.
    pub(crate) fn amount(&mut self, name: &'static str) -> Decimal {
        self.require(name);
        let Some(amount) = self.parse(name, Value::decimal, "must be a number") else {
            return Decimal::ZERO;
        };
        let fits = amount > Decimal::ZERO && amount < ceiling();
        let rule = "must be greater than 0 and less than 1000000000";
        self.judge(name, fits.then_some(amount), rule).unwrap_or_default()
    }

    /// A positive amount of a JSON body, where text is not accepted for a number.
    pub(crate) fn number(&mut self, name: &'static str) -> Decimal {
        if self.raw_text(name).is_none() {
            return self.amount(name);
        }
        self.wrong(name, "must be a number");
        Decimal::ZERO
    }

    /// Any amount, with its sign, as text or a JSON number.
    pub(crate) fn signed(&mut self, name: &'static str) -> Option<Decimal> {
        let parse = |value: &Value<'a>| value.decimal().filter(|amount| amount.abs() < ceiling());
        self.parse(name, parse, "must be a number, and less than 1000000000")
    }

    /// Records an error if an amount has fractions of a cent.
    pub(crate) fn whole_cents(&mut self, name: &str, amount: Decimal) {
        self.judge(name, amount.to_minor(2).ok(), "may not have more than 2 decimals");
    }

    /// A user's id as requests carry it: a JSON number.
    pub(crate) fn user_number(&mut self, name: &'static str) -> u64 {
        self.require(name);
        let parse = |value: &Value<'a>| value.number().map(|digits| digits.parse().unwrap_or(0));
        self.parse(name, parse, "must be an integer").unwrap_or(0)
    }

    /// Text or a JSON number, as text: for ids whose form is not documented.
    pub(crate) fn id(&mut self, name: &'static str) -> Option<String> {
        let digits = self.parse(name, |value| Some(value.number().map(str::to_owned)), "")?;
        digits.or_else(|| self.text(name, 255))
    }

    pub(crate) fn required_id(&mut self, name: &'static str) -> String {
        self.require(name);
        self.id(name).unwrap_or_default()
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        self.require(name);
        self.optional_flag(name)
    }

    pub(crate) fn optional_flag(&mut self, name: &'static str) -> bool {
        let flag = self.parse(name, Value::flag, "must be true or false");
        flag.unwrap_or(false)
    }

    /// Checks a file as the API takes files: a base64 data URI or a public URL.
    pub(crate) fn file(&mut self, name: &'static str) {
        if let Some(text) = self.text(name, usize::MAX) {
            let rule = "must be a base64 data URI or a URL";
            self.judge(name, is_file(&text).then_some(()), rule);
        }
    }

    /// The `page` and `per_page` of a listing.
    pub(crate) fn page(&mut self) -> (usize, usize) {
        let most = usize::try_from(i64::MAX).unwrap_or(usize::MAX);
        (self.count("page", 1, most), self.count("per_page", 15, 100))
    }

    fn count(&mut self, name: &'static str, default: usize, most: usize) -> usize {
        let Some(text) = self.text(name, 20) else {
            return default;
        };
        let count = text.parse().ok().filter(|count| *count >= 1);
        let count = self.judge(name, count, "must be an integer of at least 1");
        if count.is_some_and(|count| count > most) {
            self.wrong(name, &format!("may not be greater than {most}"));
        }
        count.unwrap_or(default)
    }
}

/// HTTP 422 with one error.
pub(crate) fn invalid(field: &str, message: &str) -> Failure {
    Failure::Invalid(BTreeMap::from([(field.to_owned(), vec![message.to_owned()])]))
}

fn ceiling() -> Decimal {
    Decimal::from(1_000_000_000_u32)
}

#[cfg(test)]
mod tests {
    use super::Fields;
    use crate::request::Request;

    #[test]
    fn last_of_repeated_names_counts_and_null_is_absent() {
        let request = Request::post(
            "/",
            r#"{"a":"1","b":"2","a":"3","b":null,"c\u0061":"4","d":"\u00e9"}"#,
        );
        let mut fields = Fields::json(&request).unwrap();
        let texts = ["a", "b", "ca", "d"].map(|name| fields.text(name, 9));
        assert_eq!(texts.map(Option::unwrap_or_default), ["3", "", "4", "é"]);
        assert!(!fields.has("b") && fields.check().is_ok());
    }

    #[test]
    fn period_includes_the_moment_it_ends_at() {
        let until = |to: &str| {
            let request = Request::get(&format!("/?to={to}"));
            Fields::query(&request).period().end.to_string()
        };
        assert_eq!(until("2026-06-26T09:00:00.5Z"), "2026-06-26T09:00:00.500001Z");
        assert_eq!(until("2026-06-26"), "2026-06-27T00:00:00.000000Z");
    }

    #[test]
    fn numbers_keep_their_digits() {
        let request = Request::post(
            "/",
            r#"{"amount":0.10000000000000000000001,"id":18446744073709551616}"#,
        );
        let mut fields = Fields::json(&request).unwrap();
        assert_eq!(fields.amount("amount").to_string(), "0.10000000000000000000001");
        assert_eq!(fields.id("id").as_deref(), Some("18446744073709551616"));
    }

    #[test]
    fn too_many_fields_are_refused() {
        let many = |count| -> String {
            let members: Vec<String> = (0..count).map(|number| format!("\"f{number}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        let told = |body: String| Fields::json(&Request::post("/", body)).map(|fields| fields.has("f0"));
        assert_eq!(told(many(1_000)), Ok(true));
        assert!(told(many(1_001)).is_err());
        let mut query = Request::post("/", "");
        query.query = "a=1&".repeat(1_001);
        assert!(Fields::query(&query).check().is_err());
    }

    #[test]
    fn body_that_is_no_object_is_refused() {
        for body in ["[]", "1", "{", "{\"a\":1}x", "{\"\\ud800\":1}", "{1:1}"] {
            assert!(Fields::json(&Request::post("/", body)).is_err(), "{body}");
        }
    }
}
