//! Grades of evidence for facts about the API.

use crate::words;

words! {
    /// Grade of evidence for a fact about the API, ordered from the strongest to the weakest.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::Evidence;
    ///
    /// let is_current = |grade: Evidence| grade <= Evidence::Guide;
    /// assert!(is_current(Evidence::Documented));
    /// assert!(!is_current(Evidence::Assumed));
    /// assert_eq!(Evidence::of_word("older"), Some(Evidence::Older));
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Evidence {
        /// Stated on the provider's current reference page.
        Documented = "documented",
        /// Stated only in the provider's integration guide.
        Guide = "guide",
        /// Undocumented, but seen in the provider's replies by a probe.
        Observed = "observed",
        /// Stated only in an older edition of the page; a newer spelling may appear beside it.
        Older = "older",
        /// Undocumented: our guess, decoded leniently.
        Assumed = "assumed",
    }
}
