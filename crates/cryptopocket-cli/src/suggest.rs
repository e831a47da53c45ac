//! Spelling suggestions for words that may be new or mistyped.

use crate::failure::Failure;
use crate::output;

/// The failure for a `word`, given to `flag`, that is none of `known`. The provider may know it.
pub(crate) fn doubt<W: AsRef<str>>(flag: &str, word: &W, known: &[W]) -> Option<Failure> {
    let word = word.as_ref();
    let known: Vec<_> = known.iter().map(AsRef::as_ref).collect();
    if known.contains(&word) {
        return None;
    }
    let question = question(word, &known).map_or_else(String::new, |question| format!("{question} "));
    let hint = format!("{question}Known are {}.", known.join(", "));
    Some(Failure::usage(
        format!("{flag}: this version does not know {word}"),
        hint,
    ))
}

/// Warns of an unknown word. For words that do no harm if they are wrong, or that the provider refuses. An empty one is
/// refused by the SDK.
pub(crate) fn warn_if_unknown<W: AsRef<str>>(flag: &str, word: &W, known: &[W]) {
    if let Some(doubt) = doubt(flag, word, known).filter(|_| !word.as_ref().is_empty()) {
        output::warn(&format!("{}. {}", doubt.message, doubt.hint));
    }
}

/// Warns of an unknown word that is near a known one. For words of which the provider has more than this version knows.
pub(crate) fn warn_if_near<W: AsRef<str>>(flag: &str, word: &W, known: &[W]) {
    if question(word.as_ref(), known).is_some() {
        warn_if_unknown(flag, word, known);
    }
}

/// The question after the known word that `word` begins, or that differs from it in at most a third of its letters.
pub(crate) fn question<W: AsRef<str>>(word: &str, known: &[W]) -> Option<String> {
    let word = word.to_ascii_lowercase();
    let distance = |candidate: &str| {
        let candidate = candidate.to_ascii_lowercase();
        if word.len() > 2 && candidate.starts_with(&word) {
            return Some(0);
        }
        let edits = strsim::damerau_levenshtein(&word, &candidate);
        (edits <= candidate.len() / 3).then_some(edits)
    };
    let near = known.iter().map(AsRef::as_ref);
    let near = near.filter_map(|candidate| Some((distance(candidate)?, candidate)));
    let (_, nearest) = near.min_by_key(|(edits, _)| *edits)?;
    Some(format!("Did you mean {nearest}?"))
}

#[cfg(test)]
mod tests {
    use cryptopocket::PaymentStatus;

    use super::*;

    fn hint(word: &str) -> Option<String> {
        let doubt = doubt("--until", &PaymentStatus::from(word), PaymentStatus::ALL)?;
        Some(doubt.hint.clone())
    }

    #[test]
    fn nearest_word_is_named_in_any_case() {
        let known = "Known are started, pending_bank, payment_received, coins_sent.";
        for (word, nearest) in [
            ("coins_snet", "coins_sent"),
            ("COINS_SENT", "coins_sent"),
            ("pending", "pending_bank"),
        ] {
            assert_eq!(
                hint(word).as_deref(),
                Some(format!("Did you mean {nearest}? {known}").as_str())
            );
        }
        assert_eq!(hint("xyzzy").as_deref(), Some(known));
        assert_eq!(hint("coins_sent"), None);
    }
}
