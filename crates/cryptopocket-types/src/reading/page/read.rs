//! Reading lists, in each shape that frameworks give them.

use core::marker::PhantomData;

use serde_core::Deserializer as _;
use serde_json::value::RawValue;

use super::{Page, Row, Unreadable};
use crate::reading::fields::Object;
use crate::reading::{Fields, FromJson, JsonKind, Surprise, Surprises};
use crate::{Extra, RawJson};

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
