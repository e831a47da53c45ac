//! Lists that the provider returns page by page.

mod items;
mod pages;
#[cfg(test)]
mod tests;

use std::future::Future;

use cryptopocket_types::debug_fields;
pub use cryptopocket_types::reading::Page;
use futures_util::{StreamExt, TryStreamExt};

pub use self::items::Items;
pub use self::pages::{Pages, PagesEnd};
use crate::error::{Error, ErrorKind};
use crate::runtime::BoxFuture;

type FetchFn<T> = Box<dyn FnMut(PageRequest) -> Fetching<T> + Send>;
type IdentityFn<T> = Box<dyn Fn(&T) -> String + Send>;
type Fetching<T> = BoxFuture<'static, Result<Page<T>, Error>>;

/// The page to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// Page number, from 1; 0 once, at the end of a list of which no total was announced, to see whether pages count from 0.
    pub page: u32,
    /// Items a page, if the caller set it.
    pub per_page: Option<u32>,
}

/// A list whose pages are fetched on demand.
///
/// The list ends at the page that the provider announces as the last one, at an empty page, or at a page that repeats
/// the one before: a server that ignores the page number would otherwise make the list endless. Any other page without
/// new items is an error, and so is a repeated page while more were announced. [`Pages::ended`] tells which end it was.
///
/// An item with an [identity](Self::identified_by) is returned once, also if a shifted page brings it again. If the
/// provider does not announce how many items there are, page 0 is asked for at the end, in case pages count from 0.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::{Page, Pager};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_core::Result<()> {
/// let pager = Pager::new(|request| async move {
///     let first = (request.page - 1) * 2;
///     Ok(Page::new(vec![first, first + 1]).current(request.page).last(3))
/// });
/// let mut items = pager.items();
/// let mut all = Vec::new();
/// while let Some(item) = items.next().await {
///     all.push(item?);
/// }
/// assert_eq!(all, [0, 1, 2, 3, 4, 5]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a pager fetches nothing until it is used"]
pub struct Pager<T> {
    fetch: FetchFn<T>,
    identity: Option<IdentityFn<T>>,
    /// The next page to fetch, counted from 1.
    page: u32,
    per_page: Option<u32>,
}

impl<T: Send + 'static> Pager<T> {
    /// A list whose pages `fetch` reads.
    ///
    /// Filters belong in `fetch`, so that every request carries them.
    pub fn new<F>(mut fetch: impl FnMut(PageRequest) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        Self {
            fetch: Box::new(move |request| Box::pin(fetch(request))),
            identity: None,
            page: 1,
            per_page: None,
        }
    }

    /// Sets the identity of an item, usually its id.
    ///
    /// A repeated page is then detected even without page numbers.
    pub fn identified_by(mut self, identity: impl Fn(&T) -> String + Send + 'static) -> Self {
        self.identity = Some(Box::new(identity));
        self
    }

    /// Starts at page `number`, counted from 1, to resume an earlier run.
    pub fn from_page(mut self, number: u32) -> Self {
        self.page = number.max(1);
        self
    }

    /// Requests `count` items a page; the provider may return fewer.
    pub fn per_page(mut self, count: u32) -> Self {
        self.per_page = Some(count.max(1));
        self
    }

    /// The list as a stream of pages.
    pub fn pages(self) -> Pages<T> {
        Pages::new(self)
    }

    /// The list as a stream of items, or of rows.
    pub fn items(self) -> Items<T> {
        Items::new(self.pages())
    }

    /// All items of a list of at most `limit` items.
    ///
    /// It does not tell how the list ended. Before you conclude anything from an item that is *not* in the list, read
    /// [`pages`](Self::pages) and check [`Pages::ended`]. For the first items of a longer list use
    /// [`take`](Self::take).
    ///
    /// # Errors
    ///
    /// `Conflict` for a list of more than `limit` items; `UnexpectedReply` for one that held another number of items or
    /// pages than the provider announced, or a row that cannot be read, since a sum over the rest would be wrong; and the
    /// errors of fetching a page. [`Items::next_row`] reads such a list.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # ScriptedSession::new().run(async |_| {
    /// use cryptopocket_core::{ErrorKind, Page, Pager};
    ///
    /// let three = || Pager::new(|_| async { Ok(Page::new(vec![1, 2, 3]).last(1)) });
    /// assert_eq!(three().collect_all(100).await?, [1, 2, 3]);
    /// // A part never passes for the whole list.
    /// assert_eq!(three().collect_all(2).await.unwrap_err().kind(), ErrorKind::Conflict);
    /// assert_eq!(three().take(2).await?, [1, 2]);
    /// # Ok(())
    /// # });
    /// ```
    pub async fn collect_all(self, limit: usize) -> Result<Vec<T>, Error> {
        let mut items = self.items();
        let mut all = Vec::new();
        while let Some(item) = items.next().await {
            let item = item?;
            if all.len() == limit {
                let plural = if limit == 1 { "" } else { "s" };
                return Err(Error::conflict(
                    format!("the list has more than {limit} item{plural}"),
                    "Raise the limit, narrow the list with its filters, read it page by page, or take its first items only.",
                ));
            }
            all.push(item);
        }
        // A part that passes for the whole would be summed as the whole.
        let (detail, advice) = match (items.ended(), items.unreadable().len()) {
            (Some(PagesEnd::Doubtful), _) => (
                "the list held another number of items or pages than the provider announced".to_owned(),
                "Do not take what was read for the whole list. Read it again: a list that changes meanwhile shifts its \
                 pages. If it persists, read it page by page and report it to the provider.",
            ),
            (_, 0) => return Ok(all),
            (_, count) => (
                format!("{count} of the list's rows cannot be read"),
                "Read the list row by row: what can be read comes as usual, the rest with its exact text. Report the form \
                 of the rows, without their values.",
            ),
        };
        Err(Error::new(ErrorKind::UnexpectedReply, detail, advice))
    }

    /// The first `limit` items, or fewer. Pages after them are not fetched.
    pub async fn take(self, limit: usize) -> Result<Vec<T>, Error> {
        self.items().take(limit).try_collect().await
    }
}

debug_fields! { Pager<T> => |pager| from: pager.page, per_page: pager.per_page }
