//! Work in parallel.

use std::panic::resume_unwind;
use std::thread::{self, Scope, ScopedJoinHandle};

use super::marks::{CREDITS, PAYMENTS, Side, Sides};

/// Fewer items are not worth a thread.
const WORTH_A_THREAD: usize = 4096;

/// Starts `work` on a thread of its own, and returns what waits for its result. Where no thread is to be had, it is done then.
fn start<'s, R: Send + 's>(
    scope: &'s Scope<'s, '_>,
    work: impl Fn() -> R + Copy + Send + 's,
) -> impl FnOnce() -> R {
    let thread = thread::Builder::new().spawn_scoped(scope, work);
    move || match thread.map(ScopedJoinHandle::join) {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => work(),
    }
}

/// Runs `work` on parts of `items`, and returns the results in order. The split never shows in the sum of the results.
pub(super) fn in_parts<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let parts = threads.min(items.len() / WORTH_A_THREAD).max(1);
    let (first, rest) = items.split_at(items.len().div_ceil(parts));
    let work = &work;
    thread::scope(|scope| {
        let rest = rest.chunks(first.len().max(1));
        let started: Vec<_> = rest.map(|part| start(scope, move || work(part))).collect();
        let mut results = vec![work(first)];
        results.extend(started.into_iter().map(|finish| finish()));
        results
    })
}

/// The results of `work` for both sides, made at the same time where both have enough of these many records.
pub(super) fn both_sides<R: Send>(
    counts: Sides<usize>,
    threads: usize,
    work: impl Fn(Side) -> R + Sync,
) -> Sides<R> {
    let work = &work;
    if threads < 2 || counts[PAYMENTS].min(counts[CREDITS]) < WORTH_A_THREAD {
        return [work(PAYMENTS), work(CREDITS)];
    }
    thread::scope(|scope| {
        let payments = start(scope, || work(PAYMENTS));
        let credits = work(CREDITS);
        [payments(), credits]
    })
}

/// What `work` makes of each item, in the order of the items.
pub(super) fn flat_map<T: Sync, I: IntoIterator<Item: Send>>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> I + Sync,
) -> Vec<I::Item> {
    let parts = in_parts(items, threads, |part| {
        let mut made = Vec::new();
        for item in part {
            work(item).into_iter().for_each(|one| made.push(one));
        }
        made
    });
    let all = parts.into_iter().reduce(|mut all, mut part| {
        all.append(&mut part);
        all
    });
    all.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_order() {
        let items: Vec<u32> = (0..20_000).collect();
        let parts = in_parts(&items, 3, <[u32]>::to_vec);
        assert!(parts.len() > 1);
        assert_eq!(parts.concat(), items);
    }

    #[test]
    fn each_side_is_done_once() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        for (items, threads) in [(0, 1), (0, 2), (10_000, 1), (10_000, 2)] {
            let count = AtomicUsize::new(0);
            let sides = both_sides([items; 2], threads, |side| {
                count.fetch_add(1, Ordering::Relaxed);
                side
            });
            assert_eq!((sides, count.into_inner()), ([PAYMENTS, CREDITS], 2));
        }
    }
}
