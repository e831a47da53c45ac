//! Reads the object of an event.

use cryptopocket_types::reading::{FromJson, ObjectReader, Surprises};
use cryptopocket_types::{Extra, Field, RawJson};

use crate::json::{Member, Members};

/// A type that is read from the members of an object.
pub(crate) trait FromMembers: Sized {
    /// The names that it reads.
    const KNOWN: &'static [&'static str];

    fn read(reader: Reader<'_, '_>) -> Self;

    fn of(members: &Members<'_>) -> Self {
        let mut surprises = Surprises::new();
        // A known field that is null is absent, also where another name has the value.
        let is_null = |(name, raw): &&Member<'_>| raw.get() == "null" && Self::KNOWN.contains(&&**name);
        let fields = members.iter().filter(|member| !is_null(member)).cloned();
        Self::read(Reader {
            members,
            object: ObjectReader::of(fields.collect(), &mut surprises),
            kept: Vec::new(),
        })
    }
}

/// The fields of an object, taken out one by one.
pub(crate) struct Reader<'a, 's> {
    members: &'a Members<'a>,
    object: ObjectReader<'a, 's>,
    kept: Vec<&'static str>,
}

impl Reader<'_, '_> {
    /// The first of the fields `names` that can be read. Unreadable only if none can and one has a value.
    pub(crate) fn field<T: FromJson>(&mut self, names: &[&'static str]) -> Field<T> {
        let mut first = Field::Absent;
        for name in names {
            match self.object.filled(name) {
                Field::Absent => {}
                Field::Unreadable => first = Field::Unreadable,
                value @ Field::Value(_) => return value,
            }
        }
        first
    }

    /// A value made of two fields, such as an amount and its currency. Absent only if the first is; without the other it
    /// has no meaning, so it is unreadable.
    pub(crate) fn pair<A: FromJson, B: FromJson>(
        &mut self,
        amount: &[&'static str],
        unit: &[&'static str],
    ) -> Field<(A, B)> {
        let read = (self.field(amount), self.field(unit));
        if let (Field::Value(amount), Field::Value(unit)) = read {
            return Field::Value((amount, unit));
        }
        self.keep(&[amount, unit]);
        if read.0.is_absent() {
            Field::Absent
        } else {
            Field::Unreadable
        }
    }

    /// Leaves the text of fields that were read, but have no place, in `extra`.
    pub(crate) fn keep(&mut self, names: &[&[&'static str]]) {
        self.kept.extend(names.iter().copied().flatten());
    }

    /// The other fields, those that could not be read included.
    pub(crate) fn extra(self) -> Extra {
        let mut extra = self.object.extra();
        for (name, raw) in self.members {
            if raw.get() != "null" && self.kept.contains(&&**name) {
                extra.insert(&**name, RawJson::from(*raw));
            }
        }
        extra
    }
}
