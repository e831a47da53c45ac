//! References with one typing mistake.

use std::collections::BTreeMap;

use super::super::evidence::Mention;
use super::super::marks::CREDITS;
use super::super::parallel::flat_map;
use super::super::reason::{ReferenceFound, ReferenceKind};
use super::super::reference::{Reference, one_mistake_away};
use super::super::search::{Edge, Search};
use super::by_reference::References;
use super::{Certainty, Sure};

/// How many concepts near the references of a credit were left out, since too many payments share them.
#[derive(Default)]
pub(super) struct Typos {
    left_out: BTreeMap<u32, usize>,
}

impl Typos {
    pub(super) fn left_out(&self) -> usize {
        self.left_out.values().sum()
    }

    /// Pairs of these credits whose reference differs by one typing mistake, at an equal amount.
    pub(super) fn find(
        &mut self,
        search: &Search<'_>,
        known: &References,
        sure: &Sure,
        credits: &[u32],
    ) -> Vec<Edge> {
        let most = search.policy.limits.pairs as usize;
        let found = flat_map(credits, search.threads, |place| {
            let (mut edges, mut cut) = (Vec::new(), 0);
            let is_free = search.standing.is_open(CREDITS, *place);
            let looked_at = is_free && sure.credits[*place as usize] < Certainty::Reference;
            let references = search.store.references(*place).iter();
            for reference in references.filter(|found| looked_at && may_be_mistyped(found)) {
                let slip = Reference {
                    reading: ReferenceFound::OneMistake,
                    ..*reference
                };
                let mention = Mention::new(slip, ReferenceKind::Concept, search.policy);
                one_mistake_away(reference.key.0, |near| {
                    let named: Vec<u32> = known.by_number(search, near).take(most + 1).collect();
                    if named.len() > most {
                        cut += 1;
                        return;
                    }
                    let edge = |payment: &u32| search.edge(*payment, *place, Some(mention));
                    edges.extend(named.iter().filter_map(edge));
                });
            }
            (cut > 0 || !edges.is_empty()).then_some((*place, cut, edges))
        });
        for place in credits {
            self.left_out.remove(place);
        }
        let mut all = Vec::new();
        for (place, cut, edges) in found {
            all.extend(edges);
            if cut > 0 {
                self.left_out.insert(place, cut);
            }
        }
        all
    }
}

/// Whether it is a whole number that is long enough for a mistake in it to be told.
fn may_be_mistyped(reference: &Reference) -> bool {
    let whole = matches!(
        reference.reading,
        ReferenceFound::WholeWord | ReferenceFound::Group | ReferenceFound::EndToEnd
    );
    whole && reference.key.is_number() && reference.key.significant_digits() >= 5
}
