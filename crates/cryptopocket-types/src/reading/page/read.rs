//! Reading lists, in each shape that frameworks give them.

use core::fmt;

use serde_core::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Page, Row, Unreadable};
use crate::reading::fields::name;
use crate::reading::{Fields, FromJson, JsonKind, Surprise, Surprises};
use crate::{Extra, RawJson};

impl<T: FromJson> FromJson for Page<T> {
    const EXPECTED: &'static str = "a list";

    fn from_json(json: &str, surprises: &mut Surprises) -> Result<Self, Surprise> {
        let mark = surprises.mark();
        let documented = serde_json::from_str(json).ok();
        if let Some(page) = documented.and_then(|found| documented_page(found, surprises)) {
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

/// The documented form of a page: its rows under `data`, each of them an object.
///
/// It is read in one pass. A page of any other form is read again, by looking for its rows.
struct Documented<'a> {
    rows: Vec<Fields<'a>>,
    beside: Fields<'a>,
}

impl<'de> Deserialize<'de> for Documented<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Page;

        impl<'de> Visitor<'de> for Page {
            type Value = Documented<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with rows")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut rows, mut beside) = (None, Vec::new());
                while let Some(key) = map.next_key::<&'de RawValue>()? {
                    let name = name(key)?;
                    if name != "data" {
                        beside.push((name, map.next_value()?));
                    } else if rows.replace(map.next_value()?).is_some() {
                        return Err(A::Error::duplicate_field("data"));
                    }
                }
                Ok(Documented {
                    rows: rows.ok_or_else(|| A::Error::missing_field("data"))?,
                    beside: Fields(beside),
                })
            }
        }

        deserializer.deserialize_map(Page)
    }
}

/// `None` if a row cannot be read: its text is needed then.
fn documented_page<T: FromJson>(found: Documented<'_>, surprises: &mut Surprises) -> Option<Page<T>> {
    let mut page = Page::new(Vec::with_capacity(found.rows.len()));
    for (index, fields) in found.rows.into_iter().enumerate() {
        let row = surprises.at(format_args!("[{index}]"), |surprises| {
            T::from_fields(fields, surprises)
        });
        page.rows.push(Ok(row.ok()?));
    }
    page.read_numbers(&found.beside, 0);
    keep_beside(&found.beside, "data", &mut page.extra);
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
        // A number that stands twice has two readings, and so none.
        let once = |name: &str| {
            let mut named = fields.iter().filter(|(known, _)| *known == name);
            named
                .next()
                .filter(|_| named.next().is_none())
                .map(|(_, raw)| raw.get())
        };
        let number = |name| u64::from_json(once(name)?, &mut Surprises::new()).ok();
        // Pages count from 1, so 0 tells nothing.
        let page = |name| u32::try_from(number(name)?).ok().filter(|page| *page > 0);
        self.current = page("current_page").or_else(|| page("page")).or(self.current);
        self.last = page("last_page").or_else(|| page("total_pages")).or(self.last);
        self.total = number("total").or_else(|| number("total_items")).or(self.total);
        // A paginator that counts neither pages nor rows names the next page, or says that there is none.
        if self.last.is_none() && once("next_page_url") == Some("null") {
            self.last = self.current;
        }
        if depth == DEEPEST {
            return;
        }
        for inner in ["pagination", "meta"].into_iter().filter_map(once) {
            if let Ok(inner) = serde_json::from_str(inner) {
                self.read_numbers(&inner, depth + 1);
            }
        }
    }
}
