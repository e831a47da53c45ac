//! Pages of lists.

#[cfg(test)]
mod tests;

use core::marker::PhantomData;

use serde_core::Deserializer as _;
use serde_json::value::RawValue;

use super::fields::Object;
use super::{Fields, FromJson, JsonKind, Surprise, Surprises};
use crate::{Extra, RawJson, debug_fields, setters};

/// A row of a list that could not be read, with its exact text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The row as it came. It may hold personal data: do not log it.
    pub raw: RawJson,
    /// Why it could not be read.
    pub surprise: Surprise,
}

/// A row of a list: its value, or what could not be read.
pub type Row<T> = Result<T, Unreadable>;

/// One page of a list, and what the provider announced about the list.
///
/// The rows are found as a bare list; in `data`; in the paginator of the framework that the provider's replies look like,
/// around `data` or inside of it; in a collection with `data`, `links` and `meta`; or in the only list of the reply. `null` is
/// an empty list, and so is `{}`. A row that cannot be read costs that row only.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::reading::{FromJson, Page, Surprises};
///
/// let page = r#"{"data": {"current_page": 1, "data": ["7", 8, {}], "last_page": "3"}}"#;
/// let mut surprises = Surprises::new();
/// let page = Page::<String>::from_json(page, &mut surprises).unwrap();
/// assert_eq!((page.rows.len(), page.last), (3, Some(3)));
/// assert_eq!(page.into_items(), ["7", "8"]);
/// assert_eq!(surprises.to_string(), "[2]: expected text, found object");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows in their order.
    pub rows: Vec<Row<T>>,
    /// The number of this page, if the provider gave it.
    pub current: Option<u32>,
    /// The number of the last page, if the provider gave it.
    pub last: Option<u32>,
    /// The number of rows of the whole list, if the provider gave it.
    pub total: Option<u64>,
    /// Fields of the reply beside the rows, such as its `message`.
    pub extra: Extra,
}

impl<T> Page<T> {
    /// A page with these items and no announcements.
    pub fn new(items: Vec<T>) -> Self {
        Self {
            rows: items.into_iter().map(Ok).collect(),
            current: None,
            last: None,
            total: None,
            extra: Extra::new(),
        }
    }

    setters! {
        /// Sets the number of this page, as the provider gives it.
        current = |number: impl Into<Option<u32>>| number.into();
        /// Sets the number of the last page.
        last = |number: impl Into<Option<u32>>| number.into();
        /// Sets the number of items of the whole list.
        total = |count: impl Into<Option<u64>>| count.into();
    }

    /// The number of items that could be read.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether no item could be read.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The items that could be read.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.into_iter()
    }

    /// The items that could be read, taken.
    pub fn into_items(self) -> Vec<T> {
        self.rows.into_iter().filter_map(Result::ok).collect()
    }

    /// The rows that could not be read.
    pub fn unreadable(&self) -> impl Iterator<Item = &Unreadable> {
        self.rows.iter().filter_map(|row| row.as_ref().err())
    }

    /// The same page with each item replaced by `change`.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(|row| row.map(&mut change)).collect(),
            current: self.current,
            last: self.last,
            total: self.total,
            extra: self.extra,
        }
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    /// The items that could be read.
    fn into_iter(self) -> Self::IntoIter {
        self.into_items().into_iter()
    }
}

impl<'p, T> IntoIterator for &'p Page<T> {
    type Item = &'p T;
    type IntoIter = std::iter::FilterMap<std::slice::Iter<'p, Row<T>>, fn(&'p Row<T>) -> Option<&'p T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter().filter_map(|row| row.as_ref().ok())
    }
}

debug_fields! {
    Page<T> => |page|
        rows: page.rows.len(), current: page.current, last: page.last, total: page.total, extra: page.extra
}

impl<T: FromJson> FromJson for Page<T> {
    const EXPECTED: &'static str = "a list";

    fn from_json(json: &str, surprises: &mut Surprises) -> Result<Self, Surprise> {
        let mark = surprises.mark();
        if let Some(page) = documented(json, surprises) {
            return Ok(page);
        }
        surprises.reset(mark);
        let mut page = Self::new(Vec::new());
        let rows = find(json, &mut page, 0).ok_or_else(|| Surprise::of(Self::EXPECTED, json))?;
        let rows = rows.into_iter().enumerate();
        page.rows = rows.map(|(index, raw)| row(index, raw, surprises)).collect();
        Ok(page)
    }
}

/// The documented form of a page, read in one pass: its rows under `data`, each of them an object. `None` if it has another
/// form, or if a row cannot be read, since its text is needed then.
fn documented<T: FromJson>(json: &str, surprises: &mut Surprises) -> Option<Page<T>> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let read = reader.deserialize_map(Object::<Vec<Fields<'_>>>(Some("data"), PhantomData));
    let (rows, beside) = read.ok().filter(|_| reader.end().is_ok())?;
    let rows = rows?;
    let mut page = Page::new(Vec::with_capacity(rows.len()));
    for (index, fields) in rows.into_iter().enumerate() {
        let row = surprises.at(format_args!("[{index}]"), |surprises| {
            T::from_fields(fields, surprises)
        });
        page.rows.push(Ok(row.ok()?));
    }
    page.read_numbers(&beside, 0);
    keep_beside(&beside, "data", &mut page.extra);
    Some(page)
}

fn keep_beside(fields: &Fields<'_>, rows: &str, extra: &mut Extra) {
    let others = fields
        .iter()
        .filter(|(name, _)| *name != rows && *name != "status");
    // The rows are read from the first of the fields of their name.
    let twins = fields.iter().filter(|(name, _)| *name == rows).skip(1);
    for (name, raw) in others.chain(twins) {
        extra.add(name, raw);
    }
}

fn row<T: FromJson>(index: usize, raw: &RawValue, surprises: &mut Surprises) -> Row<T> {
    let place = format_args!("[{index}]");
    let row = surprises.at(place, |surprises| T::from_json(raw.get(), surprises));
    row.map_err(|surprise| {
        surprises.add(surprise.clone().within(&place.to_string()));
        let raw = RawJson::from(raw);
        Unreadable { raw, surprise }
    })
}

/// The deepest shape is a paginator with its numbers, inside of an envelope.
const DEEPEST: usize = 2;

fn find<'a, T>(json: &'a str, page: &mut Page<T>, depth: usize) -> Option<Vec<&'a RawValue>> {
    match JsonKind::of(json) {
        JsonKind::List => serde_json::from_str(json).ok(),
        JsonKind::Null => Some(Vec::new()),
        JsonKind::Object => {
            let fields = serde_json::from_str::<Fields<'a>>(json).ok()?;
            page.read_numbers(&fields, 0);
            // PHP writes a list with gaps as an object with the indexes as names, and an empty one may be an object too.
            if fields
                .iter()
                .all(|(name, _)| name.bytes().all(|byte| byte.is_ascii_digit()))
            {
                return Some(fields.iter().map(|(_, raw)| raw).collect());
            }
            let (at, raw) = match fields.iter().find(|(name, _)| *name == "data") {
                Some(_) if depth == DEEPEST => return None,
                Some(data) => data,
                None => only_list(&fields)?,
            };
            let rows = find(raw.get(), page, depth + 1)?;
            keep_beside(&fields, at, &mut page.extra);
            Some(rows)
        }
        _ => None,
    }
}

/// The only list among the fields: the provider may name it for what it holds, as `payments`.
fn only_list<'f, 'a>(fields: &'f Fields<'a>) -> Option<(&'f str, &'a RawValue)> {
    let mut lists = fields.iter().filter(|(name, raw)| {
        JsonKind::of(raw.get()) == JsonKind::List
            && !matches!(*name, "errors" | "error" | "links" | "message")
    });
    lists.next().filter(|_| lists.next().is_none())
}

impl<T> Page<T> {
    /// Reads the numbers that stand beside the rows, or in one of the objects that frameworks put them into. Deeper ones
    /// are no numbers of a framework, and a reply must not choose how much stack it takes.
    fn read_numbers(&mut self, fields: &Fields<'_>, depth: usize) {
        let number = |name| u64::from_json(fields.get(name)?.get(), &mut Surprises::new()).ok();
        // Pages count from 1, so 0 tells nothing.
        let page = |name| u32::try_from(number(name)?).ok().filter(|page| *page > 0);
        self.current = page("current_page").or_else(|| page("page")).or(self.current);
        self.last = page("last_page").or_else(|| page("total_pages")).or(self.last);
        self.total = number("total").or_else(|| number("total_items")).or(self.total);
        // A paginator that counts neither pages nor rows names the next page, or says that there is none.
        let next = fields.iter().filter(|(name, _)| *name == "next_page_url");
        let next: Vec<_> = next.map(|(_, raw)| raw.get()).collect();
        if self.last.is_none() && next == ["null"] {
            self.last = self.current;
        }
        if depth == DEEPEST {
            return;
        }
        for inner in ["pagination", "meta"] {
            if let Some(inner) = fields.object(inner) {
                self.read_numbers(&inner, depth + 1);
            }
        }
    }
}
