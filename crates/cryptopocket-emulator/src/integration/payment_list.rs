//! Payments with indexes for the filters of a list, so that a page of a long list costs what it shows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use crate::moment::Period;
use crate::records::Payment;
use crate::table::{Page, Table};

type Index = BTreeMap<String, BTreeSet<usize>>;

/// Payments in the order of their creation, found by id, external id and status.
#[derive(Debug, Default)]
pub struct PaymentList {
    table: Table<String, Payment>,
    by_external_id: Index,
    by_status: Index,
}

/// Reads go to the table.
impl Deref for PaymentList {
    type Target = Table<String, Payment>;

    fn deref(&self) -> &Table<String, Payment> {
        &self.table
    }
}

impl PaymentList {
    pub(crate) fn insert(&mut self, payment: Payment) -> &Payment {
        let index = self.table.len();
        if let Some(external_id) = payment.external_id.clone() {
            self.by_external_id.entry(external_id).or_default().insert(index);
        }
        self.by_status
            .entry(payment.status.clone())
            .or_default()
            .insert(index);
        self.table.insert(payment.id.clone(), payment)
    }

    /// A payment to change. Its id and external id stay, and its status is set by [`PaymentList::set_status`].
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Payment> {
        self.table.get_mut(id)
    }

    pub(crate) fn set_status(&mut self, id: &str, status: &str) {
        let index = self.table.index_of(id);
        let (Some(index), Some(payment)) = (index, self.table.get_mut(id)) else {
            return;
        };
        if let Some(indexes) = self.by_status.get_mut(&payment.status) {
            indexes.remove(&index);
        }
        self.by_status.entry(status.to_owned()).or_default().insert(index);
        status.clone_into(&mut payment.status);
    }

    /// The ids of the payments with this name: the one with this id, or else those with this external id.
    pub(crate) fn named(&self, name: &str) -> Vec<&str> {
        if let Some(payment) = self.get(name) {
            return vec![&payment.id];
        }
        let indexes = self.by_external_id.get(name).into_iter().flatten();
        indexes
            .filter_map(|index| self.at(*index))
            .map(|payment| payment.id.as_str())
            .collect()
    }

    /// A page of the payments that pass the filters, newest first.
    pub(crate) fn page(
        &self,
        page: (usize, usize),
        period: Period,
        external_id: Option<&str>,
        status: Option<&str>,
    ) -> Page<'_, Payment> {
        let span = self.span(period, |payment| payment.created_at);
        let (index, key) = match (external_id, status) {
            (None, None) => return self.table.page(page, span.len(), span),
            (None, Some(status)) => (&self.by_status, status),
            (Some(external_id), _) => (&self.by_external_id, external_id),
        };
        let Some(indexes) = index.get(key) else {
            return self.table.page(page, 0, 0..0);
        };
        let is_shown = |index: &usize| {
            external_id.is_none()
                || status.is_none_or(|status| self.at(*index).is_some_and(|payment| payment.status == status))
        };
        let shown = || indexes.range(span.clone()).copied().filter(is_shown);
        // Counting walks over the whole index, so it is spared where the index has the number.
        let is_whole = external_id.is_none() && span == (0..self.table.len());
        let total = if is_whole { indexes.len() } else { shown().count() };
        self.table.page(page, total, shown())
    }
}

#[cfg(test)]
mod tests {
    use super::PaymentList;
    use crate::catalogue::{find_asset, find_method};
    use crate::moment::{Moment, Period};
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
                fiat: "EUR".to_owned(),
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
        span: std::ops::Range<i64>,
        page: (usize, usize),
    ) -> (Vec<u64>, usize) {
        // Payment number 1 is at index 0 and was created at microsecond 1.
        let bound = |index: i64| Some(Moment::from_micros(index + 1));
        let period = Period {
            from: bound(span.start),
            until: bound(span.end),
        };
        let page = list.page(page, period, external_id, status);
        (page.items.iter().map(|one| one.user).collect(), page.total)
    }

    #[test]
    fn status_filter_follows_changes() {
        let mut list = list(7);
        assert_eq!(page(&list, (None, Some("odd")), 0..7, (2, 2)), (vec![3, 1], 4));
        list.set_status("item-3", "even");
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
        assert_eq!(list.named("third").len(), 3);
        assert_eq!(list.named("item-1"), ["item-1"]);
    }
}
