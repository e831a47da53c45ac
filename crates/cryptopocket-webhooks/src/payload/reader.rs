//! Takes typed fields out of a JSON object.

use std::borrow::Cow;
use std::str::FromStr;

use crate::json::{self, Members};
use cryptopocket_types::{Extra, RawJson};

/// The members of an object. Fields are taken out one by one; the others stay.
pub(crate) struct Reader<'b>(Vec<(Cow<'b, str>, &'b str)>);

/// A readable field and its name.
pub(crate) struct Found<T> {
    pub(crate) name: &'static str,
    pub(crate) value: T,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(members: Members<'b>) -> Self {
        Self(
            members
                .0
                .into_iter()
                .map(|(name, value)| (name, value.get()))
                .collect(),
        )
    }

    pub(crate) fn of_extra(extra: &'b Extra) -> Self {
        Self(
            extra
                .iter()
                .map(|(name, value)| (Cow::Borrowed(name), value.get()))
                .collect(),
        )
    }

    /// Removes and returns the first of `names` that can be read as `T`.
    pub(crate) fn take<T: FromStr>(&mut self, names: &[&'static str]) -> Option<T> {
        self.find(names).map(|found| self.remove(found))
    }

    /// Returns the first of `names` that can be read as `T` without removing it.
    pub(crate) fn find<T: FromStr>(&self, names: &[&'static str]) -> Option<Found<T>> {
        self.find_if(names, |_| true)
    }

    /// As [`find`](Self::find), for an amount that must be a whole number. With a point its unit is in doubt, and money is
    /// never guessed.
    pub(crate) fn find_whole<T: FromStr>(&self, names: &[&'static str]) -> Option<Found<T>> {
        self.find_if(names, |text| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    pub(crate) fn remove<T>(&mut self, found: Found<T>) -> T {
        self.0.retain(|(name, _)| name != found.name);
        found.value
    }

    fn find_if<T: FromStr>(&self, names: &[&'static str], fits: impl Fn(&str) -> bool) -> Option<Found<T>> {
        names.iter().find_map(|name| {
            let (_, text) = self.0.iter().find(|(member, _)| member == name)?;
            // An empty text must not hide the value of another field.
            let text = json::scalar(text).filter(|text| !text.is_empty())?;
            let value = fits(&text).then(|| text.parse().ok())??;
            Some(Found { name, value })
        })
    }

    /// The remaining fields, without those in `known` that are null.
    pub(crate) fn into_extra(self, known: &[&str]) -> Extra {
        self.0
            .into_iter()
            .filter(|(name, text)| *text != "null" || !known.contains(&name.as_ref()))
            .filter_map(|(name, text)| Some((name.into_owned(), text.parse::<RawJson>().ok()?)))
            .collect()
    }
}
