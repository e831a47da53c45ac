//! Splits a body into name, object and envelope.

use std::borrow::Cow;
use std::mem;

use cryptopocket_types::reading::{Fields, JsonKind, ObjectReader, Surprise, Surprises, string};
use cryptopocket_types::{PaymentId, SuccessWord};
use serde_json::value::RawValue;

use crate::catalogue::{Domain, EventKind};
use crate::error::VerifyError;
use crate::json::{Document, Member, Members, malformed, scalar};

/// The parts of an event body.
pub(crate) struct Parts<'b> {
    pub(crate) name: Cow<'b, str>,
    pub(crate) kind: EventKind,
    /// The members beside the object.
    pub(crate) envelope: Members<'b>,
    /// The object: the members of `data`, completed from beside it.
    pub(crate) payload: Members<'b>,
    /// How many members of the object, the first ones, `data` itself contains.
    from_data: usize,
    /// Whether `data` itself contains the id of the object.
    pub(crate) data_has_id: bool,
    /// What is odd about the members beside the object.
    odd: Option<Surprise>,
}

impl Parts<'_> {
    /// Splits the body and passes its parts to `read`.
    pub(crate) fn with<R>(
        document: &Document<'_>,
        read: impl FnOnce(Parts<'_>) -> R,
    ) -> Result<R, VerifyError> {
        let Some(mut members) = document.members.clone() else {
            return Err(malformed(
                "the body is not a JSON object",
                "the delivery is authentic but not an event; read the verified bytes",
            ));
        };
        let data = members.iter().find(|(name, _)| name == "data");
        let data = data.map(|(_, raw)| raw.get());
        let odd = data.filter(|data| !data.starts_with('{') && *data != "null");
        let odd = odd.map(|data| Surprise::new("data", "an object", JsonKind::of(data)));
        // JSON as text holds the object as well, unless it could be read in two ways.
        let text = data.and_then(string);
        let inner = text
            .as_deref()
            .and_then(|text| Document::read(text.as_bytes()).ok());
        let object = document.data.clone().or(inner.and_then(|inner| inner.members));

        let name = take_name(&mut members)?;
        let mut parts = Parts {
            kind: EventKind::from_name(&name),
            name,
            envelope: Vec::new(),
            payload: members,
            from_data: 0,
            data_has_id: false,
            odd,
        };
        if let Some(object) = object {
            parts.find_object(object);
        }
        Ok(read(parts))
    }
}

impl<'b> Parts<'b> {
    fn find_object(&mut self, object: Members<'b>) {
        self.envelope = mem::replace(&mut self.payload, object);
        self.envelope.retain(|(name, _)| name != "data");
        // Of an event of off-ramps, a payment's id is no id, and the other way about.
        let fields = object_fields(self.kind.domain());
        self.data_has_id = has_any(&self.payload, fields[0]);
        let completed = fields
            .iter()
            .filter(|names| complete(&mut self.payload, &mut self.envelope, names));
        let moved = completed.count();
        self.from_data = self.payload.len() - moved;
    }

    /// The id of the object, read as its payload reads it.
    pub(crate) fn object_id(&self) -> Option<String> {
        let domain = self.kind.domain();
        let names = object_fields(domain)[0];
        let member = |wanted: &&str| self.payload.iter().find(|(name, _)| name == *wanted);
        let mut surprises = Surprises::new();
        let fields = Fields(names.iter().filter_map(member).cloned().collect());
        let mut ids = ObjectReader::of(fields, &mut surprises);
        match domain {
            // Ids of both domains are read alike.
            Some(_) => ids.first_of(names).value().map(PaymentId::to_string),
            None => names.iter().find_map(|name| {
                let text = scalar(member(name)?.1.get())?;
                (!text.is_empty()).then(|| text.into_owned())
            }),
        }
    }

    /// The surprises of the body, whose object has the surprises `of_object`.
    pub(crate) fn surprises(&self, of_object: &[Surprise]) -> Vec<Surprise> {
        let is_in_data = |surprise: &Surprise| {
            let at = self.payload.iter().position(|(name, _)| *name == surprise.path);
            at.is_some_and(|at| at < self.from_data)
        };
        let of_object = of_object.iter().cloned().map(|surprise| {
            if is_in_data(&surprise) {
                surprise.within("data")
            } else {
                surprise
            }
        });
        self.odd.clone().into_iter().chain(of_object).collect()
    }
}

type Names = &'static [&'static str];

macro_rules! names {
    ($($($name:ident)+),+) => { &[$(&[$(stringify!($name)),+]),+] };
}

/// The names of each field of the object that may stand beside `data`, of its id first.
///
/// The most specific name comes first, since a bare `id` beside `data` may belong to the delivery. Times are missing,
/// since a time beside `data` belongs to the delivery.
fn object_fields(domain: Option<Domain>) -> &'static [Names] {
    match domain {
        Some(Domain::OnRamp) => names![
            payment_id id, status, external_id, user_id, fiat_amount, fiat_symbol, coin_amount, coin_symbol symbol,
            coin_chain chain blockchain, holder, txid
        ],
        Some(Domain::OffRamp) => names![
            rampoff_id id, status, external_id, user_id, amount, decimals, crypto symbol, blockchain chain, fiat_amount,
            fiat_symbol
        ],
        None => names![
            payment_id rampoff_id id, status, external_id, user_id, fiat_amount, fiat_symbol, coin_amount amount,
            decimals, coin_symbol crypto symbol, coin_chain blockchain chain, holder, txid
        ],
    }
}

/// Whether the value is a number or a text that is not empty.
fn is_present(value: &RawValue) -> bool {
    scalar(value.get()).is_some_and(|text| !text.is_empty())
}

fn has_any(members: &[Member<'_>], names: &[&str]) -> bool {
    members
        .iter()
        .any(|(name, value)| names.contains(&name.as_ref()) && is_present(value))
}

/// Moves the first member among `names` from `beside` to the end of `object`, unless `object` has one of them. Tells whether
/// one was moved.
fn complete<'b>(object: &mut Members<'b>, beside: &mut Members<'b>, names: &[&str]) -> bool {
    if beside.is_empty() || has_any(object, names) {
        return false;
    }
    let is_free = |wanted: &str| {
        let taken = object.iter().find(|(name, _)| name == wanted);
        taken.is_none_or(|(_, value)| matches!(value.get(), "null" | "\"\""))
    };
    let place = |wanted: &str| {
        beside.iter().position(|(name, value)| {
            name == wanted && is_present(value) && !(wanted == "status" && is_reply_status(value))
        })
    };
    let mut free = names.iter().filter(|name| is_free(name));
    let Some(at) = free.find_map(|name| place(name)) else {
        return false;
    };
    let member = beside.remove(at);
    object.retain(|(name, _)| *name != member.0);
    object.push(member);
    true
}

/// Whether the status is that of a reply envelope, as in replies of the API, and not that of the object.
fn is_reply_status(status: &RawValue) -> bool {
    string(status.get())
        .is_some_and(|word| word == "error" || SuccessWord::ALL.iter().any(|known| known.as_str() == word))
}

/// Removes the event's name from `members`.
///
/// If `type` and `event` are both texts, the one in the catalogue is the name and the other a field; if neither is in the
/// catalogue, `type` is the name.
fn take_name<'b>(members: &mut Members<'b>) -> Result<Cow<'b, str>, VerifyError> {
    let text_at = |wanted: &str| {
        let at = members.iter().position(|(name, _)| name == wanted)?;
        Some((at, string(members[at].1.get())?))
    };
    let (at, name) = match (text_at("type"), text_at("event")) {
        (Some(a), Some(b)) => match (EventKind::from_name(&a.1), EventKind::from_name(&b.1)) {
            (EventKind::Unknown, EventKind::Unknown) => a,
            (EventKind::Unknown, _) => b,
            (_, EventKind::Unknown) => a,
            (kind, other) if kind == other => a,
            _ => {
                return Err(malformed(
                    "`type` and `event` name two different events",
                    "which of them is meant is undefined; read the verified bytes",
                ));
            }
        },
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => return Ok(Cow::Borrowed("")),
    };
    members.remove(at);
    Ok(name)
}
