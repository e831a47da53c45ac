use cryptopocket_types::time::{Date, Timestamp};
use cryptopocket_types::{Iban, words};
use serde::{Deserialize, Serialize};

words! {
    /// A kind of value. No kind tells more of a value than its form.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(into = "&'static str", try_from = "String")]
    #[non_exhaustive]
    pub enum Kind {
        /// Other objects of the same place have the field, this one does not.
        Absent = "absent",
        /// `null`.
        Null = "null",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A number without fraction and exponent.
        Integer = "integer",
        /// Any other number.
        Decimal = "decimal",
        /// A text without a character other than white space.
        EmptyText = "empty-text",
        /// A text of digits, perhaps with a sign.
        IntegerText = "integer-text",
        /// A text of digits with a point.
        DecimalText = "decimal-text",
        /// A time in RFC 3339.
        TimeText = "rfc3339-text",
        /// `YYYY-MM-DD HH:MM:SS`, of an unknown time zone.
        LocalTimeText = "local-time-text",
        /// `YYYY-MM-DD`.
        DateText = "date-text",
        /// A UUID.
        UuidText = "uuid-text",
        /// An http or https address.
        UrlText = "url-text",
        /// A `data:` URI.
        DataUriText = "data-uri-text",
        /// An e-mail address.
        EmailText = "email-text",
        /// An account number with right check digits.
        IbanText = "iban-text",
        /// Hexadecimal digits after `0x`.
        HexText = "hex-text",
        /// A word of lower-case letters and underscores, as a status is.
        WordText = "word-text",
        /// A word of upper-case letters and underscores, as a currency is.
        UpperWordText = "upper-word-text",
        /// Any other text.
        Text = "text",
        /// A list without rows.
        NoRows = "list-0",
        /// A list of one row.
        OneRow = "list-1",
        /// A list of 2 to 20 rows.
        FewRows = "list-2-20",
        /// A longer list.
        ManyRows = "list-21-or-more",
        /// An object without fields.
        EmptyObject = "empty-object",
        /// An object.
        Object = "object",
        /// A value so deep inside that it was not looked at.
        Deep = "deeper",
        /// An HTML page in place of JSON.
        Html = "html",
        /// Something else in place of JSON.
        NotJson = "not-json",
        /// No body.
        Empty = "no-body",
    }
}

impl Kind {
    /// The kind of a text.
    pub fn of_text(text: &str) -> Self {
        let mut forms = TEXTS.iter();
        let found = forms.find(|(_, has_form)| has_form(text));
        found.map_or(Self::Text, |(kind, _)| *kind)
    }

    /// Whether the value is a text of any kind.
    pub fn is_text(self) -> bool {
        (Self::EmptyText..=Self::Text).contains(&self)
    }

    /// Whether the value is a list of any length.
    pub fn is_list(self) -> bool {
        (Self::NoRows..=Self::ManyRows).contains(&self)
    }

    /// Whether the value is an object.
    pub fn is_object(self) -> bool {
        matches!(self, Self::EmptyObject | Self::Object)
    }

    pub(super) fn of_rows(count: usize) -> Self {
        match count {
            0 => Self::NoRows,
            1 => Self::OneRow,
            2..=20 => Self::FewRows,
            _ => Self::ManyRows,
        }
    }
}

type Form = (Kind, fn(&str) -> bool);

/// The forms of texts: the first that applies.
const TEXTS: [Form; 14] = [
    (Kind::EmptyText, |text| text.trim().is_empty()),
    (Kind::IntegerText, |text| is_digits(unsigned(text))),
    (Kind::DecimalText, |text| {
        let parts = unsigned(text).split_once('.');
        parts.is_some_and(|(whole, rest)| is_digits(whole) && is_digits(rest))
    }),
    (Kind::DateText, |text| text.parse::<Date>().is_ok()),
    (Kind::LocalTimeText, is_local_time),
    (Kind::TimeText, |text| text.parse::<Timestamp>().is_ok()),
    (Kind::UuidText, is_uuid),
    (Kind::UrlText, |text| {
        begins(text, "http://") || begins(text, "https://")
    }),
    (Kind::DataUriText, |text| begins(text, "data:")),
    (Kind::EmailText, is_email),
    (Kind::IbanText, |text| {
        text.len() >= 15 && text.parse::<Iban>().is_ok()
    }),
    (Kind::HexText, |text| text.strip_prefix("0x").is_some_and(is_hex)),
    (Kind::WordText, |text| {
        is_word(text, |byte| byte.is_ascii_lowercase())
    }),
    (Kind::UpperWordText, |text| {
        is_word(text, |byte| byte.is_ascii_uppercase())
    }),
];

fn unsigned(text: &str) -> &str {
    text.strip_prefix('-').unwrap_or(text)
}

fn begins(text: &str, start: &str) -> bool {
    let begin = text.get(..start.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_word(text: &str, is_letter: fn(u8) -> bool) -> bool {
    text.starts_with(|first: char| first != '_') && text.bytes().all(|byte| byte == b'_' || is_letter(byte))
}

fn is_local_time(text: &str) -> bool {
    text.split_once([' ', 'T']).is_some_and(|(date, time)| {
        date.parse::<Date>().is_ok()
            && !time.is_empty()
            && time
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))
    })
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| is_hex(group))
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace) && !host.contains('@')
    })
}

impl From<Kind> for &'static str {
    fn from(kind: Kind) -> Self {
        kind.as_str()
    }
}

impl TryFrom<String> for Kind {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Self::of_word(&word).ok_or("unknown kind of value")
    }
}
