//! References with one typing mistake.

use std::collections::BTreeMap;

use super::super::edge::Edge;
use super::super::evidence::Mention;
use super::super::parallel::in_parts;
use super::super::reason::{ReferenceFound, ReferenceKind};
use super::super::reference::{Reference, one_mistake_away};
use super::super::search::Search;
use super::by_reference::References;
use super::eligible::Certainty;

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
        references: &References,
        certain: &[Certainty],
        credits: &[u32],
    ) -> Vec<Edge> {
        let most = search.policy.limits.pairs as usize;
        let parts = in_parts(credits, search.threads, |part| {
            let (mut edges, mut left_out, mut named) = (Vec::new(), Vec::new(), Vec::new());
            for place in part {
                if !search.standing.free[*place as usize] || certain[*place as usize] >= Certainty::Reference
                {
                    continue;
                }
                let mut cut = 0;
                for reference in search.store.references(search.credit(*place)) {
                    let whole = matches!(
                        reference.reading,
                        ReferenceFound::WholeWord | ReferenceFound::Group | ReferenceFound::EndToEnd
                    );
                    if !whole || !reference.key.is_number() || reference.key.significant_digits() < 5 {
                        continue;
                    }
                    let slip = Reference {
                        reading: ReferenceFound::OneMistake,
                        ..*reference
                    };
                    let mention = Mention::new(&slip, ReferenceKind::Concept, search.policy);
                    one_mistake_away(reference.key.0, |near| {
                        references.by_number(search, near, &mut named);
                        if named.len() > most {
                            cut += 1;
                            return;
                        }
                        let edge = |payment: &u32| search.edge(*payment, *place, Some(mention));
                        edges.extend(named.iter().filter_map(edge));
                    });
                }
                if cut > 0 {
                    left_out.push((*place, cut));
                }
            }
            (edges, left_out)
        });
        for place in credits {
            self.left_out.remove(place);
        }
        let mut all = Vec::new();
        for (edges, left_out) in parts {
            all.extend(edges);
            self.left_out.extend(left_out);
        }
        all
    }
}
