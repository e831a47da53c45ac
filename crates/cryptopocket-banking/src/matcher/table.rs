//! Records in the places that they keep, their order by id, and records that are given more than once.

use std::cmp::Ordering;
use std::ops::Index;

use super::marks::Side;
use super::record::Record;
use super::texts::Texts;

/// The records of one side.
#[derive(Default)]
pub(super) struct Table {
    pub(super) records: Vec<Record>,
    /// The places of the records in the order of their ids.
    pub(super) by_id: Vec<u32>,
    /// So many records from the first place on are in the order of ids.
    ordered: u32,
    /// By place: whether another record of its identity has other content.
    bad: Vec<bool>,
}

impl Index<u32> for Table {
    type Output = Record;

    fn index(&self, place: u32) -> &Record {
        &self.records[place as usize]
    }
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    fn count(&self) -> u32 {
        u32::try_from(self.records.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn is_bad(&self, place: u32) -> bool {
        self.bad[place as usize]
    }

    /// The places of the records that take part.
    pub(super) fn good(&self) -> impl Iterator<Item = u32> {
        (0..)
            .zip(&self.bad)
            .filter(|(_, bad)| !**bad)
            .map(|(place, _)| place)
    }

    /// The records that take no part.
    pub(super) fn bad(&self) -> impl Iterator<Item = &Record> {
        let records = self.bad.iter().zip(&self.records);
        records.filter(|(bad, _)| **bad).map(|(_, record)| record)
    }

    /// How two records are ordered by id and account. Those of the first batch have their places in that order.
    pub(super) fn order(&self, texts: &Texts, a: u32, b: u32) -> Ordering {
        if a.max(b) < self.ordered {
            return a.cmp(&b);
        }
        self[a].identity(texts).cmp(&self[b].identity(texts))
    }

    /// The places of the records of this id: several in several accounts.
    pub(super) fn of_id<'t>(&'t self, texts: &'t Texts, id: &'t str) -> impl Iterator<Item = u32> + 't {
        let text = |place: &u32| self[*place].identity(texts).0;
        let from = self.by_id.partition_point(|place| text(place) < id);
        let places = self.by_id[from..].iter().copied();
        places.take_while(move |place| text(place) == id)
    }

    /// Takes in a batch, by id and joined: gives new records a place that they keep. Returns the places of new records, and of
    /// those of which the batch tells something new.
    ///
    /// The texts of the batch are copied, unless they are `texts` already.
    pub(super) fn adopt(
        &mut self,
        side: Side,
        texts: &mut Texts,
        from: Option<&Texts>,
        (records, bad): (Vec<Record>, Vec<bool>),
    ) -> Vec<u32> {
        let first = self.count();
        let mut told = Vec::new();
        if let Some(from) = from {
            for (record, bad) in records.into_iter().zip(bad) {
                told.extend(self.adopt_one(side, texts, (from, record, bad)));
            }
        } else {
            (self.records, self.bad) = (records, bad);
            told.extend(0..self.count());
        }
        let new: Vec<u32> = (first..self.count()).collect();
        self.by_id = merged(&self.by_id, &new, |a, b| self.order(texts, a, b));
        if self.ordered == 0 {
            self.ordered = self.count();
        }
        told
    }

    fn adopt_one(
        &mut self,
        side: Side,
        texts: &mut Texts,
        (from, record, bad): (&Texts, Record, bool),
    ) -> Option<u32> {
        let (arena, references) = (texts.arena.len(), texts.references.len());
        let copy = texts.copy(from, record);
        let identity = copy.identity(texts);
        let known = self
            .by_id
            .binary_search_by(|place| self[*place].identity(texts).cmp(&identity));
        let Ok(at) = known else {
            self.records.push(copy);
            self.bad.push(bad);
            return Some(self.count() - 1);
        };
        let place = self.by_id[at];
        let old = &mut self.records[place as usize];
        match old.join(&copy, side, texts).filter(|_| !bad) {
            // A list that is read again tells nothing new.
            Some(both) if both == *old => {
                texts.arena.truncate(arena);
                texts.references.truncate(references);
                return None;
            }
            Some(both) => *old = both,
            None => self.bad[place as usize] = true,
        }
        Some(place)
    }
}

/// Both lists, each of which is in order, as one.
fn merged(old: &[u32], new: &[u32], order: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let mut all = Vec::with_capacity(old.len() + new.len());
    let mut rest = old;
    for place in new {
        let before = rest.partition_point(|known| order(*known, *place).is_lt());
        all.extend_from_slice(&rest[..before]);
        all.push(*place);
        rest = &rest[before..];
    }
    all.extend_from_slice(rest);
    all
}

/// The records of a batch by id and account, those of one identity joined; whether they contradict each other is said beside.
///
/// Ids of one source share their beginning, so the bytes behind it are compared first, as numbers.
pub(super) fn joined(records: &[Record], side: Side, texts: &Texts) -> (Vec<Record>, Vec<bool>) {
    let id = |record: &Record| record.identity(texts).0;
    let first = records.first().map_or("", id);
    let common = records.iter().fold(first.len(), |common, record| {
        let shared = first.bytes().zip(id(record).bytes()).take(common);
        shared.take_while(|(a, b)| a == b).count()
    });
    let mut order: Vec<(u64, u32)> = (0..)
        .zip(records)
        .map(|(place, record)| (prefix(&id(record).as_bytes()[common..]), place))
        .collect();
    let by_id = |(a, x): &(u64, u32), (b, y): &(u64, u32)| {
        // The records are looked at only where the numbers do not tell: they lie anywhere in memory.
        a.cmp(b).then_with(|| {
            let identity = |place: u32| records[place as usize].identity(texts);
            let ((x, account), (y, other)) = (identity(*x), identity(*y));
            let by_text = match x.len().max(y.len()) - common {
                ..=8 => x.len().cmp(&y.len()),
                _ => x.cmp(y),
            };
            by_text.then_with(|| account.cmp(other))
        })
    };
    order.sort_unstable_by(by_id);
    let joined = order.chunk_by(|a, b| by_id(a, b).is_eq()).map(|same| {
        let record = |at: &(u64, u32)| records[at.1 as usize];
        let mut bad = false;
        let joined = same[1..].iter().fold(record(&same[0]), |joined, other| {
            let both = joined.join(&record(other), side, texts);
            bad |= both.is_none();
            both.unwrap_or(joined)
        });
        (joined, bad)
    });
    joined.unzip()
}

/// Bytes of a text as a number that orders as the text does.
fn prefix(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(8);
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}
