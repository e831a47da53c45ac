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
    /// Everything announced was read: the last page, or as many items as the total.
    Announced,
    /// An empty page was read, and nothing was announced after it.
    EmptyPage,
    /// The previous page was read again, in a list of unknown length: it was the last, or the page number is ignored.
    Repeated,
    /// Nothing was announced, and a repeated page could not be detected: the page is assumed to be the only one.
    Assumed,
    /// The pages contradict the announcement: fewer items than the total, an empty page before the last one, or items
    /// after it.
    Doubtful,
    /// A page could not be fetched, or was another one than requested.
    Failed,
}

impl PagesEnd {
    /// Whether the provider itself showed that nothing follows.
    pub const fn is_proven(self) -> bool {
        match self {
            Self::Announced | Self::EmptyPage => true,
            Self::Repeated | Self::Assumed | Self::Doubtful | Self::Failed => false,
        }
    }
}
