//! Lists that come page by page.

mod end;
mod page;
mod seen;
mod stream;

use std::fmt;

pub use self::end::PagesEnd;
pub use self::page::{Page, PageRequest};
pub use self::stream::{Items, Pages};
use crate::error::Error;
use crate::runtime::BoxFuture;

type FetchFn<T> = Box<dyn FnMut(PageRequest) -> BoxFuture<'static, Result<Page<T>, Error>> + Send>;
type IdentityFn<T> = Box<dyn Fn(&T) -> String + Send>;

/// A list whose pages are fetched when they are needed.
///
/// It ends when the provider says so, at an empty page, or at a page that repeats the one before: some servers
/// ignore the page number, and then a list would have no end. A page that brings nothing new in any other way, or in a
/// list of which more was announced, is an error. [`Pages::ended`] says which end it was.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::{Page, Pager};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_core::Result<()> {
/// let pager = Pager::new(|request| {
///     Box::pin(async move {
///         let first = (request.page - 1) * 2;
///         Ok(Page::new(vec![first, first + 1]).current(request.page).last(3))
///     })
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
    from: u32,
    per_page: Option<u32>,
}

impl<T: Send + 'static> Pager<T> {
    /// A list whose pages `fetch` brings. Filters belong into `fetch`, so that they stand on every page.
    pub fn new(
        fetch: impl FnMut(PageRequest) -> BoxFuture<'static, Result<Page<T>, Error>> + Send + 'static,
    ) -> Self {
        Self {
            fetch: Box::new(fetch),
            identity: None,
            from: 1,
            per_page: None,
        }
    }

    /// Tells items apart, usually by their id, so that a repeated page is noticed even when the provider does not
    /// number its pages.
    pub fn identified_by(mut self, identity: impl Fn(&T) -> String + Send + 'static) -> Self {
        self.identity = Some(Box::new(identity));
        self
    }

    /// Begins at page `number`, counted from 1, for instance where an earlier run stopped.
    pub fn from_page(mut self, number: u32) -> Self {
        self.from = number.max(1);
        self
    }

    /// Asks for `count` items a page; the provider may give fewer.
    pub fn per_page(mut self, count: u32) -> Self {
        self.per_page = Some(count.max(1));
        self
    }

    /// The list, page by page.
    pub fn pages(self) -> Pages<T> {
        Pages::new(self)
    }

    /// The list, item by item.
    pub fn items(self) -> Items<T> {
        Items::new(self.pages())
    }

    /// All items, of a list that has no more than `limit`: never a part of it.
    ///
    /// How the list ended is not told; where something follows from what is *not* in it, read [`pages`](Self::pages)
    /// and ask [`Pages::ended`]. For the first items of a list of any length there is [`take`](Self::take).
    ///
    /// # Errors
    ///
    /// `Conflict` when there are more than `limit` items, and what fetching a page gives.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_core::{ErrorKind, Page, Pager};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// let three = || Pager::new(|_| Box::pin(async { Ok(Page::new(vec![1, 2, 3]).last(1)) }));
    /// assert_eq!(three().collect_all(3).await?, [1, 2, 3]);
    /// assert_eq!(three().collect_all(2).await.unwrap_err().kind(), ErrorKind::Conflict);
    /// assert_eq!(three().take(2).await?, [1, 2]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn collect_all(self, limit: usize) -> Result<Vec<T>, Error> {
        let mut items = self.items();
        let mut all = Vec::new();
        while let Some(item) = items.next().await {
            let item = item?;
            if all.len() == limit {
                return Err(longer_than(limit));
            }
            all.push(item);
        }
        Ok(all)
    }

    /// The first items, at most `limit` of them; there may be more. No page beyond the limit is fetched.
    pub async fn take(self, limit: usize) -> Result<Vec<T>, Error> {
        let mut items = self.items();
        let mut all = Vec::new();
        while all.len() < limit {
            match items.next().await {
                Some(item) => all.push(item?),
                None => break,
            }
        }
        Ok(all)
    }
}

fn longer_than(limit: usize) -> Error {
    Error::conflict(
        format!("the list has more than {limit} items"),
        "Raise the limit, narrow the list with its filters, read it page by page, or take its first items only.",
    )
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("from", &self.from)
            .field("per_page", &self.per_page)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
