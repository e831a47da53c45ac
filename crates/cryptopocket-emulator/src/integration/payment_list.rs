//! Payments with indexes for the filters of a list, so that a page of a long list costs what it shows.

use std::collections::{BTreeMap, VecDeque};
use std::ops::{Deref, Range};

use crate::moment::Moment;
use crate::records::Payment;
use crate::store::{Page, Table};

/// The indexes of payments by a text that they have, ascending. A deep page is reached without a walk over those before
/// it, and what changes is most often near an end.
type Index = BTreeMap<String, VecDeque<usize>>;

fn add(index: &mut Index, text: &str, payment: usize) {
    let payments = index.entry(text.to_owned()).or_default();
    payments.insert(payments.partition_point(|known| *known < payment), payment);
}

/// Payments in the order of their creation, found by id, external id and status.
#[derive(Debug, Default)]
pub struct PaymentList {
    table: Table<String, Payment>,
    by_external_id: Index,
    by_status: Index,
    by_concept: BTreeMap<u64, usize>,
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
        if let Some(external_id) = &payment.external_id {
            add(&mut self.by_external_id, external_id, index);
        }
        add(&mut self.by_status, &payment.status, index);
        self.by_concept
            .extend(payment.concept.map(|concept| (concept, index)));
        self.table.insert(payment.id.clone(), payment)
    }

    /// A payment to change. Its id and external id stay; its status and its concept have setters.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Payment> {
        self.table.get_mut(id)
    }

    pub(crate) fn set_status(&mut self, id: &str, status: &str) {
        let index = self.table.get_index_of(id);
        let (Some(index), Some(payment)) = (index, self.table.get_mut(id)) else {
            return;
        };
        if let Some(payments) = self.by_status.get_mut(&payment.status)
            && let Ok(place) = payments.binary_search(&index)
        {
            payments.remove(place);
        }
        add(&mut self.by_status, status, index);
        status.clone_into(&mut payment.status);
    }

    /// Gives a payment the concept that its transfer has to carry.
    pub(crate) fn set_concept(&mut self, id: &str, concept: u64) {
        if let Some((index, payment)) = self.table.get_index_of(id).zip(self.table.get_mut(id)) {
            payment.concept = Some(concept);
            self.by_concept.insert(concept, index);
        }
    }

    /// The payment whose transfer has to carry this concept.
    pub fn with_concept(&self, concept: u64) -> Option<&Payment> {
        self.by_concept.get(&concept).map(|index| &self[*index])
    }

    /// The ids of the payments with this name: the one with this id, or else those with this external id.
    pub(crate) fn named(&self, name: &str) -> Vec<&str> {
        if let Some(payment) = self.get(name) {
            return vec![&payment.id];
        }
        let indexes = self.by_external_id.get(name).into_iter().flatten();
        indexes.map(|index| self[*index].id.as_str()).collect()
    }

    /// A page of the payments that pass the filters, newest first.
    pub(crate) fn page(
        &self,
        page: (usize, usize),
        period: &Range<Moment>,
        external_id: Option<&str>,
        status: Option<&str>,
    ) -> Page<'_, Payment> {
        let span = self.span(period, |payment| payment.created_at);
        let (index, key) = match (external_id, status) {
            (None, None) => return self.table.page(page, span),
            (None, Some(status)) => (&self.by_status, status),
            (Some(external_id), _) => (&self.by_external_id, external_id),
        };
        let Some(indexes) = index.get(key) else {
            return self.table.page(page, 0..0);
        };
        let place = |bound: usize| indexes.partition_point(|index| *index < bound);
        let found = indexes.range(place(span.start)..place(span.end)).copied();
        let Some(status) = status.filter(|_| external_id.is_some()) else {
            return self.table.page(page, found);
        };
        let both: Vec<usize> = found.filter(|index| self[*index].status == status).collect();
        self.table.page(page, both.into_iter())
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
        let bound = |index: i64| Moment::from_micros(index + 1);
        let period = bound(span.start)..bound(span.end);
        let page = list.page(page, &period, external_id, status);
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
