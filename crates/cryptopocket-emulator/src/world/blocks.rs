//! Strings of bytes by place, many to an allocation: one each would cost as much again as it holds.

use super::pack::write_number;

/// Entries that share an allocation. The length of each stands before it.
const TOGETHER: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Blocks {
    blocks: Vec<Vec<u8>>,
    length: usize,
}

/// Where an entry's length begins, where the entry does, and where it ends.
fn find(block: &[u8], nth: usize) -> (usize, usize, usize) {
    let (mut before, mut at, mut end) = (0, 0, 0);
    for _ in 0..=nth {
        let (mut length, mut shift) = (0, 0);
        (before, at) = (end, end);
        while let Some(byte) = block.get(at) {
            length |= usize::from(byte & 0x7f) << shift;
            (at, shift) = (at + 1, shift + 7);
            if byte & 0x80 == 0 {
                break;
            }
        }
        end = at + length;
    }
    (before, at, end)
}

impl Blocks {
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    pub(super) fn get(&self, place: usize) -> Option<&[u8]> {
        if place >= self.length {
            return None;
        }
        let block = self.blocks.get(place / TOGETHER)?;
        let (_, at, end) = find(block, place % TOGETHER);
        block.get(at..end)
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.length.is_multiple_of(TOGETHER) {
            if let Some(full) = self.blocks.last_mut() {
                full.shrink_to_fit();
            }
            self.blocks.push(Vec::new());
        }
        if let Some(last) = self.blocks.last_mut() {
            write_number(last, bytes.len() as u64);
            last.extend_from_slice(bytes);
            self.length += 1;
        }
    }

    /// Puts other bytes in the place of those that are there.
    pub(super) fn set(&mut self, place: usize, bytes: &[u8]) {
        let Some(block) = self.blocks.get_mut(place / TOGETHER) else {
            return;
        };
        let (before, _, end) = find(block, place % TOGETHER);
        let mut changed = Vec::with_capacity(block.len() + bytes.len() + 3 - (end - before));
        changed.extend_from_slice(&block[..before]);
        write_number(&mut changed, bytes.len() as u64);
        changed.extend_from_slice(bytes);
        changed.extend_from_slice(&block[end..]);
        *block = changed;
    }

    /// The first place whose bytes are past what `before` says; they are sorted by it.
    pub(super) fn partition_point(&self, before: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).is_some_and(&before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::Blocks;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), 0..300)
    }

    proptest! {
        #[test]
        fn whatever_is_put_in_a_place_is_found_there_and_moves_nothing_else(
            mut plain in prop::collection::vec(bytes(), 1..100),
            changes in prop::collection::vec((any::<prop::sample::Index>(), bytes()), 0..50),
        ) {
            let mut blocks = Blocks::default();
            for bytes in &plain {
                blocks.push(bytes);
            }
            for (place, bytes) in changes {
                let place = place.index(plain.len());
                blocks.set(place, &bytes);
                plain[place] = bytes;
            }
            for (place, bytes) in plain.iter().enumerate() {
                prop_assert_eq!(blocks.get(place), Some(&bytes[..]));
            }
            prop_assert_eq!(blocks.get(plain.len()), None);
        }
    }

    #[test]
    fn a_place_among_a_million_is_found_in_twenty_looks() {
        let mut blocks = Blocks::default();
        (0..1_000_000_u32).for_each(|number| blocks.push(&number.to_be_bytes()));
        let looks = Cell::new(0);
        let place = blocks.partition_point(|bytes| {
            looks.set(looks.get() + 1);
            *bytes < 400_000_u32.to_be_bytes()[..]
        });
        assert_eq!(place, 400_000);
        assert!(looks.get() <= 20, "{} looks", looks.get());
    }
}
