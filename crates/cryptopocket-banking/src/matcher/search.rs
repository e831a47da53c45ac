//! The records that are searched, and pairs of payment and credit.

use super::evidence::{Evidence, Mention};
use super::policy::Policy;
use super::reason::ReferenceFound;
use super::standing::Standing;
use super::store::Store;

/// The records, and what of them takes part.
#[derive(Clone, Copy)]
pub(super) struct Search<'s> {
    pub(super) store: &'s Store,
    pub(super) policy: &'s Policy,
    pub(super) threads: usize,
    pub(super) standing: &'s Standing,
}

impl Search<'_> {
    /// The pair with its evidence; `None` when a gate or a person excludes it.
    pub(super) fn edge(&self, payment: u32, credit: u32, mention: Option<Mention>) -> Option<Edge> {
        if !self.standing.excluded.is_empty() && self.standing.excluded.contains(&(payment, credit)) {
            return None;
        }
        let evidence = Evidence::weigh(self, payment, credit, mention)?;
        Some(self.pair(payment, credit, evidence))
    }

    pub(super) fn pair(&self, payment: u32, credit: u32, evidence: Evidence) -> Edge {
        Edge {
            payment,
            credit,
            score: evidence.score(self.policy),
            confirmable: evidence.check(&self.policy.confirm).is_ok(),
            evidence,
        }
    }
}

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

    pub(super) fn step(&self) -> Step {
        match self.evidence.mention {
            None => Step::Amount,
            Some(mention) if mention.reading() == ReferenceFound::OneMistake => Step::Typo,
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
