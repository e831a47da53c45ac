//! All integrations, and which of them may have changed.

use std::ops::{Deref, Index, IndexMut};

use super::Integration;
use crate::trail::{Kind, Trail};

/// A list of integrations. Whoever asks for one to change it leaves a note; whoever only looks does not.
#[derive(Debug, Default)]
pub struct Integrations {
    list: Vec<Integration>,
    trail: Trail,
}

impl Integrations {
    /// From now on changes are noted.
    pub fn follow(&mut self, trail: &Trail) {
        self.trail = trail.clone();
        for (who, one) in self.list.iter_mut().enumerate() {
            one.follow(trail, who);
        }
    }

    pub fn push(&mut self, mut integration: Integration) {
        let who = self.list.len();
        integration.follow(&self.trail, who);
        self.trail.note(Kind::Integrations, who);
        self.list.push(integration);
    }

    /// One of them, to change what is noted elsewhere or need not be.
    pub fn quietly(&mut self, who: usize) -> &mut Integration {
        &mut self.list[who]
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Integration> {
        for who in 0..self.list.len() {
            self.trail.note(Kind::Integrations, who);
        }
        self.list.iter_mut()
    }
}

impl Deref for Integrations {
    type Target = [Integration];

    fn deref(&self) -> &[Integration] {
        &self.list
    }
}

impl Index<usize> for Integrations {
    type Output = Integration;

    fn index(&self, who: usize) -> &Integration {
        &self.list[who]
    }
}

impl IndexMut<usize> for Integrations {
    fn index_mut(&mut self, who: usize) -> &mut Integration {
        self.trail.note(Kind::Integrations, who);
        &mut self.list[who]
    }
}
