//! Spelling suggestions for unknown words, and texts shortened for messages.

use strsim::osa_distance;

/// Longer texts are shortened in messages, and get no suggestion.
const LONGEST: usize = 64;

/// `known` with the words nearest to `text` first; the others keep their order.
fn nearest_first<'a>(text: &str, known: &[&'a str]) -> Vec<&'a str> {
    let mut known = known.to_vec();
    if text.len() <= LONGEST {
        let text = text.to_lowercase();
        known.sort_by_key(|word| {
            let word = word.to_lowercase();
            let distance = osa_distance(&text, &word);
            let near = distance <= text.len().max(word.len()) / 3;
            if near { distance } else { usize::MAX }
        });
    }
    known
}

/// The cure for a word that is not one of `known`, likely ones first.
pub fn use_one_of(text: &str, known: &[&str]) -> String {
    format!("use one of {}", nearest_first(text, known).join(", "))
}

/// A text of any length, shortened for a message.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest_first, shortened};

    #[test]
    fn near_words_come_first() {
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
    fn long_text_is_shortened() {
        assert_eq!(shortened("ñ"), "ñ");
        assert_eq!(shortened(&"ñ".repeat(1_000)).chars().count(), 65);
    }
}
