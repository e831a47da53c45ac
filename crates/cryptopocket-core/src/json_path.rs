use crate::error::shown;

/// Where in a JSON text the parser stood, as a path such as `data.items[3].iban`.
///
/// `line` and `column` are those of a `serde_json::Error`. Names of fields are kept, values are not.
pub(crate) fn at(json: &[u8], line: usize, column: usize) -> Option<String> {
    let end = offset(json, line, column)?;
    let mut path = Path::default();
    let mut position = 0;
    while position < end {
        match json[position] {
            b'{' => path.enter(Place::Field(String::new())),
            b'[' => path.enter(Place::Index(0)),
            b'}' | b']' => path.leave(),
            // The last byte read may be a comma that only ended a number.
            b',' if position + 1 < end => path.next(),
            b'"' => {
                let close = string_end(json, position);
                if path.expects_name() {
                    path.name(&json[position..close.min(json.len())]);
                }
                position = close;
                continue;
            }
            b':' => path.in_value = true,
            _ => {}
        }
        position += 1;
    }
    Some(path.to_string())
}

fn offset(json: &[u8], line: usize, column: usize) -> Option<usize> {
    if line == 0 {
        return None;
    }
    let start = if line == 1 {
        0
    } else {
        let breaks = json.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        breaks.map(|(index, _)| index + 1).nth(line - 2)?
    };
    Some((start + column).min(json.len()))
}

/// The position after the closing quote.
fn string_end(json: &[u8], open: usize) -> usize {
    let mut position = open + 1;
    while position < json.len() {
        match json[position] {
            b'\\' => position += 2,
            b'"' => return position + 1,
            _ => position += 1,
        }
    }
    json.len()
}

enum Place {
    Field(String),
    Index(usize),
}

#[derive(Default)]
struct Path {
    places: Vec<Place>,
    in_value: bool,
}

impl Path {
    fn enter(&mut self, place: Place) {
        self.in_value = matches!(place, Place::Index(_));
        self.places.push(place);
    }

    /// Leaves an object or array; what went wrong at its end concerns it as a whole.
    fn leave(&mut self) {
        self.places.pop();
        self.in_value = true;
    }

    fn next(&mut self) {
        match self.places.last_mut() {
            Some(Place::Index(index)) => *index += 1,
            Some(Place::Field(name)) => {
                name.clear();
                self.in_value = false;
            }
            None => {}
        }
    }

    fn expects_name(&self) -> bool {
        !self.in_value && matches!(self.places.last(), Some(Place::Field(_)))
    }

    fn name(&mut self, quoted: &[u8]) {
        if let Some(Place::Field(name)) = self.places.last_mut() {
            let read: Option<String> = serde_json::from_slice(quoted).ok();
            *name = read
                .filter(|read| shown::is_field_name(read))
                .unwrap_or_else(|| "?".to_owned());
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut first = true;
        for place in &self.places {
            match place {
                Place::Field(name) if name.is_empty() => {}
                Place::Field(name) if first => f.write_str(name)?,
                Place::Field(name) => write!(f, ".{name}")?,
                Place::Index(index) => write!(f, "[{index}]")?,
            }
            first = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::at;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only the failure to read it matters")]
    struct Outer {
        items: Option<Vec<Inner>>,
        map: Option<BTreeMap<String, u32>>,
        text: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only the failure to read it matters")]
    struct Inner {
        id: u32,
        iban: Option<String>,
    }

    fn path(json: &str) -> String {
        let error = serde_json::from_str::<Outer>(json).unwrap_err();
        at(json.as_bytes(), error.line(), error.column()).unwrap()
    }

    #[test]
    fn the_place_of_a_wrong_value_is_named() {
        assert_eq!(path(r#"{"text":1}"#), "text");
        assert_eq!(
            path(r#"{"text":"a","items":[{"id":1},{"id":"x"}]}"#),
            "items[1].id"
        );
        assert_eq!(path(r#"{"items":[{"id":1,"iban":2,"more":3}]}"#), "items[0].iban");
        assert_eq!(path(r#"{"items":[{"id":1.5,"iban":null}]}"#), "items[0].id");
        assert_eq!(path("{\n  \"items\": [\n    {\"id\": -1}\n  ]\n}"), "items[0].id");
        assert_eq!(
            path(r#"{"text":"a \"quoted\" {[,:","map":{"a":1,"b":true}}"#),
            "map.b"
        );
    }

    #[test]
    fn what_is_missing_is_missed_in_its_object() {
        assert_eq!(path(r#"{"items":[{"id":1},{"iban":"x"}]}"#), "items[1]");
    }

    #[test]
    fn a_name_that_could_be_data_is_not_shown() {
        for name in ["ana@example.com", "ES9121000418450200051332", "Garcia"] {
            assert_eq!(path(&format!(r#"{{"map":{{"{name}":"x"}}}}"#)), "map.?");
        }
    }

    #[test]
    fn a_position_beyond_the_text_harms_nobody() {
        assert_eq!(at(b"{}", 7, 3), None);
        assert_eq!(at(b"{\"a", 1, 99), Some("?".to_owned()));
        assert_eq!(at(b"", 1, 0), Some(String::new()));
        assert_eq!(at(b"\"\\", 1, 2), Some(String::new()));
    }
}
