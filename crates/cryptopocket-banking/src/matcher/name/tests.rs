use proptest::prelude::*;

use super::NameMatch::{CloseMatch, Match, NoMatch, NotApplicable};
use super::*;

fn all(level: NameMatch, pairs: &[(&str, &str)]) {
    for (expected, found) in pairs {
        assert_eq!(NameMatch::of(expected, found), level, "{expected} / {found}");
        assert_eq!(NameMatch::of(found, expected), level, "{found} / {expected}");
    }
}

#[test]
fn same_name_in_other_spelling_matches() {
    all(
        Match,
        &[
            ("José Muñoz García", "GARCIA MUNOZ, JOSE"),
            ("María de los Ángeles Ruiz", "MARIA ANGELES RUIZ"),
            ("Mª Carmen Glez.", "MARIA CARMEN GONZALEZ"),
            ("Müller, Jürgen", "JUERGEN MUELLER"),
            ("Jürgen Großmann", "JURGEN GROSSMANN"),
            ("João da Silva e Souza", "SOUZA SILVA JOAO"),
            ("Hélène L'Écuyer", "HELENE L ECUYER"),
            ("Ludwig van der Heyden", "HEYDEN LUDWIG"),
            ("Sr. Juan Pérez", "PEREZ JUAN"),
        ],
    );
}

#[test]
fn company_forms_are_read_in_every_spelling() {
    all(
        Match,
        &[
            ("Acme Import, S.L.", "ACME IMPORT SL"),
            ("Acme Import S. L. U.", "ACME IMPORT SL"),
            ("Acme S.A. de C.V.", "ACME SA DE CV"),
            ("Bäcker GmbH & Co. KG", "BAECKER GMBH CO KG"),
            ("Construções Lima Ltda.", "CONSTRUCOES LIMA LTDA"),
            ("Acme Import", "ACME IMPORT SL"),
        ],
    );
    all(CloseMatch, &[("Acme Import SL", "Acme Import SA")]);
}

#[test]
fn part_or_slip_of_the_name_is_close() {
    all(
        CloseMatch,
        &[
            ("Ana García López", "ANA GARCIA"),
            ("Ana García López", "A. GARCIA LOPEZ"),
            ("Ana García López", "ANA GRACIA LOPEZ"),
            ("Ana Muñoz López", "ANA MU?OZ LOPEZ"),
            ("Ana García López", "ANA GARCIA LOPEZ Y JUAN RUIZ"),
            ("Ana García López", "ANAGARCIA LOPEZ"),
            (
                "María Fernanda Rodríguez Castellanos",
                "MARIA FERNANDA RODRIGUEZ CASTELL",
            ),
        ],
    );
}

#[test]
fn other_person_does_not_match() {
    all(
        NoMatch,
        &[
            ("Ana García López", "LUIS GARCIA LOPEZ"),
            ("Ana García", "LUIS GARCIA"),
            ("Ana Pérez", "PEREZ"),
            ("Ana Gil", "EVA GIL"),
            ("Carlos Ramos Marín", "CARLA RAMAS MARIN"),
            ("A B", "A C"),
        ],
    );
}

#[test]
fn missing_name_says_nothing() {
    all(NotApplicable, &[("", "ANA"), ("Ana", " - "), ("", "")]);
}

proptest! {
    #[test]
    fn order_of_words_never_matters(words in prop::collection::vec("[A-Zñ]{6,9}", 2..5)) {
        let mut reversed = words.clone();
        reversed.reverse();
        prop_assert_eq!(NameMatch::of(&words.join(" "), &reversed.join(" ")), Match);
    }

    #[test]
    fn comparison_is_symmetric(a in "[A-D]{1,3}( [A-D]{1,6}){0,3}", b in "[A-D]{1,3}( [A-D]{1,6}){0,3}") {
        prop_assert_eq!(NameMatch::of(&a, &b), NameMatch::of(&b, &a));
    }

    #[test]
    fn any_text_is_compared(a in "\\PC{0,40}", b in "\\PC{0,40}") {
        NameMatch::of(&a, &b);
    }
}
