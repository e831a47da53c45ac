//! The texts of all records in one arena, and the references that were read from them.

use super::record::Record;
use super::reference::Reference;

/// A part of the arena, or of the references.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

impl Span {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "`has_room` bounds the arena and the references"
    )]
    const fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            length: (end - start) as u32,
        }
    }

    const fn range(self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + self.length as usize
    }
}

#[derive(Default)]
pub(super) struct Texts {
    pub(super) arena: String,
    pub(super) references: Vec<Reference>,
}

impl Texts {
    pub(super) fn text(&self, span: Span) -> &str {
        &self.arena[span.range()]
    }

    pub(super) fn references(&self, span: Span) -> &[Reference] {
        &self.references[span.range()]
    }

    /// Ends the text that began at `start`.
    pub(super) const fn close(&self, start: usize) -> Span {
        Span::new(start, self.arena.len())
    }

    pub(super) fn put(&mut self, text: &str) -> Span {
        let start = self.arena.len();
        self.arena.push_str(text);
        self.close(start)
    }

    /// The one of two texts that is not empty; `None` if they differ.
    pub(super) fn either(&self, a: Span, b: Span) -> Option<Span> {
        match (self.text(a), self.text(b)) {
            (_, "") => Some(a),
            ("", _) => Some(b),
            (x, y) => (x == y).then_some(a),
        }
    }

    /// The number of its bytes and references.
    pub(super) const fn size(&self) -> (usize, usize) {
        (self.arena.len(), self.references.len())
    }

    /// Whether so many more bytes and references fit.
    pub(super) const fn has_room(&self, bytes: usize, references: usize) -> bool {
        const MOST: usize = u32::MAX as usize;
        self.arena.len() + bytes < MOST && self.references.len() + references < MOST
    }

    /// Keeps each key of the references from `first` on once, with its best reading.
    pub(super) fn close_references(&mut self, first: usize) -> Span {
        if self.references.len() > first {
            self.references[first..].sort_unstable_by_key(|found| (found.key, found.reading));
            let mut kept = first;
            for at in first + 1..self.references.len() {
                if self.references[at].key != self.references[kept].key {
                    kept += 1;
                    self.references[kept] = self.references[at];
                }
            }
            self.references.truncate(kept + 1);
        }
        Span::new(first, self.references.len())
    }

    /// Moves the spans of records whose texts are to be appended to these.
    pub(super) fn shift(&self, records: &mut [Record]) {
        #[allow(clippy::cast_possible_truncation, reason = "`has_room` bounds both")]
        let (texts, references) = (self.arena.len() as u32, self.references.len() as u32);
        for record in records {
            record.spans().into_iter().for_each(|span| span.start += texts);
            record.references.start += references;
        }
    }

    /// The record of other texts with its texts in these.
    pub(super) fn copy(&mut self, from: &Self, mut record: Record) -> Record {
        for span in record.spans() {
            *span = self.put(from.text(*span));
        }
        let first = self.references.len();
        self.references
            .extend_from_slice(from.references(record.references));
        record.references = Span::new(first, self.references.len());
        record
    }
}
