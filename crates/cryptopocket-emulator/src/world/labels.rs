//! Which places are filed under which label.

use std::collections::BTreeMap;

use super::ranked::Ranked;

/// Every place is filed under one label.
#[derive(Debug, Default)]
pub(super) struct Labels {
    numbers: BTreeMap<String, u32>,
    places: Vec<Ranked>,
    /// The number of the label that each place is filed under.
    filed: Vec<u32>,
}

impl Labels {
    pub(super) fn of(&self, label: &str) -> Option<&Ranked> {
        self.places.get(*self.numbers.get(label)? as usize)
    }

    /// Files a place: the next one, or one that is filed already.
    pub(super) fn file(&mut self, place: usize, label: &str) {
        let known = self.numbers.get(label).copied();
        let number = known.unwrap_or_else(|| {
            let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
            self.numbers.insert(label.to_owned(), number);
            self.places.push(Ranked::default());
            number
        });
        match self.filed.get_mut(place) {
            Some(before) if *before == number => return,
            Some(before) => {
                self.places[*before as usize].remove(place);
                *before = number;
            }
            None => self.filed.push(number),
        }
        self.places[number as usize].insert(place);
    }
}
