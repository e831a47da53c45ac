//! Search for a concept in a payer's text.

/// Whether `text` has `concept` as a whole token.
///
/// Part of a longer word or of a decimal number is no match: `483920` is not found in `1483920`, `REF483920` or
/// `483920.50`. A wrong match would pay another customer's payment; a missed one is only shown to a person.
pub(super) fn names(text: &str, concept: &str) -> bool {
    !concept.is_empty()
        && text.match_indices(concept).any(|(start, found)| {
            let (before, after) = (&text[..start], &text[start + found.len()..]);
            is_boundary(before.chars().rev()) && is_boundary(after.chars())
        })
}

/// Whether a token may end here; `outwards` are the characters from the concept away.
fn is_boundary(mut outwards: impl Iterator<Item = char>) -> bool {
    match outwards.next() {
        None => true,
        // A point or comma ends a sentence, unless a digit follows: then it is a decimal or thousands separator.
        Some('.' | ',') => !outwards.next().is_some_and(char::is_numeric),
        Some(next) => !next.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn concept_is_found_among_words() {
        for text in [
            "483920",
            "Pago 483920 gracias",
            "concepto:483920.",
            "(483920)",
            "Ref.483920, ADA",
            "A-483920/1",
        ] {
            assert!(names(text, "483920"), "{text}");
        }
    }

    #[test]
    fn concept_in_longer_token_is_not_found() {
        for text in [
            "",
            "48392",
            "1483920",
            "4839201",
            "REF483920",
            "48 39 20",
            "483920.50",
            "1,483920",
            "ñ483920",
        ] {
            assert!(!names(text, "483920"), "{text}");
        }
    }

    #[test]
    fn later_whole_token_counts() {
        assert!(names("X483920 483920", "483920"));
    }

    #[test]
    fn empty_concept_is_never_found() {
        assert!(!names("", "") && !names("anything", ""));
    }

    proptest! {
        #[test]
        fn number_between_spaces_is_found(
            before in "\\PC{0,20}", number in 1_u64.., after in "\\PC{0,20}",
        ) {
            let text = format!("{before} {number} {after}");
            prop_assert!(names(&text, &number.to_string()));
        }

        #[test]
        fn adjacent_digit_or_letter_prevents_match(number in 1_u64.., neighbour in "[0-9A-Za-zñ]") {
            let concept = number.to_string();
            for text in [format!("{neighbour}{number}"), format!("{number}{neighbour}")] {
                prop_assert!(!names(&text, &concept), "{}", text);
            }
        }

        #[test]
        fn search_never_panics(text in "\\PC{0,40}", concept in "\\PC{0,6}") {
            let found = names(&text, &concept);
            prop_assert!(!found || text.contains(&concept));
        }
    }
}
