use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use cryptopocket_types::debug_fields;
use futures_core::Stream;

use super::seen::{News, Seen};
use super::{FetchFn, Page, PageRequest, Pager, PagesEnd};
use crate::error::{Error, ErrorKind};
use crate::runtime::BoxFuture;

/// A list as a stream of pages.
///
/// It ends after an error. [`resume_page`](Self::resume_page) is the page to resume from, and [`ended`](Self::ended)
/// tells what the end proves.
#[must_use = "a list fetches nothing until it is polled"]
pub struct Pages<T> {
    fetch: FetchFn<T>,
    page: u32,
    per_page: Option<u32>,
    seen: Seen<T>,
    announced: Option<u32>,
    total: Option<u64>,
    from_first: bool,
    /// A page announced fewer items or pages than one before.
    has_shrunk: bool,
    /// The provider announced something about the list, on any page.
    is_announced: bool,
    /// The list seems to have ended so, and page 0 is asked for before that is said.
    confirming: Option<PagesEnd>,
    fetching: Option<BoxFuture<'static, Result<Page<T>, Error>>>,
    end: Option<PagesEnd>,
}

impl<T: Send + 'static> Pages<T> {
    pub(super) fn new(pager: Pager<T>) -> Self {
        Self {
            fetch: pager.fetch,
            page: pager.from,
            per_page: pager.per_page,
            seen: Seen::new(pager.identity),
            announced: None,
            total: None,
            from_first: pager.from == 1,
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
        self.page
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
        self.is_announced |= page.current.is_some() || page.last.is_some() || page.total.is_some();
        if page.rows.is_empty() {
            self.note_announcements(&page);
            // An empty list has a last page too, page 1. So an empty page is early only before the last one.
            let is_early = self.announced.is_some_and(|last| self.page < last);
            self.end_as(if is_early || self.is_missing() {
                PagesEnd::Doubtful
            } else {
                PagesEnd::EmptyPage
            });
            return None;
        }
        let is_other = page.current.is_some_and(|number| number != self.page);
        let (news, fresh) = self.seen.add(page.rows);
        page.rows = fresh;
        // Another page than requested, or one without new items: a repeated page may be the end of a list of unknown
        // length, and everything else would make a part of the list look like the whole.
        if is_other || news != News::Some {
            let is_known = news == News::Repeated || news == News::Some && !self.seen.has_identity();
            let is_more = self.announced.is_some_and(|last| self.page <= last) || self.is_missing();
            let may_be_all = is_known && !is_more && self.seen.pages > 1;
            self.end = Some(if may_be_all {
                PagesEnd::Repeated
            } else {
                PagesEnd::Failed
            });
            return (!may_be_all).then(|| Err(other_page()));
        }
        self.note_announcements(&page);
        if let Some(end) = self.end_with(&page) {
            self.end_as(end);
        }
        match self.page.checked_add(1) {
            Some(next) => self.page = next,
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
        if is_open && (self.seen.has_identity() || !self.is_announced) {
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
        let mut page = match fetched {
            Ok(page) => page,
            Err(error) => {
                // Who refuses page 0 counts from 1. Any other failure leaves it open; the list itself did not fail.
                let counts_from_one = error.is_refused();
                self.end = Some(if counts_from_one { end } else { PagesEnd::Assumed });
                return None;
            }
        };
        let is_comparable = self.seen.has_identity() || self.seen.pages == 0;
        if !page.rows.is_empty() && !is_comparable {
            self.end = Some(PagesEnd::Assumed);
            return None;
        }
        let (news, fresh) = self.seen.add(page.rows);
        page.rows = fresh;
        // Without news it is empty, or page 1 again.
        let is_first = news == News::Some && !page.rows.is_empty();
        self.end = Some(if is_first { PagesEnd::CountedFromZero } else { end });
        is_first.then_some(Ok(page))
    }

    fn note_announcements(&mut self, page: &Page<T>) {
        // An item that was removed meanwhile moved another one to a page that was read before.
        let is_less = |now: Option<u64>, before| now.zip(before).is_some_and(|(now, before)| now < before);
        self.has_shrunk |= is_less(page.total, self.total)
            || is_less(page.last.map(u64::from), self.announced.map(u64::from));
        self.announced = page.last.or(self.announced);
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
            Some(last) if self.page < last => None,
            Some(last) if self.page > last || self.is_missing() => Some(PagesEnd::Doubtful),
            Some(_) => Some(PagesEnd::Announced),
            None if self.is_missing() => None,
            None if self.total.is_some() => Some(PagesEnd::Announced),
            // Nothing announces more pages, and a repeated page could not be detected: fetching on might never end.
            None => (page.current.is_none() && !self.seen.has_identity()).then_some(PagesEnd::Assumed),
        }
    }
}

/// The error for a page that is not the one requested.
///
/// Ending the list instead would pass a part off as the whole.
fn other_page() -> Error {
    Error::new(
        ErrorKind::UnexpectedReply,
        "the list gave another page than the one asked for",
        "Do not take what was read for the whole list. Narrow it with filters so that it fits on one page, and \
         report that the provider ignores the page number.",
    )
}

// Nothing is pinned in place: the one future inside is boxed.
impl<T> Unpin for Pages<T> {}

impl<T: Send + 'static> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.end.is_some() {
            return Poll::Ready(None);
        }
        loop {
            let request = PageRequest {
                page: if this.confirming.is_some() { 0 } else { this.page },
                per_page: this.per_page,
            };
            let fetching = this.fetching.get_or_insert_with(|| (this.fetch)(request));
            let Poll::Ready(fetched) = fetching.as_mut().poll(context) else {
                return Poll::Pending;
            };
            this.fetching = None;
            let taken = match (fetched, this.confirming) {
                (fetched, Some(end)) => this.take_zero(fetched, end),
                (Ok(page), None) => this.take(page),
                (Err(error), None) => {
                    this.end = Some(PagesEnd::Failed);
                    Some(Err(error))
                }
            };
            if taken.is_some() || this.end.is_some() {
                return Poll::Ready(taken);
            }
        }
    }
}

debug_fields! { Pages<T> => |pages| page: pages.page, ended: pages.end }
