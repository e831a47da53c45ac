//! Sets of records by place, and the two sides.

/// One of each side: payments, and credits.
pub(super) type Sides<T> = [T; 2];
/// The place of a side in [`Sides`].
pub(super) type Side = usize;

pub(super) const PAYMENTS: Side = 0;
pub(super) const CREDITS: Side = 1;
pub(super) const BOTH: Sides<Side> = [PAYMENTS, CREDITS];

/// A set of places that remembers what was put in.
#[derive(Clone)]
pub(super) struct Marks {
    list: Vec<u32>,
    is_in: Vec<bool>,
}

impl Marks {
    /// These of so many records.
    pub(super) fn of(count: usize, places: impl IntoIterator<Item = u32>) -> Self {
        let mut marks = Self {
            list: Vec::new(),
            is_in: vec![false; count],
        };
        marks.extend(places);
        marks
    }

    pub(super) fn has(&self, place: u32) -> bool {
        self.is_in[place as usize]
    }

    /// The places, in the order in which they came.
    pub(super) fn list(&self) -> &[u32] {
        &self.list
    }

    /// Whether every record is in it.
    pub(super) fn is_all(&self) -> bool {
        self.list.len() == self.is_in.len()
    }
}

impl Extend<u32> for Marks {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, places: I) {
        for place in places {
            if !std::mem::replace(&mut self.is_in[place as usize], true) {
                self.list.push(place);
            }
        }
    }
}
