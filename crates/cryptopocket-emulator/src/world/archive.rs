//! A ledger for what there is a lot of. Entries are packed; those that are being changed lie open until they are put
//! back.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::marker::PhantomData;
use std::ops::Range;

use hashbrown::HashTable;

use super::blocks::Blocks;
use super::labels::Labels;
use super::pack::{Packer, Unpacker};
use crate::moment::Moment;
use crate::trail::{Kind, Trail};
use crate::wire::Page;

/// Entries that may lie open.
const OPEN: usize = 64;

/// Something that can be packed.
pub trait Record: Clone {
    /// What it is looked up by; it never changes.
    fn id(&self) -> &str;

    /// When it was made; it never changes.
    fn made_at(&self) -> Moment;

    /// What several of them can share, such as an external id; it never changes.
    fn alias(&self) -> Option<&str> {
        None
    }

    /// The same of an entry that is packed, without unpacking the rest: what [`Record::pack`] has written first.
    fn packed_alias(_: &mut Unpacker<'_>) -> Option<String> {
        None
    }

    /// What a listing can be filtered by.
    fn label(&self) -> Option<&str> {
        None
    }

    /// Packs what remains besides the id and the moment.
    fn pack(&self, into: &mut Packer);

    fn unpack(id: String, made_at: Moment, from: &mut Unpacker<'_>) -> Self;
}

#[derive(Debug)]
pub struct Archive<T> {
    packed: Blocks,
    /// Places by id. The ids themselves stand in the entries only.
    places: HashTable<u32>,
    /// The first place of each alias, and all places of those that have several.
    aliases: HashTable<u32>,
    shared: BTreeMap<u32, Vec<u32>>,
    labels: Labels,
    open: BTreeMap<usize, T>,
    trail: Option<(Trail, Kind)>,
    entries: PhantomData<T>,
}

impl<T> Default for Archive<T> {
    fn default() -> Self {
        Self {
            packed: Blocks::default(),
            places: HashTable::new(),
            aliases: HashTable::new(),
            shared: BTreeMap::new(),
            labels: Labels::default(),
            open: BTreeMap::new(),
            trail: None,
            entries: PhantomData,
        }
    }
}

fn hash(text: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::new().hash_one(text)
}

fn packed<T: Record>(entry: &T) -> Vec<u8> {
    let mut packer = Packer::default();
    packer.text(entry.id());
    packer.moment(entry.made_at());
    entry.pack(&mut packer);
    packer.finish()
}

fn unpacked<T: Record>(bytes: &[u8]) -> T {
    let mut unpacker = Unpacker::new(bytes);
    let (id, made_at) = (unpacker.text(), unpacker.moment());
    T::unpack(id, made_at, &mut unpacker)
}

fn id_of(bytes: &[u8]) -> String {
    Unpacker::new(bytes).text()
}

fn moment_of(bytes: &[u8]) -> Moment {
    let mut unpacker = Unpacker::new(bytes);
    unpacker.text();
    unpacker.moment()
}

fn alias_of<T: Record>(bytes: &[u8]) -> Option<String> {
    let mut unpacker = Unpacker::new(bytes);
    unpacker.text();
    unpacker.moment();
    T::packed_alias(&mut unpacker)
}

impl<T: Record> Archive<T> {
    /// From now on changes are noted.
    pub fn follow(&mut self, trail: &Trail, kind: Kind) {
        self.trail = Some((trail.clone(), kind));
    }

    fn note(&self, place: usize) {
        if let Some((trail, kind)) = &self.trail {
            trail.note(*kind, place);
        }
    }

    pub fn push(&mut self, entry: &T) {
        let place = self.packed.len();
        let short = u32::try_from(place).unwrap_or(u32::MAX);
        self.packed.push(&packed(entry));
        let entries = &self.packed;
        self.places.insert_unique(hash(entry.id()), short, |other| {
            entries
                .get(*other as usize)
                .map_or(0, |bytes| hash(&id_of(bytes)))
        });
        if let Some(alias) = entry.alias() {
            self.add_alias(alias, short);
        }
        if let Some(label) = entry.label() {
            self.labels.file(place, label);
        }
        self.note(place);
    }

    fn add_alias(&mut self, alias: &str, place: u32) {
        if let Some(first) = self.first_of(alias) {
            self.shared
                .entry(first)
                .or_insert_with(|| vec![first])
                .push(place);
            return;
        }
        let entries = &self.packed;
        self.aliases.insert_unique(hash(alias), place, |other| {
            let alias = entries.get(*other as usize).and_then(alias_of::<T>);
            hash(&alias.unwrap_or_default())
        });
    }

    fn first_of(&self, alias: &str) -> Option<u32> {
        let same = |place: &u32| {
            let other = self.packed.get(*place as usize).and_then(alias_of::<T>);
            other.as_deref() == Some(alias)
        };
        self.aliases.find(hash(alias), same).copied()
    }

    fn place(&self, id: &str) -> Option<usize> {
        let same = |place: &u32| {
            let bytes = self.packed.get(*place as usize);
            bytes.is_some_and(|bytes| id_of(bytes) == id)
        };
        self.places.find(hash(id), same).map(|place| *place as usize)
    }

    pub fn holds(&self, id: &str) -> bool {
        self.place(id).is_some()
    }

    pub fn get(&self, id: &str) -> Option<Cow<'_, T>> {
        self.at(self.place(id)?)
    }

    /// Lays an entry open, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        let place = self.place(id)?;
        self.note(place);
        if self.open.len() >= OPEN {
            self.put_back();
        }
        let packed = self.packed.get(place)?;
        Some(self.open.entry(place).or_insert_with(|| unpacked(packed)))
    }

    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// The entry that was pushed as the `place`th, counted from 0.
    pub fn at(&self, place: usize) -> Option<Cow<'_, T>> {
        if let Some(open) = self.open.get(&place) {
            return Some(Cow::Borrowed(open));
        }
        self.packed.get(place).map(|bytes| Cow::Owned(unpacked(bytes)))
    }

    /// The places of what was made in a span of time, `until` not included. Entries are pushed in the order of their
    /// times.
    pub fn span(&self, from: Option<Moment>, until: Option<Moment>) -> Range<usize> {
        let place = |bound: Moment| self.packed.partition_point(|bytes| moment_of(bytes) < bound);
        let end = until.map_or(self.packed.len(), place);
        from.map_or(0, place).min(end)..end
    }

    fn put_back(&mut self) {
        for (place, entry) in std::mem::take(&mut self.open) {
            if let Some(label) = entry.label() {
                self.labels.file(place, label);
            }
            self.packed.set(place, &packed(&entry));
        }
    }

    /// A page of what stands at the places of `span`, the last of them first; costs what the page costs.
    pub fn page(&self, span: Range<usize>, page: (usize, usize)) -> Page<Cow<'_, T>> {
        self.page_by(span.len(), page, |nth| Some(span.start + nth))
    }

    /// The same for what has a label.
    pub fn labelled(&mut self, label: &str, span: &Range<usize>, page: (usize, usize)) -> Page<Cow<'_, T>> {
        self.put_back();
        let Some(filed) = self.labels.of(label) else {
            return self.page(0..0, page);
        };
        let (first, end) = (filed.below(span.start), filed.below(span.end));
        self.page_by(end - first, page, |nth| filed.nth(first + nth))
    }

    /// The same for what has an alias. With a label it looks at all that have the alias, else at those of the page only.
    pub fn named(
        &self,
        alias: &str,
        label: Option<&str>,
        span: &Range<usize>,
        page: (usize, usize),
    ) -> Page<Cow<'_, T>> {
        let first = self.first_of(alias);
        let shared = first.and_then(|first| self.shared.get(&first));
        let all = shared.map_or(first.as_slice(), Vec::as_slice);
        let place = |bound: usize| all.partition_point(|place| (*place as usize) < bound);
        let inside = &all[place(span.start)..place(span.end)];
        let Some(label) = label else {
            return self.page_by(inside.len(), page, |nth| {
                inside.get(nth).map(|place| *place as usize)
            });
        };
        let has_it = |place: &usize| self.at(*place).is_some_and(|entry| entry.label() == Some(label));
        let kept: Vec<usize> = inside
            .iter()
            .map(|place| *place as usize)
            .filter(has_it)
            .collect();
        self.page_by(kept.len(), page, |nth| kept.get(nth).copied())
    }

    fn page_by(
        &self,
        total: usize,
        (current, per_page): (usize, usize),
        place: impl Fn(usize) -> Option<usize>,
    ) -> Page<Cow<'_, T>> {
        let skipped = (current - 1).saturating_mul(per_page);
        let shown = (0..total).rev().skip(skipped).take(per_page);
        Page {
            items: shown.filter_map(|nth| self.at(place(nth)?)).collect(),
            current,
            per_page,
            total,
        }
    }
}
