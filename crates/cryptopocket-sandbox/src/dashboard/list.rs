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
        let limit = if search.is_empty() {
            usize::MAX
        } else {
            MAX_SEARCHED
        };
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

/// The values that there are, as one text.
fn joined(values: &[Option<&str>]) -> String {
    let present: Vec<&str> = values.iter().flatten().copied().collect();
    present.join("\n")
}

impl Searched for Customer {
    fn text(&self) -> String {
        joined(&[
            Some(&self.id.to_string()),
            Some(&self.full_name()),
            Some(&self.email),
            Some(&self.uuid),
            Some(&self.kyc),
            self.external_id.as_deref(),
        ])
    }
}

impl Searched for Payment {
    fn text(&self) -> String {
        joined(&[
            Some(&self.id),
            Some(&self.user.to_string()),
            Some(&self.status),
            Some(self.method.payment_type),
            self.concept.map(|concept| concept.to_string()).as_deref(),
            self.external_id.as_deref(),
            self.wallet.as_deref(),
            self.holder.as_deref(),
            self.txid.as_deref(),
        ])
    }
}

impl Searched for Offramp {
    fn text(&self) -> String {
        [
            &self.id.to_string(),
            &self.user.to_string(),
            &self.status,
            &self.wallet,
            &self.payout_to,
        ]
        .map(String::as_str)
        .join("\n")
    }
}

impl Searched for BankTransaction {
    fn text(&self) -> String {
        joined(&[
            Some(&self.id),
            Some(&self.amount.to_string()),
            self.concept.as_deref(),
            self.counterparty_name.as_deref(),
            self.counterparty_iban.as_deref(),
            self.end_to_end_id.as_deref(),
            self.payment.as_deref(),
        ])
    }
}

impl Searched for Delivery {
    fn text(&self) -> String {
        [&self.event, &self.subject, &self.url, self.state.name()].join("\n")
    }
}

impl Searched for Entry {
    fn text(&self) -> String {
        let status = self.status.map(|status| status.to_string());
        joined(&[Some(&self.operation), Some(&self.path), status.as_deref()])
    }
}

/// The beginning of a logged body, and how many bytes follow.
pub(crate) fn beginning(json: &str) -> (String, usize) {
    let text: String = json.chars().take(SHOWN_CHARS).collect();
    let omitted = json.len().saturating_sub(text.len());
    (text, omitted)
}
