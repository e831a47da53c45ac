//! Payments by id, with indexes for the filters of a listing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::changes::ChangedNames;
use crate::moment::Moment;
use crate::records::Payment;
use crate::table::Table;
use crate::wire::Page;

/// Payments in the order of their creation, found by id, external id and status.
#[derive(Debug, Default)]
pub struct PaymentList {
    table: Table<String, Payment>,
    by_external_id: BTreeMap<String, BTreeSet<usize>>,
    by_status: BTreeMap<String, BTreeSet<usize>>,
}

impl PaymentList {
    pub(crate) fn track(&mut self, names: &ChangedNames, group: String) {
        self.table.track(names, group);
    }

    pub(crate) fn insert(&mut self, payment: Payment) {
        let index = self.table.len();
        if let Some(external_id) = payment.external_id.clone() {
            self.by_external_id.entry(external_id).or_default().insert(index);
        }
        self.by_status
            .entry(payment.status.clone())
            .or_default()
            .insert(index);
        self.table.insert(payment.id.clone(), payment);
    }

    /// The payment with this id.
    pub fn get(&self, id: &str) -> Option<&Payment> {
        self.table.get(id)
    }

    /// The payment that was created as number `index`, counted from 0.
    pub fn at(&self, index: usize) -> Option<&Payment> {
        self.table.at(index)
    }

    /// How many payments there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// All payments, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Payment> + ExactSizeIterator {
        self.table.iter()
    }

    pub(crate) fn named(&self) -> impl Iterator<Item = (String, &Payment)> {
        self.table.named()
    }

    /// Changes a payment. The id and the external id never change.
    pub(crate) fn update<T>(&mut self, id: &str, change: impl FnOnce(&mut Payment) -> T) -> Option<T> {
        let index = self.table.index_of(id)?;
        let payment = self.table.get_mut(id)?;
        let before = payment.status.clone();
        let result = change(payment);
        if payment.status != before {
            let after = payment.status.clone();
            if let Some(indexes) = self.by_status.get_mut(&before) {
                indexes.remove(&index);
            }
            self.by_status.entry(after).or_default().insert(index);
        }
        Some(result)
    }

    /// The ids of payments called `name`: the one with this id, or else those with this external id.
    pub(crate) fn called(&self, name: &str) -> Vec<&str> {
        if let Some(payment) = self.get(name) {
            return vec![&payment.id];
        }
        let indexes = self.by_external_id.get(name).into_iter().flatten();
        indexes
            .filter_map(|index| self.at(*index))
            .map(|payment| payment.id.as_str())
            .collect()
    }

    pub(crate) fn span(&self, from: Option<Moment>, until: Option<Moment>) -> Range<usize> {
        self.table.span(from, until, |payment| payment.created_at)
    }

    /// A page of the payments that pass the filters, newest first.
    pub(crate) fn page(
        &self,
        span: Range<usize>,
        external_id: Option<&str>,
        status: Option<&str>,
        page: (usize, usize),
    ) -> Page<&Payment> {
        let nothing = BTreeSet::new();
        let found = |index: &BTreeMap<String, BTreeSet<usize>>, key: &str| -> Vec<usize> {
            index
                .get(key)
                .unwrap_or(&nothing)
                .range(span.clone())
                .copied()
                .collect()
        };
        let indexes = match (external_id, status) {
            (None, None) => return self.table.page(span.len(), span, page),
            (None, Some(status)) => found(&self.by_status, status),
            (Some(external_id), None) => found(&self.by_external_id, external_id),
            (Some(external_id), Some(status)) => {
                let mut indexes = found(&self.by_external_id, external_id);
                indexes.retain(|index| self.at(*index).is_some_and(|payment| payment.status == status));
                indexes
            }
        };
        self.table.page(indexes.len(), indexes.into_iter(), page)
    }
}

#[cfg(test)]
mod tests {
    use super::PaymentList;
    use crate::catalogue::{find_asset, find_method};
    use crate::moment::Moment;
    use crate::records::Payment;
    use cryptopocket_types::Decimal;

    fn list(size: u64) -> PaymentList {
        let mut list = PaymentList::default();
        for number in 1..=size {
            list.insert(Payment {
                id: format!("item-{number}"),
                external_id: number.is_multiple_of(3).then(|| "third".to_owned()),
                user: number,
                guided: false,
                method: find_method("card").unwrap(),
                status: if number.is_multiple_of(2) { "even" } else { "odd" }.to_owned(),
                fiat_amount: Decimal::ONE,
                fiat: "EUR",
                asset: find_asset("USDC", "polygon").unwrap(),
                coin_amount: Decimal::ONE,
                wallet: None,
                holder: None,
                txid: None,
                concept: None,
                callback_url: None,
                created_at: Moment::from_micros(i64::try_from(number).unwrap()),
            });
        }
        list
    }

    /// The numbers on a page and the total.
    fn page(
        list: &PaymentList,
        (external_id, status): (Option<&str>, Option<&str>),
        span: std::ops::Range<usize>,
        page: (usize, usize),
    ) -> (Vec<u64>, usize) {
        let page = list.page(span, external_id, status, page);
        (page.items.iter().map(|one| one.user).collect(), page.total)
    }

    #[test]
    fn status_filter_follows_changes() {
        let mut list = list(7);
        assert_eq!(page(&list, (None, Some("odd")), 0..7, (2, 2)), (vec![3, 1], 4));
        list.update("item-3", |payment| "even".clone_into(&mut payment.status));
        assert_eq!(list.get("item-3").unwrap().status, "even");
        assert_eq!(page(&list, (None, Some("odd")), 0..7, (1, 9)).0, [7, 5, 1]);
        assert_eq!(page(&list, (None, Some("even")), 1..6, (1, 9)).0, [6, 4, 3, 2]);
        assert_eq!(page(&list, (None, Some("none")), 0..7, (1, 9)).1, 0);
        assert!(
            page(&list, (None, Some("odd")), 0..7, (usize::MAX, 9))
                .0
                .is_empty()
        );
    }

    #[test]
    fn external_id_filter_finds_all_that_share_it() {
        let list = list(10);
        assert_eq!(page(&list, (Some("third"), None), 0..10, (1, 2)), (vec![9, 6], 3));
        assert_eq!(page(&list, (Some("third"), Some("odd")), 0..10, (1, 9)).0, [9, 3]);
        assert_eq!(page(&list, (Some("third"), None), 3..8, (1, 9)).0, [6]);
        assert_eq!(page(&list, (Some("fourth"), None), 0..10, (1, 9)).1, 0);
        assert_eq!(list.called("third").len(), 3);
        assert_eq!(list.called("item-1"), ["item-1"]);
    }
}
