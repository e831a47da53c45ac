//! Pairs of payment and credit.

use super::evidence::{Evidence, Mention};
use super::reason::ReferenceFound;

/// A pair with its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) payment: u32,
    pub(super) credit: u32,
    pub(super) score: u16,
    /// Whether the pair, looked at alone, may be confirmed.
    pub(super) confirmable: bool,
    pub(super) evidence: Evidence,
}

impl Edge {
    /// A pair's best mention decides; without one, the pair was found by its amount. The better one has the lower rank.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        let mention = self.evidence.mention;
        (mention.is_none(), mention.map(Mention::rank))
    }

    /// The step that found it.
    pub(super) fn step(&self) -> Step {
        match self.evidence.mention {
            None => Step::Amount,
            Some(mention) if mention.reading == ReferenceFound::OneMistake => Step::Typo,
            Some(_) => Step::Reference,
        }
    }
}

/// How a pair was found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Reference,
    Typo,
    Amount,
}
