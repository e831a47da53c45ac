//! Timestamps.

use core::cmp::Ordering;
use core::hash::{Hash, Hasher};
use core::str::FromStr;
use core::time::Duration;
use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use arrayvec::ArrayString;

use super::Date;
use super::date::two;
use crate::traits::{shown_as, text_serde};
use crate::{ParseError, from};

const MICROS: i64 = 1_000_000;
/// Text that was read stays in the value, so that it is `Copy`; longer text is refused.
const LONGEST_TEXT: usize = 46;
/// 0000-01-01T00:00:00Z and the last microsecond of the year 9999.
const FIRST: i64 = -62_167_219_200 * MICROS;
const LAST: i64 = 253_402_300_800 * MICROS - 1;

/// A point in time, to the microsecond, in the years 0000 to 9999.
///
/// A timestamp that was read keeps its text and prints it. Equality, order and hash ignore the text.
///
/// **Zone unknown.** A reply may give a time without its zone, such as `2026-04-08 12:00:00`. That is no point in time, so
/// the field is [`Field::Unreadable`](crate::Field::Unreadable), its text is kept in `extra`, and the surprise says what is
/// missing. Only text that a program stores itself may lack the zone: serde reads it as UTC.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Timestamp;
///
/// let created: Timestamp = "2026-04-08T12:00:00.250000+02:00".parse()?;
/// assert_eq!(created.unix_seconds(), 1_775_642_400);
/// assert_eq!(created.to_string(), "2026-04-08T12:00:00.250000+02:00");
/// assert_eq!(created.utc().to_string(), "2026-04-08T10:00:00.250000Z");
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Timestamp {
    micros: i64,
    text: ArrayString<LONGEST_TEXT>,
}

const RANGE: ParseError = ParseError::new(
    "timestamp",
    "outside the years 0000 to 9999",
    "check the unit: seconds?",
);

impl Timestamp {
    const fn from_micros(micros: i64) -> Self {
        let text = ArrayString::new_const();
        Self { micros, text }
    }

    /// The time `micros` microseconds after 1970-01-01T00:00:00Z, clamped to the years 0000 to 9999.
    pub fn saturating_from_unix_micros(micros: i64) -> Self {
        Self::from_micros(micros.clamp(FIRST, LAST))
    }

    /// The time `seconds` after 1970-01-01T00:00:00Z, or before it when negative, in the years 0000 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, ParseError> {
        Self::from_unix_micros(seconds.checked_mul(MICROS).ok_or(RANGE)?)
    }

    /// The time `micros` microseconds after 1970-01-01T00:00:00Z, or before it when negative, in the years 0000 to 9999.
    pub fn from_unix_micros(micros: i64) -> Result<Self, ParseError> {
        let is_in_range = (FIRST..=LAST).contains(&micros);
        is_in_range.then(|| Self::from_micros(micros)).ok_or(RANGE)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn unix_seconds(self) -> i64 {
        self.micros.div_euclid(MICROS)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn unix_micros(self) -> i64 {
        self.micros
    }

    /// The same time without its text: it prints in UTC.
    #[must_use]
    pub const fn utc(self) -> Self {
        Self::from_micros(self.micros)
    }

    /// The date in UTC.
    pub fn date(self) -> Date {
        // A timestamp has the range of a date.
        Date::from_unix_days(self.unix_seconds().div_euclid(86_400)).unwrap_or(Date::EPOCH)
    }

    /// The time `duration` later; `None` after the year 9999.
    #[must_use]
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let by = i64::try_from(duration.as_micros()).ok()?;
        Self::from_unix_micros(self.micros.checked_add(by)?).ok()
    }

    /// The time `duration` earlier; `None` before the year 0000.
    #[must_use]
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        let by = i64::try_from(duration.as_micros()).ok()?;
        Self::from_unix_micros(self.micros.checked_sub(by)?).ok()
    }

    /// The time `duration` later, at most the end of the year 9999.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        self.checked_add(duration).unwrap_or(Self::from_micros(LAST))
    }

    /// The duration since `earlier`; `None` when `earlier` is the later time.
    pub fn duration_since(self, earlier: Self) -> Option<Duration> {
        let micros = u64::try_from(self.micros - earlier.micros);
        micros.ok().map(Duration::from_micros)
    }

    /// The text the timestamp was read from, if any.
    pub fn text(&self) -> Option<&str> {
        Some(self.text.as_str()).filter(|text| !text.is_empty())
    }

    fn written(&self) -> Cow<'_, str> {
        if let Some(text) = self.text() {
            return text.into();
        }
        let parts = datealgo::secs_to_datetime(self.unix_seconds());
        let (year, month, day, hour, minute, second) = parts;
        let fraction = match self.micros.rem_euclid(MICROS) {
            0 => String::new(),
            micros => format!(".{micros:06}"),
        };
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z").into()
    }

    /// Reads RFC 3339, also with a space for the `T` or without a zone. A missing zone is read and printed as UTC.
    fn of_stored(text: &str) -> Result<Self, ParseError> {
        text.parse().or_else(|refused| {
            let micros = read_rfc3339(text, true).ok_or(refused);
            micros.and_then(Self::from_unix_micros)
        })
    }
}

impl FromStr for Timestamp {
    type Err = ParseError;

    /// Reads RFC 3339. Digits beyond the microsecond stay in the text only.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        const REFUSED: ParseError = ParseError::new(
            "timestamp",
            "not RFC 3339",
            "write it as 2026-04-08T10:00:00Z, zone included",
        );
        let micros = read_rfc3339(text, false).ok_or(REFUSED)?;
        let mut time = Self::from_unix_micros(micros)?;
        time.text = ArrayString::from(text).map_err(|_| REFUSED)?;
        Ok(time)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.micros == other.micros
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.micros.cmp(&other.micros)
    }
}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.micros.hash(state);
    }
}

shown_as!(Timestamp, |time| &time.written());
text_serde!(Timestamp, |time, to| to.collect_str(time), Self::of_stored);

from! {
    /// Truncates to the microsecond and clamps to the years 0000 to 9999.
    SystemTime => Timestamp, |time| {
        let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::saturating_from_unix_micros(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => micros(after),
            Err(before) => -micros(before.duration()),
        })
    };
    Timestamp => SystemTime, |timestamp| {
        let distance = Duration::from_micros(timestamp.micros.unsigned_abs());
        let time = if timestamp.micros < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        // Some platforms cannot represent the years 0000 or 9999; they get 1970.
        time.unwrap_or(UNIX_EPOCH)
    };
}

/// Microseconds since 1970-01-01T00:00:00Z of an RFC 3339 text. Stored text may have a space for the `T`, or no zone.
///
/// By hand: any minute may have a second 60, and a calendar library with a reader costs every user of the webhooks crate two
/// to five CPU seconds of compile time.
fn read_rfc3339(text: &str, is_stored: bool) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, rest) = rest.as_bytes().split_at_checked(9)?;
    let [separator, h1, h2, b':', m1, m2, b':', s1, s2] = clock else {
        return None;
    };
    let separated = matches!(separator, b'T' | b't') || (*separator == b' ' && is_stored);
    // RFC 3339 admits second 60. Unix time counts it as the first second of the next minute.
    let (hour, minute, second) = (two(*h1, *h2, 23)?, two(*m1, *m2, 59)?, two(*s1, *s2, 60)?);
    let (micros, rest) = read_fraction(rest)?;
    let offset = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let minutes = i64::from(two(*h1, *h2, 23)?) * 60 + i64::from(two(*m1, *m2, 59)?);
            if *sign == b'-' { -minutes } else { minutes }
        }
        [] if is_stored => 0,
        _ => return None,
    };
    let days = i64::from(date.parse::<Date>().ok()?.unix_days());
    let minutes = days * 1440 + i64::from(hour) * 60 + i64::from(minute) - offset;
    separated.then_some((minutes * 60 + i64::from(second)) * 1_000_000 + micros)
}

/// The microseconds of an optional fraction, and the text after it.
fn read_fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.', rest @ ..] = text else {
        return Some((0, text));
    };
    let (digits, rest) = rest.split_at(rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let six = digits.iter().chain(core::iter::repeat(&b'0')).take(6);
    let micros = six.fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    (!digits.is_empty()).then_some((micros, rest))
}
