//! The search for parts that make a whole.

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
            let reach = self.parts[at..]
                .iter()
                .take(more)
                .map(|(amount, _)| i128::from(*amount))
                .sum::<i128>();
            if reach < i128::from(left) {
                return Some(());
            }
            self.way.push(place);
            if amount == left {
                self.ways.push(self.way.clone());
            } else if more > 1 {
                self.step(at + 1, left - amount)?;
            }
            self.way.pop();
            if self.ways.len() == 2 {
                return Some(());
            }
        }
        Some(())
    }
}
