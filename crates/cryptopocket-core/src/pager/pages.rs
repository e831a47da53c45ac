use std::collections::HashSet;
use std::future::poll_fn;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cryptopocket_types::debug_fields;
use cryptopocket_types::reading::Row;
use futures_core::Stream;
use serde::{Deserialize, Serialize};

use super::{Fetching, Page, PageRequest, Pager};
use crate::error::{Error, ErrorKind};

/// How a list ended.
///
/// A list that ended was not always read completely: a provider that ignores the page number, or announces no further
/// pages, ends it too. Before you conclude anything from an item that is *not* in a list, check
/// [`is_proven`](Self::is_proven).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PagesEnd {
    /// Everything announced was read: the last page, or as many items as the total. If no total was announced, page 0 was
    /// asked for too, and held nothing new; not so for items without an identity.
    Announced,
    /// An empty page was read, and nothing was announced after it. If no total was announced, page 0 was asked for too, and
    /// held nothing new.
    EmptyPage,
    /// The previous page was read again, in a list of unknown length: it was the last, or the page number is ignored.
    Repeated,
    /// Nothing was announced, and a repeated page could not be detected: the page is assumed to be the only one. Also any
    /// other end, when it stayed open whether pages count from 0.
    Assumed,
    /// Page 0 held items that no later page has: the provider counts pages from 0. They were returned last.
    CountedFromZero,
    /// The pages contradict the announcement: fewer items than the total, an empty page before the last one, or items
    /// after it; or the list became shorter while it was read, so that an item may have moved to a page that was read
    /// before. [`Pager::collect_all`] fails then.
    Doubtful,
    /// The list was read to a proven end, but some rows could not be read: what is not in it may be one of those.
    Unreadable,
    /// A page could not be fetched, or was another one than requested.
    Failed,
}

impl PagesEnd {
    /// Whether the provider itself showed that nothing follows.
    pub const fn is_proven(self) -> bool {
        matches!(self, Self::Announced | Self::EmptyPage)
    }
}

/// A list as a stream of pages.
///
/// It ends after an error. [`resume_page`](Self::resume_page) is the page to resume from, and [`ended`](Self::ended)
/// tells what the end proves.
#[must_use = "a list fetches nothing until it is polled"]
pub struct Pages<T> {
    list: Pager<T>,
    from_first: bool,
    seen: Seen,
    /// The last page and the number of items, as far as they were announced.
    last: Option<u32>,
    total: Option<u64>,
    /// A page announced fewer items or pages than one before.
    has_shrunk: bool,
    /// The provider announced something about the list, on any page.
    is_announced: bool,
    /// The list seems to have ended so, and page 0 is asked for before that is said.
    confirming: Option<PagesEnd>,
    fetching: Option<Fetching<T>>,
    end: Option<PagesEnd>,
}

/// The items so far, to detect a list without an end.
#[derive(Default)]
struct Seen {
    known: HashSet<u128>,
    /// The page before, if items have an identity.
    before: Vec<u128>,
    /// Number of distinct items; all items, if they have no identity.
    items: u64,
    pages: u64,
    has_unreadable: bool,
}

impl<T: Send + 'static> Pages<T> {
    pub(super) fn new(list: Pager<T>) -> Self {
        Self {
            from_first: list.page == 1,
            list,
            seen: Seen::default(),
            last: None,
            total: None,
            has_shrunk: false,
            is_announced: false,
            confirming: None,
            fetching: None,
            end: None,
        }
    }

    /// The next page, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The page to resume from later or after an error: the first one not returned yet.
    pub fn resume_page(&self) -> u32 {
        self.list.page
    }

    /// How the list ended, or `None` while there may be more to fetch.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_core::{Page, Pager, PagesEnd};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// let whole = Pager::new(|_| Box::pin(async { Ok(Page::new(vec![1, 2]).last(1)) }));
    /// let mut pages = whole.pages();
    /// while let Some(page) = pages.next().await {
    ///     page?;
    /// }
    /// assert!(pages.ended().is_some_and(PagesEnd::is_proven));
    /// # Ok(())
    /// # }
    /// ```
    pub fn ended(&self) -> Option<PagesEnd> {
        match self.end {
            // The item that is looked for may be one that could not be read.
            Some(end) if end.is_proven() && self.seen.has_unreadable => Some(PagesEnd::Unreadable),
            end => end,
        }
    }

    /// What the page that was fetched adds to the stream; `None` if nothing.
    fn take(&mut self, mut page: Page<T>) -> Option<Result<Page<T>, Error>> {
        let number = self.list.page;
        self.is_announced |= page.current.is_some() || page.last.is_some() || page.total.is_some();
        if page.rows.is_empty() {
            self.note_announcements(&page);
            // An empty list has a last page too, page 1. So an empty page is early only before the last one.
            let is_early = self.last.is_some_and(|last| number < last);
            self.end_as(if is_early || self.is_missing() {
                PagesEnd::Doubtful
            } else {
                PagesEnd::EmptyPage
            });
            return None;
        }
        let is_other = page.current.is_some_and(|current| current != number);
        let is_repeated = self.keep_new(&mut page.rows);
        // Another page than requested, or one without new items: a repeated page may be the end of a list of unknown
        // length, and everything else would make a part of the list look like the whole.
        if is_other || page.rows.is_empty() {
            let is_more = self.last.is_some_and(|last| number <= last) || self.is_missing();
            if is_repeated && !is_more && self.seen.pages > 1 {
                self.end = Some(PagesEnd::Repeated);
                return None;
            }
            self.end = Some(PagesEnd::Failed);
            return Some(Err(Error::new(
                ErrorKind::UnexpectedReply,
                "the list gave another page than the one asked for",
                "Do not take what was read for the whole list. Narrow it with filters so that it fits on one page, and \
                 report that the provider ignores the page number.",
            )));
        }
        self.note_announcements(&page);
        if let Some(end) = self.end_with(&page) {
            self.end_as(end);
        }
        match number.checked_add(1) {
            Some(next) => self.list.page = next,
            None => self.end = self.end.or(Some(PagesEnd::Assumed)),
        }
        Some(Ok(page))
    }

    /// Ends the list, once page 0 has confirmed it where that is needed.
    fn end_as(&mut self, end: PagesEnd) {
        let end = if self.has_shrunk { PagesEnd::Doubtful } else { end };
        // How pages are counted is assumed. If they count from 0, the first one was never read, and a payment on it would
        // seem not to exist. Only a total shows that nothing is missing: a last page is announced by either count. Without
        // an identity the rows of page 0 cannot be told from those of page 1.
        let is_open = self.from_first && self.total.is_none() && end.is_proven();
        if is_open && (self.list.identity.is_some() || !self.is_announced) {
            self.confirming = Some(end);
        } else {
            self.end = Some(end);
        }
    }

    /// What page 0 adds to a list that seemed to have ended.
    fn take_zero(
        &mut self,
        fetched: Result<Page<T>, Error>,
        end: PagesEnd,
    ) -> Option<Result<Page<T>, Error>> {
        let is_comparable = self.list.identity.is_some() || self.seen.pages == 0;
        let (end, first) = match fetched {
            // Who refuses page 0 counts from 1. Any other failure leaves it open; the list itself did not fail.
            Err(error) if error.is_refused() => (end, None),
            Err(_) => (PagesEnd::Assumed, None),
            Ok(page) if !page.rows.is_empty() && !is_comparable => (PagesEnd::Assumed, None),
            Ok(mut page) => {
                self.keep_new(&mut page.rows);
                // Without new items it is empty, or page 1 again.
                if page.rows.is_empty() {
                    (end, None)
                } else {
                    (PagesEnd::CountedFromZero, Some(Ok(page)))
                }
            }
        };
        self.end = Some(end);
        first
    }

    fn note_announcements(&mut self, page: &Page<T>) {
        // An item that was removed meanwhile moved another one to a page that was read before.
        let has_fewer_items = page
            .total
            .zip(self.total)
            .is_some_and(|(now, before)| now < before);
        let has_fewer_pages = page.last.zip(self.last).is_some_and(|(now, before)| now < before);
        self.has_shrunk |= has_fewer_items || has_fewer_pages;
        self.last = page.last.or(self.last);
        // A total counts from page 1. For a list resumed later it would never be reached.
        self.total = page.total.filter(|_| self.from_first).or(self.total);
    }

    /// Whether fewer items were read than announced.
    fn is_missing(&self) -> bool {
        self.total.is_some_and(|total| self.seen.items < total)
    }

    /// The end that a page with items shows, if any. Called before the page number is advanced.
    fn end_with(&self, page: &Page<T>) -> Option<PagesEnd> {
        match page.last {
            Some(last) if self.list.page < last => None,
            Some(last) if self.list.page > last || self.is_missing() => Some(PagesEnd::Doubtful),
            Some(_) => Some(PagesEnd::Announced),
            None if self.is_missing() => None,
            None if self.total.is_some() => Some(PagesEnd::Announced),
            // Nothing announces more pages, and a repeated page could not be detected: fetching on might never end.
            None => (page.current.is_none() && self.list.identity.is_none()).then_some(PagesEnd::Assumed),
        }
    }

    /// Notes the rows of the next page, and drops those that an earlier page had. `true` for the page before again, as far as
    /// can be told: without an identity of items it always may be.
    ///
    /// An item that is created or removed meanwhile shifts the pages, so that another one comes twice. Returned twice, it
    /// would be summed twice.
    fn keep_new(&mut self, rows: &mut Vec<Row<T>>) -> bool {
        let seen = &mut self.seen;
        seen.pages += 1;
        seen.has_unreadable |= rows.iter().any(Result::is_err);
        let Some(identity) = &self.list.identity else {
            seen.items += rows.len() as u64;
            return true;
        };
        // A row that cannot be read is told apart by its text: it counts as a row, and a page of such rows is no empty one.
        let digests: Vec<u128> = rows
            .iter()
            .map(|row| match row {
                Ok(item) => digest(&identity(item)),
                Err(unreadable) => digest(unreadable.raw.get()),
            })
            .collect();
        let mut of_rows = digests.iter();
        rows.retain(|_| of_rows.next().is_some_and(|digest| seen.known.insert(*digest)));
        seen.items = seen.known.len() as u64;
        let is_repeated = rows.is_empty() && digests == seen.before;
        seen.before = digests;
        is_repeated
    }
}

/// A hash, since an identity may be personal data and a list may be long.
///
/// It is wide, because two items with one hash would be taken for one, and the second would be lost.
fn digest(name: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, name).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

// Nothing is pinned in place: the one future inside is boxed.
impl<T> Unpin for Pages<T> {}

impl<T: Send + 'static> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        while this.end.is_none() {
            let request = PageRequest {
                page: if this.confirming.is_some() {
                    0
                } else {
                    this.list.page
                },
                per_page: this.list.per_page,
            };
            let fetching = this.fetching.get_or_insert_with(|| (this.list.fetch)(request));
            let fetched = ready!(fetching.as_mut().poll(context));
            this.fetching = None;
            let taken = match (fetched, this.confirming) {
                (fetched, Some(end)) => this.take_zero(fetched, end),
                (Ok(page), None) => this.take(page),
                (Err(error), None) => {
                    this.end = Some(PagesEnd::Failed);
                    Some(Err(error))
                }
            };
            if taken.is_some() {
                return Poll::Ready(taken);
            }
        }
        Poll::Ready(None)
    }
}

debug_fields! { Pages<T> => |pages| page: pages.list.page, ended: pages.end }
