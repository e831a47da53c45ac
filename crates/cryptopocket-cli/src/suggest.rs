//! Spelling suggestions for words that may be new or mistyped.

use crate::failure::Failure;
use crate::output;

/// A word that this version does not know. The provider may.
pub(crate) struct Doubt {
    message: String,
    known: String,
    nearest: Option<String>,
}

/// The doubt about `word`, given to `flag`; `None` if it is one of `known`.
pub(crate) fn doubt<W: AsRef<str>>(flag: &str, word: &W, known: &[W]) -> Option<Doubt> {
    let word = word.as_ref();
    let known: Vec<_> = known.iter().map(AsRef::as_ref).collect();
    if known.contains(&word) {
        return None;
    }
    let mut listed = format!("Known are {}.", known.join(", "));
    let nearest = nearest(word, &known);
    if let Some(nearest) = nearest {
        listed = format!("Did you mean {nearest}? {listed}");
    }
    Some(Doubt {
        message: format!("{flag}: this version does not know {word}"),
        known: listed,
        nearest: nearest.map(str::to_owned),
    })
}

/// Warns of an unknown word. For words that do no harm if they are wrong, or that the provider refuses. An empty one is
/// refused by the SDK.
pub(crate) fn warn_if_unknown<W: AsRef<str>>(flag: &str, word: &W, known: &[W]) {
    if let Some(doubt) = doubt(flag, word, known).filter(|_| !word.as_ref().is_empty()) {
        doubt.warn();
    }
}

/// Warns of an unknown word that is near a known one. For words of which the provider has more than this version knows.
pub(crate) fn warn_if_near<W: AsRef<str>>(flag: &str, word: &W, known: &[W]) {
    if let Some(doubt) = doubt(flag, word, known).filter(|doubt| doubt.nearest.is_some()) {
        doubt.warn();
    }
}

impl Doubt {
    fn warn(&self) {
        output::warn(&format!("{}. {}", self.message, self.known));
    }

    /// The question after the nearest known word, if one is near.
    pub(crate) fn question(&self) -> Option<String> {
        let nearest = self.nearest.as_ref()?;
        Some(format!("Did you mean {nearest}?"))
    }

    /// Refuses the word. For words that do harm if they are wrong; `permit` says how to insist.
    pub(crate) fn refuse(self, permit: &str) -> Failure {
        Failure::usage(self.message, format!("{} {permit}", self.known).trim_end())
    }
}

/// The known word that `word` begins, or that differs from it in at most a third of its letters.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase();
    let distance = |candidate: &str| {
        let candidate = candidate.to_ascii_lowercase();
        if word.len() > 2 && candidate.starts_with(&word) {
            return Some(0);
        }
        let edits = strsim::damerau_levenshtein(&word, &candidate);
        (edits <= candidate.len() / 3).then_some(edits)
    };
    known
        .iter()
        .filter_map(|candidate| Some((distance(candidate)?, *candidate)))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use cryptopocket::PaymentStatus;

    use super::*;

    fn hint(word: &str) -> Option<String> {
        let doubt = doubt("--until", &PaymentStatus::from(word), PaymentStatus::ALL)?;
        Some(doubt.refuse("Insist.").hint.clone())
    }

    #[test]
    fn nearest_word_is_named_in_any_case() {
        let known = "Known are started, pending_bank, payment_received, coins_sent. Insist.";
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
