//! The search for parts that make a whole.

use std::collections::BTreeMap;

/// The payments and the credits that one sum takes.
pub(super) type Sum = (Vec<u32>, Vec<u32>);

/// Whether the records of each sum are in no other one.
pub(super) fn alone(sums: &[Sum]) -> Vec<bool> {
    let (mut payments, mut credits) = (BTreeMap::new(), BTreeMap::new());
    for (of, by) in sums {
        of.iter().for_each(|at| *payments.entry(*at).or_insert(0) += 1);
        by.iter().for_each(|at| *credits.entry(*at).or_insert(0) += 1);
    }
    let is_alone =
        |(of, by): &Sum| of.iter().all(|at| payments[at] == 1) && by.iter().all(|at| credits[at] == 1);
    sums.iter().map(is_alone).collect()
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
