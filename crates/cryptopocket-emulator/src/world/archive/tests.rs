use super::{Archive, Packer, Record, Unpacker};
use crate::moment::Moment;
use crate::wire::Page;

#[derive(Clone, Debug, PartialEq)]
struct Item {
    id: String,
    number: i64,
    label: String,
}

impl Record for Item {
    fn id(&self) -> &str {
        &self.id
    }

    fn made_at(&self) -> Moment {
        Moment::from_micros(self.number)
    }

    fn alias(&self) -> Option<&str> {
        (self.number % 3 == 0).then_some("third")
    }

    fn label(&self) -> Option<&str> {
        Some(&self.label)
    }

    fn packed_alias(from: &mut Unpacker<'_>) -> Option<String> {
        from.maybe_text()
    }

    fn pack(&self, into: &mut Packer) {
        into.maybe_text(self.alias());
        into.text(&self.label);
    }

    fn unpack(id: String, made_at: Moment, from: &mut Unpacker<'_>) -> Self {
        from.maybe_text();
        let (number, label) = (made_at.micros(), from.text());
        Self { id, number, label }
    }
}

#[test]
fn many_aliases_are_told_apart() {
    let mut archive = Archive::default();
    for number in 1..=3_000 {
        let label = format!("alias {}", number % 700);
        archive.push(&Named(number, label));
    }
    for name in 0..700 {
        let found = archive
            .named(&format!("alias {name}"), None, &(0..3_000), (1, 9))
            .items;
        assert!((4..=5).contains(&found.len()), "{name}: {}", found.len());
        assert!(found.iter().all(|one| one.0 % 700 == name));
    }
}

#[derive(Clone, Debug)]
struct Named(i64, String);

impl Record for Named {
    fn id(&self) -> &'static str {
        // Not looked up here.
        ""
    }

    fn made_at(&self) -> Moment {
        Moment::from_micros(self.0)
    }

    fn alias(&self) -> Option<&str> {
        Some(&self.1)
    }

    fn packed_alias(from: &mut Unpacker<'_>) -> Option<String> {
        from.maybe_text()
    }

    fn pack(&self, into: &mut Packer) {
        into.maybe_text(self.alias());
    }

    fn unpack(_: String, made_at: Moment, from: &mut Unpacker<'_>) -> Self {
        Self(made_at.micros(), from.text())
    }
}

fn archive(size: i64) -> Archive<Item> {
    let mut archive = Archive::default();
    for number in 1..=size {
        let label = if number % 2 == 0 { "even" } else { "odd" }.to_owned();
        archive.push(&Item {
            id: format!("item-{number}"),
            number,
            label,
        });
    }
    archive
}

fn numbers(page: &Page<std::borrow::Cow<'_, Item>>) -> Vec<i64> {
    page.items.iter().map(|item| item.number).collect()
}

#[test]
fn entries_are_found_by_their_id_and_nothing_else_is() {
    let archive = archive(2_000);
    let found = |number: i64| archive.get(&format!("item-{number}")).map(|item| item.number);
    assert!((1..=2_000).all(|number| found(number) == Some(number)));
    assert_eq!((found(2_001), archive.holds("item-1")), (None, true));
}

#[test]
fn pages_run_from_the_newest_to_the_oldest() {
    let archive = archive(7);
    assert_eq!(numbers(&archive.page(0..7, (1, 3))), [7, 6, 5]);
    assert_eq!(numbers(&archive.page(0..7, (3, 3))), [1]);
    assert!(numbers(&archive.page(0..7, (usize::MAX, 3))).is_empty());
}

#[test]
fn a_label_finds_what_has_it_now() {
    let mut archive = archive(7);
    let page = archive.labelled("odd", &(0..7), (2, 2));
    assert_eq!((numbers(&page), page.total), (vec![3, 1], 4));
    "even".clone_into(&mut archive.get_mut("item-3").unwrap().label);
    assert_eq!(archive.get("item-3").unwrap().label, "even");
    assert_eq!(numbers(&archive.labelled("odd", &(0..7), (1, 9))), [7, 5, 1]);
    assert_eq!(numbers(&archive.labelled("even", &(1..6), (1, 9))), [6, 4, 3, 2]);
    assert_eq!(archive.labelled("none", &(0..7), (1, 9)).total, 0);
    assert!(archive.labelled("odd", &(0..7), (usize::MAX, 9)).items.is_empty());
}

#[test]
fn however_many_are_changed_none_of_the_changes_is_lost() {
    let mut archive = archive(1_000);
    for number in 1..=1_000 {
        let label = format!("label {number}");
        archive.get_mut(&format!("item-{number}")).unwrap().label = label;
    }
    let label = |number: i64| archive.get(&format!("item-{number}")).unwrap().label.clone();
    assert!((1..=1_000).all(|number| label(number) == format!("label {number}")));
}

#[test]
fn an_alias_finds_all_that_share_it() {
    let archive = archive(10);
    let page = archive.named("third", None, &(0..10), (1, 2));
    assert_eq!((numbers(&page), page.total), (vec![9, 6], 3));
    assert_eq!(
        numbers(&archive.named("third", Some("odd"), &(0..10), (1, 9))),
        [9, 3]
    );
    assert_eq!(numbers(&archive.named("third", None, &(3..8), (1, 9))), [6]);
    assert_eq!(archive.named("fourth", None, &(0..10), (1, 9)).total, 0);
}

#[test]
fn a_span_of_time_begins_with_its_first_moment_and_ends_before_its_last() {
    let archive = archive(7);
    let at = |number| Some(Moment::from_micros(number));
    assert_eq!(archive.span(at(3), at(5)), 2..4);
    assert_eq!(archive.span(None, at(2)), 0..1);
    assert!(archive.span(at(9), at(2)).is_empty());
}
