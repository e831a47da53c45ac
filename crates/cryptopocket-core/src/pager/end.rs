/// How a list came to its end.
///
/// A list that ended is not always a list that was read whole: a provider that ignores the page number, or says
/// nothing about further pages, ends it too. Before something follows from what is *not* in a list, ask
/// [`is_proven`](Self::is_proven).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PagesEnd {
    /// All that the provider announced came: the page that it calls the last one, or as many items as it counts.
    Announced,
    /// An empty page came, and nothing had been announced beyond it.
    EmptyPage,
    /// The page before came again, in a list of unknown length: there was no other, or the page number is ignored.
    Repeated,
    /// Nothing was said about other pages, and nothing would show that one repeats: taken to be the only page.
    Assumed,
    /// What came is not what was announced: fewer items than the total, an empty page before the last one, or items
    /// beyond it.
    Doubtful,
    /// A page could not be had, or was not the one asked for.
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
