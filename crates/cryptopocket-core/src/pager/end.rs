use serde::{Deserialize, Serialize};

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
    /// before. [`Pager::collect_all`](super::Pager::collect_all) fails then.
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
