//! Whether a free text names a concept.

/// Whether `concept` stands in `text` as a whole token: not inside a longer word or number, and not as a
/// part of a decimal number, so that `483920` is not found in `1483920`, `REF483920` or `483920.50`.
pub(super) fn names(text: &str, concept: &str) -> bool {
    !concept.is_empty()
        && text.match_indices(concept).any(|(start, found)| {
            let (before, after) = (&text[..start], &text[start + found.len()..]);
            is_boundary(before.chars().rev()) && is_boundary(after.chars())
        })
}

/// Looks outwards from an end of the concept.
fn is_boundary(mut outwards: impl Iterator<Item = char>) -> bool {
    match outwards.next() {
        None => true,
        Some('.' | ',') => !outwards.next().is_some_and(char::is_numeric),
        Some(next) => !next.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_concept_is_found_among_other_words() {
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
    fn a_concept_inside_something_longer_is_not_found() {
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
    fn a_later_whole_token_counts_though_an_earlier_one_is_part_of_a_word() {
        assert!(names("X483920 483920", "483920"));
    }

    #[test]
    fn an_empty_concept_is_never_found() {
        assert!(!names("", "") && !names("anything", ""));
    }

    proptest! {
        #[test]
        fn a_number_between_spaces_is_found_in_any_text(
            before in "\\PC{0,20}", number in 1_u64.., after in "\\PC{0,20}",
        ) {
            let text = format!("{before} {number} {after}");
            prop_assert!(names(&text, &number.to_string()));
        }

        #[test]
        fn a_digit_or_letter_at_either_side_hides_a_number(number in 1_u64.., neighbour in "[0-9A-Za-zñ]") {
            let concept = number.to_string();
            for text in [format!("{neighbour}{number}"), format!("{number}{neighbour}")] {
                prop_assert!(!names(&text, &concept), "{}", text);
            }
        }

        #[test]
        fn any_text_is_searched_without_panicking(text in "\\PC{0,40}", concept in "\\PC{0,6}") {
            let found = names(&text, &concept);
            prop_assert!(!found || text.contains(&concept));
        }
    }
}
