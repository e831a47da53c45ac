//! Random choices, determined by a seed and a number.

#[derive(Debug)]
pub(crate) struct Chance(fastrand::Rng);

impl Chance {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let seed = seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(fastrand::Rng::with_seed(seed))
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.0.u8(..)
    }

    /// Less than `limit`; 0 if that is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0.usize(..limit.max(1))
    }

    pub(crate) fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    /// One of these; `None` if there are none.
    pub(crate) fn of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        self.0.choice(choices)
    }

    /// One of these texts, or "".
    pub(crate) fn text(&mut self, choices: &[impl AsRef<str>]) -> String {
        self.of(choices).map_or("", AsRef::as_ref).to_owned()
    }
}
