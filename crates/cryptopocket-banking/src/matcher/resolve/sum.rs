//! The sums of one payer, and the search for parts that make a whole.

use std::collections::{BTreeMap, BTreeSet};

use super::super::evidence::{DateMatch, Evidence};
use super::super::marks::{BOTH, PAYMENTS, Side, Sides};
use super::super::outcome::Outcome;
use super::Resolver;

/// The payments and the credits that one sum takes.
pub(super) type Sum = Sides<Vec<u32>>;

/// Whether the records of each sum are in no other one.
pub(super) fn alone(sums: &[Sum]) -> Vec<bool> {
    let records = |sum: &'_ Sum| {
        let sides = BOTH.map(|side| sum[side].iter().map(move |at| (side, *at)));
        sides.into_iter().flatten().collect::<Vec<_>>()
    };
    let mut counts: BTreeMap<(Side, u32), usize> = BTreeMap::new();
    for record in sums.iter().flat_map(records) {
        *counts.entry(record).or_default() += 1;
    }
    let is_alone = |sum| records(sum).iter().all(|record| counts[record] == 1);
    sums.iter().map(is_alone).collect()
}

/// Steps of the search for the sums of one payer.
const STEPS: u32 = 8192;

impl Resolver<'_> {
    /// Whether a payment has no outcome yet, and no money of it went elsewhere; or nothing explains a credit yet.
    pub(super) fn waits(&self, side: Side, place: u32) -> bool {
        let at = place as usize;
        let is_explained = match side {
            PAYMENTS => {
                self.resolution.verdicts[at] != Outcome::None
                    || self.found.returned[at]
                    || self.found.taken[at]
            }
            _ => self.resolution.used[at] || self.found.is_late(place),
        };
        self.search.standing.is_open(side, place) && !is_explained
    }

    fn amount(&self, side: Side, at: u32) -> (i64, u32) {
        (self.search.store.record(side, at).amount, at)
    }

    /// Whether the two smallest records of one side fit into the largest one of the other.
    pub(super) fn can_add_up(&self, records: &Sum) -> bool {
        let amounts = BOTH.map(|side| {
            let amounts = records[side].iter().map(|at| self.amount(side, *at).0);
            let mut amounts: Vec<i64> = amounts.collect();
            amounts.sort_unstable();
            amounts
        });
        BOTH.into_iter().any(
            |side| match (amounts[side].as_slice(), amounts[1 - side].last()) {
                ([a, b, ..], Some(whole)) => a.saturating_add(*b) <= *whole,
                _ => false,
            },
        )
    }

    /// Every way to make a whole, at most two for each; `None` when the search takes too long.
    pub(super) fn search(&self, records: &Sum) -> Option<Vec<Sum>> {
        let mut sums = Vec::new();
        let mut search = PartsSearch::new(usize::from(self.search.policy.limits.split_parts), STEPS);
        for side in BOTH {
            for whole in &records[side] {
                let fitting = records[1 - side].iter().filter(|part| match side {
                    PAYMENTS => self.fits(*whole, **part),
                    _ => self.fits(**part, *whole),
                });
                let parts = fitting.map(|part| self.amount(1 - side, *part)).collect();
                for way in search.run(self.amount(side, *whole).0, parts)? {
                    let mut sum = [vec![*whole], way];
                    sum.rotate_left(side);
                    sums.push(sum);
                }
            }
        }
        Some(sums)
    }

    fn fits(&self, payment: u32, credit: u32) -> bool {
        !self.search.standing.excluded.contains(&(payment, credit))
            && Evidence::of_payer(self.search, payment, credit)
                .is_some_and(|evidence| evidence.date != DateMatch::Late)
    }
}

/// The outcome of each payment in a sum: a sum in one way, whose records are in no other sum, is a split; anything else is
/// ambiguous.
pub(super) fn suggested(sums: &[Sum]) -> BTreeMap<u32, (Outcome, BTreeSet<u32>)> {
    let mut chosen: BTreeMap<u32, (Outcome, BTreeSet<u32>)> = BTreeMap::new();
    for ([of, by], alone) in sums.iter().zip(alone(sums)) {
        let verdict = if alone { Outcome::Split } else { Outcome::Ambiguous };
        for payment in of {
            let (_, all) = chosen.entry(*payment).or_insert((verdict, BTreeSet::new()));
            all.extend(by);
        }
    }
    chosen
}

/// A search with bounded steps.
#[derive(Default)]
pub(super) struct PartsSearch {
    /// The most parts of a whole.
    most: usize,
    /// The steps that are left.
    steps: u32,
    /// The parts, the largest first.
    parts: Vec<(i64, u32)>,
    way: Vec<u32>,
    ways: Vec<Vec<u32>>,
}

impl PartsSearch {
    pub(super) fn new(most: usize, steps: u32) -> Self {
        Self {
            most,
            steps,
            ..Self::default()
        }
    }

    /// At most two ways to make `whole` of two or more parts; `None` when the steps are used up.
    ///
    /// The parts come in the order of their ids, which decides among equal amounts.
    pub(super) fn run(&mut self, whole: i64, mut parts: Vec<(i64, u32)>) -> Option<Vec<Vec<u32>>> {
        parts.retain(|(amount, _)| *amount < whole);
        parts.sort_by_key(|(amount, _)| std::cmp::Reverse(*amount));
        self.parts = parts;
        self.way.clear();
        self.step(0, whole)?;
        Some(std::mem::take(&mut self.ways))
    }

    fn step(&mut self, from: usize, left: i64) -> Option<()> {
        let more = self.most - self.way.len();
        for at in from..self.parts.len() {
            let (amount, place) = self.parts[at];
            if amount > left {
                continue;
            }
            self.steps = self.steps.checked_sub(1)?;
            // The parts only get smaller from here on.
            let largest = self.parts[at..].iter().take(more);
            let reach: i128 = largest.map(|(amount, _)| i128::from(*amount)).sum();
            if reach < i128::from(left) {
                break;
            }
            self.way.push(place);
            if amount == left {
                self.ways.push(self.way.clone());
            } else if more > 1 {
                self.step(at + 1, left - amount)?;
            }
            self.way.pop();
            if self.ways.len() == 2 {
                break;
            }
        }
        Some(())
    }
}
