//! Reading lists, in each shape that frameworks give them.

use core::fmt;

use serde_json::value::RawValue;

use super::surprise::{JsonKind, Misfit, Surprise, Surprises};
use super::{Fields, FromJson};
use crate::{Extra, RawJson};

/// A row of a list that could not be read, with its exact text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The row as it came. It may hold personal data: do not log it.
    pub raw: RawJson,
    /// Why it could not be read.
    pub surprise: Surprise,
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unreadable({}, {:?})", self.surprise, self.raw)
    }
}

/// A row of a list: its value, or what could not be read.
pub type Row<T> = Result<T, Unreadable>;

/// The place of a page in its list, as far as the reply tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The number of this page.
    pub current: Option<u32>,
    /// The number of the last page.
    pub last: Option<u32>,
    /// The number of rows of the whole list.
    pub total: Option<u64>,
}

/// One page of a list.
///
/// The rows are found as a bare list; in `data`; in the paginator of the framework that the provider's replies look like,
/// around `data` or inside of it; in a collection with `data`, `links` and `meta`; or in the only list of the reply. `null` is
/// an empty list, and so is `{}`. A row that cannot be read costs that row only.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::reading::{FromJson, List, Surprises};
///
/// let page = r#"{"data": {"current_page": 1, "data": ["7", 8, {}], "last_page": "3"}}"#;
/// let mut surprises = Surprises::new();
/// let list = List::<String>::from_json(page, &mut surprises).unwrap();
/// assert_eq!((list.rows.len(), list.place.last), (3, Some(3)));
/// assert!(list.rows[2].is_err());
/// assert_eq!(surprises.to_string(), "[2]: expected text, found object");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct List<T> {
    /// The rows in their order.
    pub rows: Vec<Row<T>>,
    /// The place of this page.
    pub place: Place,
    /// Fields of the reply beside the rows.
    pub extra: Extra,
}

impl<T: FromJson> FromJson for List<T> {
    const EXPECTED: &'static str = "a list";

    fn from_json(json: &str, surprises: &mut Surprises) -> Option<Self> {
        let mut extra = Extra::new();
        let mut place = Place::default();
        let rows = find(json, &mut place, &mut extra, 0)?;
        let rows = rows
            .into_iter()
            .enumerate()
            .map(|(index, raw)| row(index, raw, surprises))
            .collect();
        Some(Self { rows, place, extra })
    }
}

fn row<T: FromJson>(index: usize, raw: &RawValue, surprises: &mut Surprises) -> Row<T> {
    let mark = surprises.mark();
    // Written only where it is needed: a clean row has no use for it.
    let place = || format!("[{index}]");
    if let Some(value) = T::from_json(raw.get(), surprises) {
        if surprises.mark() > mark {
            surprises.enter(mark, &place());
        }
        return Ok(value);
    }
    surprises.reset(mark);
    let misfit = surprises.take_misfit();
    let surprise = Surprise::from(misfit.unwrap_or_else(|| Misfit::of(T::EXPECTED, raw.get())));
    surprises.add(surprise.clone());
    surprises.enter(mark, &place());
    Err(Unreadable {
        raw: RawJson::from(raw),
        surprise,
    })
}

/// The deepest shape is a paginator with its numbers, inside of an envelope.
const DEEPEST: usize = 2;

fn find<'a>(json: &'a str, place: &mut Place, extra: &mut Extra, depth: usize) -> Option<Vec<&'a RawValue>> {
    match JsonKind::of(json) {
        JsonKind::List => serde_json::from_str(json).ok(),
        JsonKind::Null => Some(Vec::new()),
        JsonKind::Object => {
            let fields = serde_json::from_str::<Fields<'a>>(json).ok()?;
            place.read(&fields);
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
            let rows = find(raw.get(), place, extra, depth + 1)?;
            for (name, raw) in fields.iter().filter(|(name, _)| *name != at && *name != "status") {
                extra.insert(name, RawJson::from(raw));
            }
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

impl Place {
    /// Reads the numbers that stand beside the rows, or in one of the objects that frameworks put them into.
    fn read(&mut self, fields: &Fields<'_>) {
        // A number that stands twice has two readings, and so none.
        let once = |name: &str| {
            let mut named = fields.iter().filter(|(known, _)| *known == name);
            named
                .next()
                .filter(|_| named.next().is_none())
                .map(|(_, raw)| raw.get())
        };
        let number = |name| u64::from_json(once(name)?, &mut Surprises::new());
        // Pages count from 1, so 0 tells nothing.
        let page = |name| u32::try_from(number(name)?).ok().filter(|page| *page > 0);
        self.current = page("current_page").or_else(|| page("page")).or(self.current);
        self.last = page("last_page").or_else(|| page("total_pages")).or(self.last);
        self.total = number("total").or_else(|| number("total_items")).or(self.total);
        // A paginator that counts neither pages nor rows names the next page, or says that there is none.
        if self.last.is_none() && once("next_page_url") == Some("null") {
            self.last = self.current;
        }
        for inner in ["pagination", "meta"].into_iter().filter_map(once) {
            if let Ok(inner) = serde_json::from_str(inner) {
                self.read(&inner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<(usize, Place)> {
        let list = List::<String>::from_json(json, &mut Surprises::new())?;
        Some((list.rows.len(), list.place))
    }

    #[test]
    fn rows_are_found_in_each_shape() {
        let numbers = Place {
            current: Some(2),
            last: Some(5),
            total: Some(99),
        };
        let counts = r#""current_page":2,"last_page":5,"total":99"#;
        for (json, place) in [
            (r#"["a","b"]"#.to_owned(), Place::default()),
            (r#"{"status":"ok","data":["a","b"]}"#.to_owned(), Place::default()),
            (
                format!(r#"{{"status":"ok","data":["a","b"],"pagination":{{{counts}}}}}"#),
                numbers,
            ),
            (format!(r#"{{{counts},"data":["a","b"]}}"#), numbers),
            (
                format!(r#"{{"status":"ok","data":{{{counts},"data":["a","b"]}}}}"#),
                numbers,
            ),
            (
                format!(r#"{{"data":["a","b"],"links":{{"next":null}},"meta":{{{counts}}}}}"#),
                numbers,
            ),
            (
                format!(r#"{{"data":["a","b"],"meta":{{"pagination":{{{counts}}}}}}}"#),
                numbers,
            ),
            (
                r#"{"status":"ok","payments":["a","b"]}"#.to_owned(),
                Place::default(),
            ),
            (r#"{"data":{"0":"a","3":"b"}}"#.to_owned(), Place::default()),
        ] {
            assert_eq!(read(&json), Some((2, place)), "{json}");
        }
    }

    #[test]
    fn null_and_empty_object_are_empty_lists() {
        for json in [
            "[]",
            "null",
            "{}",
            r#"{"data":null}"#,
            r#"{"data":{}}"#,
            r#"{"data":[]}"#,
        ] {
            assert_eq!(read(json).map(|(rows, _)| rows), Some(0), "{json}");
        }
    }

    #[test]
    fn reply_without_rows_is_no_empty_list() {
        for json in [
            r#"{"status":"ok"}"#,
            r#"{"data":7}"#,
            r#""none""#,
            r#"{"a":[],"b":[]}"#,
            r#"{"errors":[]}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn missing_next_page_ends_the_list() {
        let page = |next: &str| format!(r#"{{"current_page":3,"data":["a"],"next_page_url":{next}}}"#);
        assert_eq!(read(&page("null")).unwrap().1.last, Some(3));
        assert_eq!(read(&page(r#""https://x/?page=4""#)).unwrap().1.last, None);
    }

    #[test]
    fn odd_row_costs_only_itself() {
        let mut surprises = Surprises::new();
        let list = List::<u32>::from_json(r#"[1, "two", 3]"#, &mut surprises).unwrap();
        assert_eq!((list.rows[0].as_ref(), list.rows[2].as_ref()), (Ok(&1), Ok(&3)));
        let odd = list.rows[1].as_ref().unwrap_err();
        assert_eq!(odd.raw.get(), r#""two""#);
        assert!(!format!("{odd:?}").contains("two"));
        assert_eq!(surprises.to_string(), "[1]: expected a whole number, found text");
    }
}
