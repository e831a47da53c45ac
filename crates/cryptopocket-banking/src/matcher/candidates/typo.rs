//! References with one typing mistake.

use super::super::evidence::Mention;
use super::super::join::{Entry, KeyFilter, in_parts, of_key};
use super::super::problem::Cut;
use super::super::reference::{Origin, Reading, Reference, one_mistake_away};
use super::super::store::Credit;
use super::{Certainty, Edge, Search, places};

impl Search<'_> {
    /// Pairs whose reference differs by one typing mistake, at an equal amount.
    pub(super) fn typos(&self, certain: &[Certainty], cuts: &mut Vec<Cut>) -> Vec<Edge> {
        let store = self.store;
        let mut concepts: Vec<Entry> = Vec::new();
        for (place, payment) in places(&store.payments).filter(|(place, _)| self.open[*place as usize]) {
            for key in payment.keys.concept.into_iter().flatten() {
                if key.is_number() && key.significant_digits() >= 6 {
                    concepts.push((key.0, place));
                }
            }
        }
        concepts.sort_unstable();
        let filter = KeyFilter::of(concepts.iter().map(|(key, _)| *key), concepts.len());
        let credits: Vec<(u32, &Credit)> = places(&store.credits)
            .filter(|(place, _)| {
                self.free[*place as usize] && certain[*place as usize] < Certainty::Reference
            })
            .collect();
        let most = self.policy.limits.pairs as usize;
        let parts = in_parts(&credits, self.threads, |part| {
            let (mut edges, mut left_out) = (Vec::new(), 0);
            for (place, credit) in part {
                for reference in store.references(credit) {
                    let whole = matches!(
                        reference.reading,
                        Reading::Whole | Reading::Joined | Reading::EndToEnd
                    );
                    if !whole || !reference.key.is_number() || reference.key.significant_digits() < 5 {
                        continue;
                    }
                    let slip = Reference {
                        reading: Reading::Typo,
                        ..*reference
                    };
                    let mention = Mention::new(&slip, Origin::Concept, self.policy);
                    one_mistake_away(reference.key.0, |near| {
                        if !filter.may_hold(near) {
                            return;
                        }
                        let hits = of_key(&concepts, near);
                        if hits.len() > most {
                            left_out += 1;
                            return;
                        }
                        for (_, payment) in hits {
                            edges.extend(self.edge(*payment, *place, Some(mention)));
                        }
                    });
                }
            }
            (edges, left_out)
        });
        let mut all = Vec::new();
        let mut left_out = 0;
        for (edges, cut) in parts {
            all.extend(edges);
            left_out += cut;
        }
        if left_out > 0 {
            cuts.push(Cut::References(left_out));
        }
        all
    }
}
