//! Words that stay open: the provider may have one that this version does not know, and a typo looks just like it.

use crate::failure::Failure;
use crate::output;

/// A word that this version does not know.
pub(crate) struct Doubt {
    message: String,
    known: String,
    is_near: bool,
}

/// What is to be said of the `word` given to `flag`, unless it is one of the `known`.
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
        is_near: nearest.is_some(),
    })
}

impl Doubt {
    /// For a word that does little harm if it is wrong, or that the provider would refuse.
    pub(crate) fn warn(&self) {
        output::warn(&format!("{}. {}", self.message, self.known));
    }

    /// For a word of a list that is known to have more: only one that looks mistyped is pointed out.
    pub(crate) fn warn_if_near(&self) {
        if self.is_near {
            self.warn();
        }
    }

    /// For a word that would do harm if it is wrong. `permit` says how to insist on it.
    pub(crate) fn refuse(self, permit: &str) -> Failure {
        Failure::usage(self.message, format!("{} {permit}", self.known))
    }
}

/// The known word that `word` begins, or turns into when a third of its letters at most are mended.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase();
    let mends = |candidate: &str| {
        let candidate = candidate.to_ascii_lowercase();
        if word.len() > 2 && candidate.starts_with(&word) {
            return Some(0);
        }
        let mends = strsim::damerau_levenshtein(&word, &candidate);
        (mends <= candidate.len() / 3).then_some(mends)
    };
    known
        .iter()
        .filter_map(|candidate| Some((mends(candidate)?, *candidate)))
        .min_by_key(|(mends, _)| *mends)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use cryptopocket::PaymentStatus;

    use super::*;

    fn said(word: &str) -> Option<String> {
        let doubt = doubt("--until", &PaymentStatus::from(word), PaymentStatus::ALL)?;
        Some(doubt.refuse("Insist.").hint().to_owned())
    }

    #[test]
    fn the_nearest_word_is_named_whatever_its_case_and_none_where_none_is_near() {
        let known = "Known are started, pending_bank, payment_received, coins_sent. Insist.";
        for (word, nearest) in [
            ("coins_snet", "coins_sent"),
            ("COINS_SENT", "coins_sent"),
            ("pending", "pending_bank"),
        ] {
            assert_eq!(
                said(word).as_deref(),
                Some(format!("Did you mean {nearest}? {known}").as_str())
            );
        }
        assert_eq!(said("xyzzy").as_deref(), Some(known));
        assert_eq!(said("coins_sent"), None);
    }
}
