//! A Bloom filter that grows.

/// Keys of one block of 512 bits: one key in some 3,000 that are absent is taken for present.
const KEYS_OF_BLOCK: usize = 24;
/// Keys of the first part.
const FIRST: usize = 1 << 18;
/// Bits of one key, all in one block, so that a look costs one miss of the cache.
const BITS: u32 = 7;

type Block = [u64; 8];

/// Tells of a hash that it is absent, or may be present. It takes some three bytes a hash.
#[derive(Default)]
pub(super) struct Bloom {
    parts: Vec<Part>,
}

struct Part {
    blocks: Vec<Block>,
    room: usize,
}

impl Bloom {
    /// A filter for this many hashes; more are found by parts of their own.
    pub(super) fn with_room(hashes: usize) -> Self {
        let mut filter = Self::default();
        if hashes > 0 {
            filter.grow(hashes);
        }
        filter
    }

    pub(super) fn add(&mut self, hash: u64) {
        if self.parts.last().is_none_or(|part| part.room == 0) {
            let last = self
                .parts
                .last()
                .map_or(0, |part| part.blocks.len() * KEYS_OF_BLOCK);
            self.grow((last * 2).max(FIRST));
        }
        if let Some(part) = self.parts.last_mut() {
            part.room = part.room.saturating_sub(1);
            let block = block_of(hash, part.blocks.len());
            for bit in bits(hash) {
                part.blocks[block][bit / 64] |= 1 << (bit % 64);
            }
        }
    }

    pub(super) fn may_hold(&self, hash: u64) -> bool {
        self.parts.iter().any(|part| {
            let block = &part.blocks[block_of(hash, part.blocks.len())];
            bits(hash).all(|bit| block[bit / 64] & (1 << (bit % 64)) != 0)
        })
    }

    fn grow(&mut self, room: usize) {
        let blocks = vec![[0; 8]; room.div_ceil(KEYS_OF_BLOCK)];
        self.parts.push(Part { blocks, room });
    }
}

fn block_of(hash: u64, blocks: usize) -> usize {
    let scaled = (u128::from(hash) * blocks as u128) >> 64;
    usize::try_from(scaled).unwrap_or(0)
}

fn bits(hash: u64) -> impl Iterator<Item = usize> {
    // The upper bits of the hash choose the block, so the bits within come from a product with all of it.
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..BITS).map(move |index| (mixed >> (index * 9) & 511) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u64) -> u64 {
        super::super::full_hash(&number.to_string())
    }

    #[test]
    fn added_hash_is_never_absent() {
        let mut filter = Bloom::with_room(1000);
        for number in 0..300_000 {
            filter.add(hash(number));
        }
        assert!(filter.parts.len() > 1);
        assert!((0..300_000).all(|number| filter.may_hold(hash(number))));
    }

    #[test]
    fn absent_hash_is_rarely_taken_for_present() {
        let mut filter = Bloom::with_room(100_000);
        for number in 0..100_000 {
            filter.add(hash(number));
        }
        let mistaken = (100_000..400_000)
            .filter(|number| filter.may_hold(hash(*number)))
            .count();
        assert!(mistaken < 300, "{mistaken} of 300,000");
    }
}
