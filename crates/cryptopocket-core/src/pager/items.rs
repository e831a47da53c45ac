use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cryptopocket_types::debug_fields;
use cryptopocket_types::reading::{Row, Unreadable};
use futures_core::Stream;

use super::{Pages, PagesEnd};
use crate::error::Error;

/// A list as a stream of items.
///
/// A row that cannot be read is left out, and kept in [`unreadable`](Self::unreadable); [`ended`](Self::ended) is then no
/// proven end. Use [`next_row`](Self::next_row) to get such rows in their place. It ends after an error;
/// [`resume_page`](Self::resume_page) is the page to resume from.
///
/// # Examples
///
/// ```
/// # use cryptopocket_core::testing::ScriptedSession;
/// # ScriptedSession::new().run(async |_| {
/// use cryptopocket_core::{Page, Pager, PagesEnd};
/// use cryptopocket_types::reading::{FromJson, Surprises};
///
/// // The provider sends a row that is no text.
/// let list = || Pager::new(|_| async {
///     let json = r#"{"data": ["p1", {}, "p2"], "last_page": 1}"#;
///     Ok(Page::<String>::from_json(json, &mut Surprises::new()).unwrap())
/// });
/// let mut items = list().items();
/// while let Some(item) = items.next().await {
///     assert!(["p1", "p2"].contains(&item?.as_str()));
/// }
/// // What is not among them may be the row that cannot be read.
/// assert_eq!(items.unreadable()[0].raw.get(), "{}");
/// assert_eq!(items.ended(), Some(PagesEnd::Unreadable));
/// assert!(list().collect_all(100).await.is_err());
/// # Ok(())
/// # });
/// ```
#[must_use = "a list fetches nothing until it is polled"]
pub struct Items<T> {
    pages: Pages<T>,
    ready: VecDeque<Row<T>>,
    current: u32,
    unreadable: Vec<Unreadable>,
}

impl<T: Send + 'static> Items<T> {
    pub(super) fn new(pages: Pages<T>) -> Self {
        Self {
            current: pages.resume_page(),
            pages,
            ready: VecDeque::new(),
            unreadable: Vec::new(),
        }
    }

    /// The next item, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The next row, be it an item or one that cannot be read; `None` at the end.
    ///
    /// It adds nothing to [`unreadable`](Self::unreadable).
    pub async fn next_row(&mut self) -> Option<Result<Row<T>, Error>> {
        poll_fn(|context| self.poll_row(context)).await
    }

    /// The page to resume from later: the first one whose items are not all returned yet.
    pub fn resume_page(&self) -> u32 {
        if self.ready.is_empty() {
            self.pages.resume_page()
        } else {
            self.current
        }
    }

    /// How the list ended, or `None` while there are items left; see [`Pages::ended`].
    pub fn ended(&self) -> Option<PagesEnd> {
        self.pages.ended().filter(|_| self.ready.is_empty())
    }

    /// The rows so far that could not be read, each with its exact text.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Row<T>, Error>>> {
        loop {
            if let Some(row) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(row)));
            }
            let number = self.pages.resume_page();
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => {
                    self.current = number;
                    self.ready = page.rows.into();
                }
            }
        }
    }
}

impl<T> Unpin for Items<T> {}

impl<T: Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(self.poll_row(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(Ok(item))) => return Poll::Ready(Some(Ok(item))),
                Some(Ok(Err(unreadable))) => self.unreadable.push(unreadable),
            }
        }
    }
}

debug_fields! {
    Items<T> => |items|
        pages: items.pages, ready: items.ready.len(), unreadable: items.unreadable.len()
}
