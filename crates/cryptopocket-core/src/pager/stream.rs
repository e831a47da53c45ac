use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{FetchFn, IdentityFn, Page, PageRequest, Pager};
use crate::error::{Error, ErrorKind};
use crate::runtime::BoxFuture;

/// A list as a stream of pages. It ends after an error; [`resume_page`](Self::resume_page) says where to go on.
#[must_use = "a list fetches nothing until it is polled"]
pub struct Pages<T> {
    fetch: FetchFn<T>,
    identity: Option<IdentityFn<T>>,
    page: u32,
    per_page: Option<u32>,
    seen: u64,
    before: Option<Vec<String>>,
    announced: Option<u32>,
    complete: bool,
    fetching: Option<BoxFuture<'static, Result<Page<T>, Error>>>,
    ended: bool,
}

impl<T: Send + 'static> Pages<T> {
    pub(super) fn new(pager: Pager<T>) -> Self {
        Self {
            fetch: pager.fetch,
            identity: pager.identity,
            page: pager.from,
            per_page: pager.per_page,
            seen: 0,
            before: None,
            announced: None,
            // A total counts from the first page on.
            complete: pager.from == 1,
            fetching: None,
            ended: false,
        }
    }

    /// The next page, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The page to begin with to go on later or after an error: the first one not given yet.
    pub fn resume_page(&self) -> u32 {
        self.page
    }

    fn take(&mut self, page: Page<T>) -> Option<Result<Page<T>, Error>> {
        if page.items().is_empty() {
            self.ended = true;
            return None;
        }
        if self.repeats(&page) {
            self.ended = true;
            let announced = self.announced.is_some_and(|last| self.page <= last);
            return (announced || self.seen == 0).then(|| Err(other_page()));
        }
        self.announced = page.last_number();
        self.seen += page.items().len() as u64;
        let is_last = match (page.last_number(), page.total_items()) {
            (Some(last), _) => self.page >= last,
            (None, Some(total)) if self.complete => self.seen >= total,
            // Nothing says that there are more pages, and nothing would show that one repeats.
            (None, _) => page.number().is_none() && self.identity.is_none(),
        };
        match self.page.checked_add(1) {
            Some(next) if !is_last => self.page = next,
            _ => {
                self.ended = true;
                self.page = self.page.saturating_add(1);
            }
        }
        Some(Ok(page))
    }

    fn repeats(&mut self, page: &Page<T>) -> bool {
        if page.number().is_some_and(|number| number != self.page) {
            return true;
        }
        let Some(identity) = &self.identity else {
            return false;
        };
        let names: Vec<String> = page.items().iter().map(identity).collect();
        let repeated = self.before.as_ref() == Some(&names);
        self.before = Some(names);
        repeated
    }
}

/// Ending the list here in silence would pass a part off as the whole.
fn other_page() -> Error {
    Error::new(ErrorKind::UnexpectedReply, "the list gave another page than the one asked for").with_hint(
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
        if this.ended {
            return Poll::Ready(None);
        }
        let request = PageRequest {
            page: this.page,
            per_page: this.per_page,
        };
        let fetching = this.fetching.get_or_insert_with(|| (this.fetch)(request));
        let Poll::Ready(fetched) = fetching.as_mut().poll(context) else {
            return Poll::Pending;
        };
        this.fetching = None;
        Poll::Ready(match fetched {
            Ok(page) => this.take(page),
            Err(error) => {
                this.ended = true;
                Some(Err(error))
            }
        })
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("page", &self.page)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// A list as a stream of items. It ends after an error; [`resume_page`](Self::resume_page) says where to go on.
#[must_use = "a list fetches nothing until it is polled"]
pub struct Items<T> {
    pages: Pages<T>,
    ready: VecDeque<T>,
    current: u32,
}

impl<T: Send + 'static> Items<T> {
    pub(super) fn new(pages: Pages<T>) -> Self {
        Self {
            current: pages.resume_page(),
            pages,
            ready: VecDeque::new(),
        }
    }

    /// The next item, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The page to begin with to go on later: the one whose items are not all given yet.
    pub fn resume_page(&self) -> u32 {
        if self.ready.is_empty() {
            self.pages.resume_page()
        } else {
            self.current
        }
    }
}

impl<T> Unpin for Items<T> {}

impl<T: Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            let number = self.pages.resume_page();
            match Pin::new(&mut self.pages).poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(page))) => {
                    self.current = number;
                    self.ready = page.into_items().into();
                }
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}
