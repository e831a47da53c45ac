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
                .filter(|read| is_plain(read))
                .unwrap_or_else(|| "?".to_owned());
        }
    }
}

/// A name that the provider's data could have become is not shown.
fn is_plain(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
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
