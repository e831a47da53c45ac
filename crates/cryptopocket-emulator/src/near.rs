//! What somebody may have meant who wrote what is not known.

/// What is longer than this is a slip of nobody's pen.
const LONGEST: usize = 64;

/// `known`, and first what `text` comes near to.
pub fn nearest_first<'a>(text: &str, known: &[&'a str]) -> Vec<&'a str> {
    let mut known = known.to_vec();
    let wrote = lower(text);
    if wrote.len() <= LONGEST {
        known.sort_by_key(|one| {
            let meant = lower(one);
            let slips = distance(&wrote, &meant);
            let near = slips <= wrote.len().max(meant.len()) / 3;
            if near { slips } else { usize::MAX }
        });
    }
    known
}

/// The cure for what is none of `known`.
pub fn use_one_of(text: &str, known: &[&str]) -> String {
    format!("use one of {}", nearest_first(text, known).join(", "))
}

/// A text as it can be shown in a message, however long it is.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn lower(text: &str) -> Vec<char> {
    text.chars()
        .take(LONGEST + 1)
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many characters are missing, too many, wrong, or have changed places with their neighbours.
fn distance(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let mut rows = vec![vec![0; width]; one.len() + 1];
    for (row, cells) in rows.iter_mut().enumerate() {
        cells[0] = row;
    }
    rows[0] = (0..width).collect();
    for row in 1..=one.len() {
        for column in 1..width {
            let differs = usize::from(one[row - 1] != other[column - 1]);
            let mut least = (rows[row - 1][column - 1] + differs)
                .min(rows[row - 1][column] + 1)
                .min(rows[row][column - 1] + 1);
            let swapped = row > 1
                && column > 1
                && one[row - 1] == other[column - 2]
                && one[row - 2] == other[column - 1];
            if swapped {
                least = least.min(rows[row - 2][column - 2] + 1);
            }
            rows[row][column] = least;
        }
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::{nearest_first, shown};

    #[test]
    fn what_is_near_comes_first_and_all_else_stays_in_its_order() {
        let known = ["event", "fault", "operation", "times"];
        assert_eq!(nearest_first("operatoin", &known)[0], "operation");
        assert_eq!(
            nearest_first("Faults", &known),
            ["fault", "event", "operation", "times"]
        );
        assert_eq!(nearest_first("gremlin", &known), known);
        assert_eq!(nearest_first("", &known), known);
        assert_eq!(nearest_first(&"x".repeat(1 << 20), &known), known);
    }

    #[test]
    fn what_is_long_is_shown_in_part() {
        assert_eq!(shown("ñ"), "ñ");
        assert_eq!(shown(&"ñ".repeat(1_000)).chars().count(), 65);
    }
}
