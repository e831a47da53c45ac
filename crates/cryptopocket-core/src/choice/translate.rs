//! Bodies in other names.

use cryptopocket_types::Decimal;
use cryptopocket_types::reading::Fields;
use serde::Serializer;
use serde_json::value::RawValue;

/// The deepest object that is about what was asked for: a row of a paginator inside of an envelope.
const DEPTH: usize = 5;

type Pairs<'a> = &'a [(&'a str, &'a str)];

/// The reply in the document's names and units, or `None` if that changes nothing.
///
/// `page` is the number of the page as it was sent, if pages count from 0: the numbers in the reply are then counted from 1.
/// No field is lost: one whose place another takes stays under a name of its own.
pub(crate) fn translated(
    json: &str,
    names: Pairs<'_>,
    units: Pairs<'_>,
    page: Option<u64>,
) -> Option<String> {
    if names.is_empty() && units.is_empty() && page.is_none() {
        return None;
    }
    let mut writer = Writer {
        names,
        units,
        page,
        out: String::with_capacity(json.len() + 64),
        has_changed: false,
    };
    writer.value(json, DEPTH);
    writer.has_changed.then_some(writer.out)
}

/// A flat request body in the provider's names.
pub(crate) fn renamed(json: &[u8], names: Pairs<'_>) -> Option<Vec<u8>> {
    if names.is_empty() {
        return None;
    }
    let fields = serde_json::from_slice::<Fields<'_>>(json).ok()?;
    let mut out = Vec::with_capacity(json.len() + 64);
    let wire = |name: &str| names.iter().find(|(own, _)| *own == name).map(|(_, wire)| *wire);
    if !fields.iter().any(|(name, _)| wire(name).is_some()) {
        return None;
    }
    let fields = fields.iter().map(|(name, raw)| (wire(name).unwrap_or(name), raw));
    serde_json::Serializer::new(&mut out).collect_map(fields).ok()?;
    Some(out)
}

struct Writer<'a> {
    names: Pairs<'a>,
    units: Pairs<'a>,
    page: Option<u64>,
    out: String,
    has_changed: bool,
}

impl Writer<'_> {
    fn value(&mut self, json: &str, depth: usize) {
        if depth > 0 && json.starts_with('[') {
            let rows: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
            self.out.push('[');
            for (index, row) in rows.iter().enumerate() {
                if index > 0 {
                    self.out.push(',');
                }
                self.value(row.get(), depth - 1);
            }
            self.out.push(']');
        } else if depth > 0
            && json.starts_with('{')
            && let Ok(fields) = serde_json::from_str::<Fields<'_>>(json)
        {
            self.object(&fields, depth);
        } else {
            self.out.push_str(json);
        }
    }

    fn object(&mut self, fields: &Fields<'_>, depth: usize) {
        let from_zero = self.page.map_or(&[][..], |page| counted_from_zero(fields, page));
        let mut written: Vec<(String, &str)> = Vec::with_capacity(fields.iter().len());
        written.extend(fields.iter().map(|(name, raw)| (name.to_owned(), raw.get())));
        for (name, wire) in self.names {
            self.has_changed |= rename(&mut written, fields, name, wire);
        }
        let objects = written.iter().filter(|(_, value)| value.starts_with('{')).count();
        // Below the object that has the amount, an equal name is that of something else.
        let units = self.units;
        if units
            .iter()
            .any(|(amount, _)| written.iter().any(|(name, _)| name == amount))
        {
            self.units = &[];
        }
        self.out.push('{');
        for (index, (name, value)) in written.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            // Writing a text into memory cannot fail.
            self.out
                .push_str(&serde_json::to_string(name).unwrap_or_default());
            self.out.push(':');
            let own = if from_zero.contains(&name.as_str()) {
                number(value)
                    .and_then(|number| number.checked_add(1))
                    .map(|number| number.to_string())
            } else {
                let unit = units.iter().find(|(amount, _)| amount == name);
                unit.and_then(|(_, unit)| in_own_unit(value, unit))
            };
            if let Some(own) = own {
                self.has_changed = true;
                self.out.push_str(&own);
                continue;
            }
            let is_about = matches!(name.as_str(), "data" | "pagination" | "meta")
                || value.starts_with('[')
                || objects == 1 && value.starts_with('{');
            self.value(value, if is_about { depth - 1 } else { 0 });
        }
        self.out.push('}');
        self.units = units;
    }
}

/// An amount that came in `unit`, in the unit of the document. `None` for what is no number, which nothing reads.
fn in_own_unit(json: &str, unit: &str) -> Option<String> {
    let text = json.trim_matches('"');
    let amount: Decimal = text.parse().ok()?;
    let shifted = amount.shifted(super::places(unit)?)?;
    // Cents with a point may be currency units after all, and the other way round half a cent is none. Neither is guessed.
    let clear = if unit == "cent" {
        Some(shifted).filter(|_| !text.contains(['.', 'e', 'E']))
    } else {
        shifted.rescaled(0)
    };
    Some(clear.map_or_else(|| format!("\"{text} {unit}\""), |amount| amount.to_string()))
}

/// Gives `name` the value at `wire`, if it has none of its own.
fn rename<'a>(written: &mut Vec<(String, &'a str)>, fields: &Fields<'a>, name: &str, wire: &str) -> bool {
    let Some((outer, _)) = wire.split_once('.') else {
        let has_own = fields.get(name).is_some();
        if has_own || fields.get(wire).is_none() {
            return false;
        }
        // A null under the own name would be a twin.
        written.retain(|(written, _)| written != name);
        for (written, _) in written.iter_mut().filter(|(written, _)| written == wire) {
            name.clone_into(written);
        }
        return true;
    };
    let Some(value) = at(fields, wire) else {
        return false;
    };
    if outer == name {
        for (written, _) in written.iter_mut().filter(|(written, _)| written == outer) {
            *written = format!("{outer}[object]");
        }
    } else if fields.get(name).is_some() {
        return false;
    }
    written.push((name.to_owned(), value.get()));
    true
}

/// The value at a name, or at a path such as `session.token`, unless it is null.
pub(crate) fn at<'a>(fields: &Fields<'a>, path: &str) -> Option<&'a RawValue> {
    match path.split_once('.') {
        None => fields.get(path),
        Some((outer, inner)) => at(&serde_json::from_str(fields.get(outer)?.get()).ok()?, inner),
    }
}

/// The fields of a page whose numbers count from 0, if `page` was asked for so.
///
/// A provider may count from 0 in requests and yet from 1 in replies, so the number that was asked for decides.
fn counted_from_zero(fields: &Fields<'_>, page: u64) -> &'static [&'static str] {
    let number = |name: &str| number(fields.get(name)?.get());
    if number("current_page").or_else(|| number("page")) != Some(page) {
        return &[];
    }
    let size = number("per_page")
        .or_else(|| number("limit"))
        .filter(|size| *size > 0);
    let pages = number("total")
        .zip(size)
        .map(|(total, size)| total.div_ceil(size));
    // Of a last page that equals the count of pages, the number counts from 1.
    if pages.is_some() && number("last_page") == pages {
        &["current_page", "page"]
    } else {
        &["current_page", "page", "last_page"]
    }
}

fn number(json: &str) -> Option<u64> {
    json.trim_matches('"').parse().ok()
}
