//! Joins of payments and credits by a common key, and work in parallel.

use std::cmp::Ordering;
use std::thread;

/// A key and the place of the record that has it.
pub(super) type Entry = (u64, u32);

/// Visits the pairs with a common key. A key with more than `most` pairs is left out; returns the keys left out.
///
/// Both sides are sorted here, so their order does not matter.
pub(super) fn join(
    left: &mut Vec<Entry>,
    right: &mut Vec<Entry>,
    most: u32,
    mut visit: impl FnMut(u64, u32, u32),
) -> Vec<u64> {
    sort_both(left, right);
    let mut too_many = Vec::new();
    let (mut left, mut right) = (left.as_slice(), right.as_slice());
    while let (Some((a, _)), Some((b, _))) = (left.first(), right.first()) {
        match a.cmp(b) {
            Ordering::Less => left = &left[run(left, *a)..],
            Ordering::Greater => right = &right[run(right, *b)..],
            Ordering::Equal => {
                let key = *a;
                let (payments, left_rest) = left.split_at(run(left, key));
                let (credits, right_rest) = right.split_at(run(right, key));
                if payments.len().saturating_mul(credits.len()) > most as usize {
                    too_many.push(key);
                } else {
                    for (_, payment) in payments {
                        for (_, credit) in credits {
                            visit(key, *payment, *credit);
                        }
                    }
                }
                (left, right) = (left_rest, right_rest);
            }
        }
    }
    too_many
}

fn sort_both(left: &mut Vec<Entry>, right: &mut Vec<Entry>) {
    if left.len() >= WORTH_A_THREAD && right.len() >= WORTH_A_THREAD {
        thread::scope(|scope| {
            // Where no thread can be started, the closure is dropped unrun, and the side is sorted below.
            drop(thread::Builder::new().spawn_scoped(scope, || left.sort_unstable()));
            right.sort_unstable();
        });
    }
    for side in [left, right] {
        side.sort_unstable();
        side.dedup();
    }
}

fn run(entries: &[Entry], key: u64) -> usize {
    entries.iter().take_while(|(other, _)| *other == key).count()
}

/// Entries of one key in a sorted list.
pub(super) fn of_key(entries: &[Entry], key: u64) -> &[Entry] {
    let from = entries.partition_point(|(other, _)| *other < key);
    let rest = &entries[from..];
    &rest[..run(rest, key)]
}

/// Fewer items are not worth a thread.
const WORTH_A_THREAD: usize = 4096;

/// Runs `work` on parts of `items`, and returns the results in order. The split never shows in the sum of the results.
pub(super) fn in_parts<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let parts = threads.min(items.len() / WORTH_A_THREAD).max(1);
    if parts == 1 {
        return vec![work(items)];
    }
    let chunks: Vec<&[T]> = items.chunks(items.len().div_ceil(parts)).collect();
    let work = &work;
    thread::scope(|scope| {
        let spawned: Vec<_> = chunks[1..]
            .iter()
            .map(|chunk| {
                thread::Builder::new()
                    .spawn_scoped(scope, move || work(chunk))
                    .ok()
            })
            .collect();
        let mut results = vec![work(chunks[0])];
        for (thread, chunk) in spawned.into_iter().zip(&chunks[1..]) {
            let result = match thread.map(thread::ScopedJoinHandle::join) {
                Some(Ok(result)) => result,
                Some(Err(panic)) => std::panic::resume_unwind(panic),
                None => work(chunk),
            };
            results.push(result);
        }
        results
    })
}

/// A set of keys that may say yes wrongly, never no.
pub(super) struct KeyFilter {
    bits: Vec<u64>,
    shift: u32,
}

impl KeyFilter {
    pub(super) fn of(keys: impl Iterator<Item = u64>, count: usize) -> Self {
        let bits = (count.max(64) * 16).next_power_of_two();
        let mut filter = Self {
            bits: vec![0; bits / 64],
            shift: 64 - bits.ilog2(),
        };
        for key in keys {
            let (word, bit) = filter.place(key);
            filter.bits[word] |= bit;
        }
        filter
    }

    fn place(&self, key: u64) -> (usize, u64) {
        let mixed = (key ^ (key >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "below the number of bits held in memory"
        )]
        let place = mixed as usize;
        (place / 64, 1 << (place % 64))
    }

    pub(super) fn may_hold(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.bits[word] & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_a_key_are_bounded() {
        let mut left: Vec<Entry> = (0..10)
            .map(|place| (place / 5, place.try_into().unwrap()))
            .collect();
        let mut right = vec![(1, 7), (0, 9), (1, 8), (1, 7)];
        let mut pairs = Vec::new();
        let cut = join(&mut left, &mut right, 9, |key, a, b| pairs.push((key, a, b)));
        assert_eq!(cut, [1]);
        assert_eq!(pairs, [(0, 0, 9), (0, 1, 9), (0, 2, 9), (0, 3, 9), (0, 4, 9)]);
    }

    #[test]
    fn parts_keep_their_order() {
        let items: Vec<u32> = (0..20_000).collect();
        let parts = in_parts(&items, 3, <[u32]>::to_vec);
        assert!(parts.len() > 1);
        assert_eq!(parts.concat(), items);
    }

    #[test]
    fn filter_never_misses() {
        let filter = KeyFilter::of(0..1000, 1000);
        assert!((0..1000).all(|key| filter.may_hold(key)));
        assert!((1000..2000).filter(|key| filter.may_hold(*key)).count() < 300);
    }
}
