//! Texts in one form: capitals without accents.

use unicode_normalization::char::decompose_compatible;

/// Appends `text` to `folded` in capitals without accents, up to `limit` bytes; whether the whole text fitted.
///
/// `ñ` becomes `N`, `ß` becomes `SS`, `ü` becomes `U`, whether composed or not. Letters of other scripts stay.
pub(super) fn fold(text: &str, limit: usize, folded: &mut String) -> bool {
    let start = folded.len();
    if text.is_ascii() && text.len() + 4 <= limit {
        folded.push_str(text);
        folded[start..].make_ascii_uppercase();
        return true;
    }
    for c in text.chars() {
        if folded.len() - start + 4 > limit {
            return false;
        }
        if c.is_ascii() {
            folded.push(c.to_ascii_uppercase());
        } else {
            fold_char(c, folded);
        }
    }
    true
}

fn fold_char(c: char, folded: &mut String) {
    match c {
        // Invisible: banks and word processors leave them inside words.
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
        // These have no decomposition.
        'ß' | 'ẞ' => folded.push_str("SS"),
        'ø' | 'Ø' => folded.push('O'),
        'æ' | 'Æ' => folded.push_str("AE"),
        'œ' | 'Œ' => folded.push_str("OE"),
        'ł' | 'Ł' => folded.push('L'),
        'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('D'),
        'ı' => folded.push('I'),
        'þ' | 'Þ' => folded.push_str("TH"),
        _ => decompose_compatible(c, |part| {
            if !unicode_normalization::char::is_combining_mark(part) {
                folded.extend(part.to_uppercase());
            }
        }),
    }
}

/// The letters and digits of a folded text, joined.
pub(super) fn joined(folded: &str) -> impl Iterator<Item = char> + '_ {
    folded.chars().filter(|c| c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        assert!(fold(text, 1000, &mut out));
        out
    }

    #[test]
    fn accents_are_dropped_in_both_forms() {
        assert_eq!(folded("Nuñez Müller Straße Ço"), "NUNEZ MULLER STRASSE CO");
        assert_eq!(folded("Nun\u{303}ez"), "NUNEZ");
        assert_eq!(folded("４８２\u{a0}nº"), "482 NO");
    }

    #[test]
    fn long_text_is_cut_and_told() {
        let mut out = String::new();
        assert!(!fold(&"é".repeat(100), 20, &mut out));
        assert!(out.len() <= 20);
    }
}
