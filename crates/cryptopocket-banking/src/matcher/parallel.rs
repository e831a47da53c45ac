//! Work in parallel.

use std::sync::{Mutex, PoisonError};
use std::thread;

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

/// Runs both, at the same time where there is enough of it and a thread to be had.
pub(super) fn both(items: usize, threads: usize, one: impl FnOnce() + Send, other: impl FnOnce()) {
    let one = Mutex::new(Some(one));
    let take = || one.lock().unwrap_or_else(PoisonError::into_inner).take();
    if threads > 1 && items >= WORTH_A_THREAD {
        thread::scope(|scope| {
            let run = || take().into_iter().for_each(|one| one());
            let spawned = thread::Builder::new().spawn_scoped(scope, run);
            other();
            drop(spawned);
        });
    } else {
        other();
    }
    // Where no thread was started, it is still to be run.
    if let Some(one) = take() {
        one();
    }
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
    fn both_are_run_once() {
        for (items, threads) in [(0, 1), (0, 2), (10_000, 1), (10_000, 2)] {
            let (mut one, mut other) = (0, 0);
            both(items, threads, || one += 1, || other += 1);
            assert_eq!((one, other), (1, 1));
        }
    }
}
