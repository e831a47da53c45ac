//! Lists with pages and a search.

use cryptopocket_emulator::server::Entry;
use cryptopocket_emulator::{BankTransaction, Customer, Delivery, Offramp, Payment};

use super::view::View;

/// Rows of a page.
const ROWS: usize = 25;
/// Entries that a search looks at before it gives up.
pub(crate) const MAX_SEARCHED: usize = 50_000;
/// Characters of a logged body that are shown.
const SHOWN_CHARS: usize = 4_000;

/// A page of a list.
#[derive(Debug)]
pub(super) struct Rows<'a, T> {
    pub(super) entries: Vec<&'a T>,
    /// The section's id, under which its page is numbered in the URL.
    pub(super) section: &'static str,
    pub(super) page: usize,
    /// Whether another page follows.
    pub(super) more: bool,
    /// Whether the search ended before the last entry.
    pub(super) gave_up: bool,
}

impl<'a, T: Searched> Rows<'a, T> {
    /// The page of the view. `entries` run from newest to oldest.
    pub(super) fn of(view: &View, section: &'static str, entries: impl Iterator<Item = &'a T>) -> Self {
        let page = view.page(section);
        let search = view.search.to_lowercase();
        let is_search = !search.is_empty();
        let limit = if is_search { MAX_SEARCHED } else { usize::MAX };
        let mut searched = 0;
        let found = entries.take(limit).filter(|entry| {
            searched += 1;
            search.is_empty() || entry.text().to_lowercase().contains(&search)
        });
        let mut found = found.skip((page - 1) * ROWS);
        let entries: Vec<_> = found.by_ref().take(ROWS).collect();
        let more = found.next().is_some();
        let gave_up = searched == MAX_SEARCHED && !more && !search.is_empty();
        Self {
            entries,
            section,
            page,
            more,
            gave_up,
        }
    }
}

/// An entry of a list that can be searched.
pub(super) trait Searched {
    /// The text that a search looks at. A line feed between its values keeps a search from matching across them.
    fn text(&self) -> String;
}

/// Defines where a search looks: the values that every record of a kind has, and those that it may have.
macro_rules! searched {
    ($(|$one:ident: $kind:ty| [$($value:expr),*] [$($optional:expr),*];)*) => {
        $(impl Searched for $kind {
            fn text(&self) -> String {
                let $one = self;
                #[allow(unused_mut, reason = "not every kind has optional values")]
                let mut text = vec![$($value.to_string()),*];
                $(text.extend($optional.as_ref().map(ToString::to_string));)*
                text.join("\n")
            }
        })*
    };
}

searched! {
    |one: Customer| [one.id, one.full_name(), one.email, one.uuid, one.kyc] [one.external_id];
    |one: Payment| [one.id, one.user, one.status, one.method.payment_type]
        [one.concept, one.external_id, one.wallet, one.holder, one.txid];
    |one: Offramp| [one.id, one.user, one.status, one.wallet, one.payout_to] [];
    |one: BankTransaction| [one.id, one.amount]
        [one.concept, one.counterparty_name, one.counterparty_iban, one.end_to_end_id, one.payment];
    |one: Delivery| [one.event, one.subject, one.url, one.state.name()] [];
    |one: Entry| [one.operation, one.path] [one.status];
}

/// The beginning of a logged body, and how many bytes follow.
pub(crate) fn beginning(json: &str) -> (String, usize) {
    let text: String = json.chars().take(SHOWN_CHARS).collect();
    let omitted = json.len().saturating_sub(text.len());
    (text, omitted)
}
