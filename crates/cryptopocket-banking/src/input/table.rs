//! CSV, as banks and spreadsheets write it.

use csv::{ByteRecord, ReaderBuilder};

use super::fields::Fields;

/// Reads the rows below a heading.
///
/// The separator is the one that splits the heading most often: comma, semicolon or tab. A file that is not UTF-8 is read as
/// Latin-1, in which every byte is a character.
pub(super) fn rows(bytes: &[u8], take: &mut dyn FnMut(u64, Result<Fields<'_>, String>)) {
    let heading = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| heading.split(|byte| *byte == separator).count();
    let separator = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|separator| (count(*separator), *separator == b','))
        .unwrap_or(b',');
    let utf8 = std::str::from_utf8(bytes).is_ok();
    let text = |cell: &[u8]| -> String {
        if utf8 {
            String::from_utf8_lossy(cell).into_owned()
        } else {
            cell.iter().map(|byte| char::from(*byte)).collect()
        }
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .from_reader(bytes);
    let names: Vec<String> = match reader.byte_headers() {
        Ok(heading) => heading
            .iter()
            .map(|cell| text(cell).trim().to_lowercase().replace([' ', '-'], "_"))
            .collect(),
        Err(_) => return take(1, Err("no heading".to_owned())),
    };
    if !names.iter().any(|name| name == "id" || name.ends_with("_id")) {
        let reason = "the heading has no column `id`; is it CSV with a heading?";
        return take(1, Err(reason.to_owned()));
    }
    let mut row = ByteRecord::new();
    loop {
        let before = reader.position().line();
        match reader.read_byte_record(&mut row) {
            Ok(false) => return,
            Ok(true) => {}
            Err(_) => {
                let reason = "broken CSV; nothing after this line was read";
                return take(before, Err(reason.to_owned()));
            }
        }
        let line = row.position().map_or(before, csv::Position::line);
        if row.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        if row.len() != names.len() {
            let reason = format!("{} columns, but the heading has {}", row.len(), names.len());
            take(line, Err(reason));
            continue;
        }
        let mut fields = Fields::default();
        fields.loose = true;
        for (name, cell) in names.iter().zip(&row) {
            fields.add(name, &text(cell));
        }
        take(line, Ok(fields));
    }
}
