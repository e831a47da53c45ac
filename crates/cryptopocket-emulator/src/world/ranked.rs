//! A set of places that knows how many lie below any of them, so that a page of a filtered listing is found by its
//! number instead of by counting.

const BITS: usize = 64;
/// Words that one counter counts.
const BLOCK: usize = 8;

/// A bitmap with a Fenwick tree over the counts of its blocks: adding, removing, counting and finding the nth all cost
/// the logarithm of its size. It takes an eighth of a byte a place.
#[derive(Debug, Default)]
pub struct Ranked {
    words: Vec<u64>,
    /// `counts[i]` sums the blocks that `i + 1`'s lowest bit spans.
    counts: Vec<u32>,
    size: usize,
}

const fn lowest_bit(n: usize) -> usize {
    n & n.wrapping_neg()
}

impl Ranked {
    #[cfg(test)]
    const fn len(&self) -> usize {
        self.size
    }

    fn grow(&mut self, word: usize) {
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        while self.counts.len() <= word / BLOCK {
            // What the new counter spans besides its own block, which is still empty.
            let end = self.counts.len() + 1;
            let sum = self.sum(end - 1) - self.sum(end - lowest_bit(end));
            self.counts.push(u32::try_from(sum).unwrap_or(u32::MAX));
        }
    }

    /// How many lie in the first `blocks` blocks.
    fn sum(&self, blocks: usize) -> usize {
        let (mut left, mut sum) = (blocks, 0);
        while left > 0 {
            sum += self.counts[left - 1] as usize;
            left -= lowest_bit(left);
        }
        sum
    }

    fn count(&mut self, word: usize, up: bool) {
        let mut place = word / BLOCK + 1;
        while place <= self.counts.len() {
            let count = &mut self.counts[place - 1];
            *count = if up { *count + 1 } else { *count - 1 };
            place += lowest_bit(place);
        }
        self.size = if up { self.size + 1 } else { self.size - 1 };
    }

    pub fn insert(&mut self, place: usize) {
        let (word, bit) = (place / BITS, 1 << (place % BITS));
        self.grow(word);
        if self.words[word] & bit == 0 {
            self.words[word] |= bit;
            self.count(word, true);
        }
    }

    pub fn remove(&mut self, place: usize) {
        let (word, bit) = (place / BITS, 1 << (place % BITS));
        if self.words.get(word).is_some_and(|held| held & bit != 0) {
            self.words[word] &= !bit;
            self.count(word, false);
        }
    }

    /// How many lie below `place`.
    pub fn below(&self, place: usize) -> usize {
        let word = (place / BITS).min(self.words.len());
        let whole = word / BLOCK;
        let counted: usize = self.words[whole * BLOCK..word]
            .iter()
            .map(|held| held.count_ones() as usize)
            .sum();
        let last = self.words.get(word).filter(|_| word == place / BITS);
        let last = last.map_or(0, |held| {
            (held & ((1 << (place % BITS)) - 1)).count_ones() as usize
        });
        self.sum(whole.min(self.counts.len())) + counted + last
    }

    /// The place of the `nth`, counted from 0.
    pub fn nth(&self, nth: usize) -> Option<usize> {
        if nth >= self.size {
            return None;
        }
        let (mut block, mut left) = (0, nth);
        let mut step = (self.counts.len() + 1).next_power_of_two() / 2;
        while step > 0 {
            if let Some(count) = self.counts.get(block + step - 1).map(|count| *count as usize)
                && count <= left
            {
                block += step;
                left -= count;
            }
            step /= 2;
        }
        for (offset, held) in self.words[block * BLOCK..].iter().enumerate() {
            let ones = held.count_ones() as usize;
            if left < ones {
                let mut held = *held;
                for _ in 0..left {
                    held &= held - 1;
                }
                return Some((block * BLOCK + offset) * BITS + held.trailing_zeros() as usize);
            }
            left -= ones;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Ranked;

    proptest! {
        #[test]
        fn counts_and_finds_as_a_sorted_set_does(
            steps in prop::collection::vec((any::<bool>(), 0..5_000_usize), 0..200),
            asked in 0..6_000_usize,
        ) {
            let (mut ranked, mut plain) = (Ranked::default(), BTreeSet::new());
            for (insert, place) in steps {
                if insert {
                    ranked.insert(place);
                    plain.insert(place);
                } else {
                    ranked.remove(place);
                    plain.remove(&place);
                }
            }
            prop_assert_eq!(ranked.len(), plain.len());
            prop_assert_eq!(ranked.below(asked), plain.range(..asked).count());
            for (nth, place) in plain.iter().enumerate() {
                prop_assert_eq!(ranked.nth(nth), Some(*place));
            }
            prop_assert_eq!(ranked.nth(plain.len()), None);
        }
    }
}
