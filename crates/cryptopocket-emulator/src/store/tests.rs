use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use proptest::sample::Index;
use serde::{Deserialize, Serialize};

use super::{OrderedMap, Record, Store as _, Table};
use crate::moment::Moment;

impl Record for usize {}

fn table(size: usize) -> Table<String, usize> {
    let mut table = Table::default();
    for number in 1..=size {
        table.insert(format!("item-{number}"), number);
    }
    table
}

fn page(table: &Table<String, usize>, page: (usize, usize)) -> Vec<usize> {
    table.page_of_all(page).items.into_iter().copied().collect()
}

#[test]
fn pages_run_newest_to_oldest() {
    let table = table(7);
    assert_eq!(page(&table, (1, 3)), [7, 6, 5]);
    assert_eq!(page(&table, (3, 3)), [1]);
    assert!(page(&table, (usize::MAX, 3)).is_empty());
}

#[test]
fn span_includes_first_moment_and_excludes_last() {
    let table = table(7);
    let at = Moment::from_micros;
    let made_at = |number: &usize| Moment::from_micros(i64::try_from(*number).unwrap());
    let span = |from, until| table.span(&(from..until), made_at);
    assert_eq!(span(at(3), at(5)), 2..4);
    assert_eq!(span(Moment::ALWAYS.start, at(2)), 0..1);
    assert!(span(at(9), at(2)).is_empty());
}

#[test]
fn records_are_found_by_id_only() {
    let table = table(2_000);
    assert!((1..=2_000).all(|number| table.get(&format!("item-{number}")) == Some(&number)));
    assert_eq!(table.get("item-2001"), None);
}

#[test]
fn changed_records_are_reported_once() {
    let mut map = OrderedMap::default();
    map.insert(1_u64, 'a');
    map.track(true);
    map.insert(2, 'b');
    map.insert(3, 'c');
    assert_eq!(map.get(&1), Some(&'a'));
    map.retain(|record| *record != 'b');
    assert!(map.get_mut(&3).is_some());
    let changed: Vec<_> = map
        .records("delivery", true)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(changed, ["delivery/0000000002", "delivery/0000000003"]);
    assert!(map.records("delivery", true).is_empty());
}

thread_local! {
    /// How often this test asked an order by what it is found.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// A record that is found as a payment is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    external_id: Option<u8>,
    status: u8,
    concept: Option<u8>,
}

impl Record for Order {
    fn found_by(&self) -> Vec<(&'static str, String)> {
        ASKED.set(ASKED.get() + 1);
        let external_id = self.external_id.map(|id| ("external_id", id.to_string()));
        let concept = self.concept.map(|concept| ("concept", concept.to_string()));
        let status = ("status", self.status.to_string());
        external_id.into_iter().chain(concept).chain([status]).collect()
    }
}

/// The numbers of the orders on a page, and the total.
fn filtered(
    table: &Table<usize, Order>,
    page: (usize, usize),
    span: Range<usize>,
    (external_id, status): (Option<u8>, Option<u8>),
) -> (Vec<usize>, usize) {
    let values = [("external_id", external_id), ("status", status)];
    let values = values.map(|(name, value)| (name, value.map(|value| value.to_string())));
    let page = table.page_with(page, span, values);
    let number = |order: &&Order| table.values().position(|known| std::ptr::eq(known, *order));
    (page.items.iter().filter_map(number).collect(), page.total)
}

#[test]
fn two_filters_ask_no_record() {
    let mut table = Table::default();
    for number in 0..100 {
        let status = u8::from(number % 2 == 0);
        let order = Order {
            external_id: Some(1),
            status,
            concept: None,
        };
        table.insert(number, order);
    }
    let before = ASKED.get();
    assert_eq!(
        filtered(&table, (1, 2), 0..100, (Some(1), Some(0))),
        (vec![99, 97], 50)
    );
    assert_eq!(filtered(&table, (1, 2), 0..100, (Some(1), Some(2))), (vec![], 0));
    assert_eq!(ASKED.get(), before);
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Order),
    Change(Index, Order),
    /// The table is read again from its state file.
    Restore,
}

fn order() -> impl Strategy<Value = Order> {
    let values = (option::of(0..3_u8), 0..3_u8, option::of(0..3_u8));
    values.prop_map(|(external_id, status, concept)| Order {
        external_id,
        status,
        concept,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => order().prop_map(Step::Insert),
        4 => (proptest::arbitrary::any::<Index>(), order()).prop_map(|(index, order)| Step::Change(index, order)),
        1 => Just(Step::Restore),
    ]
}

proptest! {
    #[test]
    fn table_finds_what_a_scan_finds(
        steps in vec(step(), 0..40),
        (start, length) in (0..10_usize, 0..30_usize),
        page in (1..4_usize, 1..5_usize),
    ) {
        let (mut table, mut plain) = (Table::default(), Vec::<Order>::new());
        let mut file = BTreeMap::<String, String>::new();
        table.track(true);
        for step in steps {
            match step {
                Step::Insert(order) => {
                    table.insert(plain.len(), order.clone());
                    plain.push(order);
                }
                Step::Change(index, order) if !plain.is_empty() => {
                    let index = index.index(plain.len());
                    table.change(&index, |known| *known = order.clone());
                    plain[index] = order;
                }
                Step::Change(..) => {}
                Step::Restore => {
                    table = Table::default();
                    for (number, record) in file.values().enumerate() {
                        table.insert(number, serde_json::from_str(record).unwrap());
                    }
                    table.track(true);
                }
            }
            for (name, record) in table.records("payment/0", true) {
                file.insert(name, record.unwrap());
            }
        }
        assert!(table.values().eq(&plain));
        for value in 0..4_u8 {
            let concept = value.to_string();
            let found = table.found("concept", &concept);
            assert!(found.eq(plain.iter().filter(|order| order.concept == Some(value))));
        }
        let span = start.min(plain.len())..(start + length).min(plain.len());
        let any = [None, Some(0), Some(1), Some(2), Some(3)];
        for filter in any.into_iter().flat_map(|id| any.map(|status| (id, status))) {
            let fits = |order: &Order| {
                filter.0.is_none_or(|id| order.external_id == Some(id))
                    && filter.1.is_none_or(|status| order.status == status)
            };
            let all: Vec<_> = span.clone().rev().filter(|index| fits(&plain[*index])).collect();
            let shown = all.iter().skip((page.0 - 1) * page.1).take(page.1).copied().collect();
            assert_eq!(filtered(&table, page, span.clone(), filter), (shown, all.len()), "{filter:?}");
        }
    }
}
